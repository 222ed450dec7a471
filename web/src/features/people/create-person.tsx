import { Anchor, Button, Group, Paper, Stack, Text, TextInput } from '@mantine/core'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorAlert } from '#src/ui/error-alert.tsx'
import { type Created, useCreatePerson, useFreeUsername } from './people.api.ts'
import { type Child, ChildrenField } from './children-field.tsx'
import type { Kind } from './person.ts'
import { PersonFields } from './person-fields.tsx'
import { NOBODY, proposeUsername, toBody } from './person-values.ts'
import { usePersonForm } from './use-person-form.ts'

interface CreatePersonProps {
  kind: Kind
  /** A guardian's first child, when the way here began at theirs. */
  firstChild?: Child | undefined
  onCreated: (created: Created) => void
  onCancel: () => void
}

/** One form a kind; the username follows the name until somebody types one. */
export function CreatePerson({ kind, firstChild, onCreated, onCancel }: CreatePersonProps) {
  const { t } = useTranslation('people')
  const { t: tc } = useTranslation()
  const form = usePersonForm(kind, NOBODY)
  const create = useCreatePerson(kind)
  const [pupils, setPupils] = useState<Child[]>(firstChild ? [firstChild] : [])
  const [relationship, setRelationship] = useState('')
  const [unsaid, setUnsaid] = useState<unknown>()
  const proposal = useProposedUsername(form)

  const send = form.onSubmit(async (values) => {
    if (create.isPending) return
    setUnsaid(undefined)
    const link = kind === 'guardians' && {
      studentUserIds: pupils.map(({ id }) => id),
      ...(relationship.trim() && { relationship: relationship.trim() }),
    }
    try {
      onCreated(await create.mutateAsync({ ...toBody(kind, values), ...link }))
    } catch (error) {
      if (form.refuse(error)) void proposal.offer(values.username)
      else setUnsaid(error)
    }
  }, form.focusFirst)

  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }} component="form" noValidate onSubmit={send}>
      <Stack gap="lg">
        <PersonFields
          kind={kind}
          form={form}
          notes={
            proposal.offered
              ? {
                  username: <TakeUsername username={proposal.offered} onTake={proposal.take} />,
                }
              : {}
          }
          onNameLeft={proposal.follow}
          onUsernameTyped={proposal.stop}
        />
        {kind === 'guardians' && (
          <>
            <ChildrenField pupils={pupils} onChange={setPupils} />
            <TextInput
              label={t('fields.relationship')}
              description={t('hints.relationship')}
              maxLength={50}
              value={relationship}
              onChange={(event) => setRelationship(event.currentTarget.value)}
            />
          </>
        )}
        {unsaid !== undefined && <ErrorAlert error={unsaid} />}
        <Group>
          <Button type="submit" loading={create.isPending}>
            {tc('actions.create')}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {tc('actions.cancel')}
          </Button>
        </Group>
        <Text size="sm" c="dimmed">
          {t('new.inviteFollows')}
        </Text>
      </Stack>
    </Paper>
  )
}

/** What the school proposes instead of a username that somebody has. */
function TakeUsername({ username, onTake }: { username: string; onTake: () => void }) {
  const { t } = useTranslation('people')
  return (
    <Anchor component="button" type="button" size="sm" ta="start" onClick={onTake}>
      {t('new.takeUsername', { username })}
    </Anchor>
  )
}

function useProposedUsername(form: ReturnType<typeof usePersonForm>) {
  const freeUsername = useFreeUsername()
  const [offered, setOffered] = useState<string>()
  // Until somebody types one; and of answers on their way only the last one counts.
  const isOwn = useRef(false)
  const asked = useRef(0)

  /** What the school says; where it says nothing, what was proposed is tried when the form is sent. */
  async function ask(like: string): Promise<string | undefined> {
    const number = ++asked.current
    const username = await freeUsername(like).catch(() => like)
    return number === asked.current ? username : undefined
  }

  return {
    offered,
    async follow() {
      const { firstName, lastName } = form.getValues()
      const like = proposeUsername(firstName, lastName)
      if (isOwn.current || like === '') return
      const username = await ask(like)
      if (username === undefined || isOwn.current) return
      form.setFieldValue('username', username)
      form.clearFieldError('username')
    },
    stop() {
      isOwn.current = form.getValues().username !== ''
      setOffered(undefined)
    },
    async offer(taken: string) {
      const username = await ask(taken.trim())
      if (username !== taken.trim()) setOffered(username)
    },
    take() {
      if (offered === undefined) return
      isOwn.current = true
      form.setFieldValue('username', offered)
      form.clearFieldError('username')
      setOffered(undefined)
      form.getInputNode('username')?.focus()
    },
  }
}
