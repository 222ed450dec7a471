import { Button, Paper, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '#src/lib/http/problem.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { ConfirmModal } from '#src/ui/confirm-modal.tsx'
import { useErrorText } from '#src/ui/error-text.ts'
import { personName } from '#src/ui/person-name.ts'
import { useNotify } from '#src/ui/use-notify.tsx'
import { useSetActive } from './people.api.ts'
import type { Kind, Person } from './person.ts'

interface PersonAccessProps {
  kind: Kind
  person: Person
  canEdit: boolean
  /** How a link is issued; not for who is deactivated. */
  invite: ReactNode
}

/** Whether and how somebody gets in. */
export function PersonAccess({ kind, person, canEdit, invite }: PersonAccessProps) {
  const { t } = useTranslation('people')
  const { user, time } = useSchool()
  const isSelf = user.id === person.id
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }} component="section" aria-labelledby="access">
      <Stack gap="md" align="flex-start">
        <Title order={2} size="h4" id="access">
          {t('access.title')}
        </Title>
        <Text>
          {person.lastLoginAt
            ? t('access.lastLogin', { when: time.dateTime(person.lastLoginAt) })
            : t('access.neverSignedIn')}
        </Text>
        {!person.isActive && <Text>{t('access.isInactive')}</Text>}
        {!canEdit && <Text>{t('access.ownersOnly')}</Text>}
        {canEdit && person.isActive && invite}
        {isSelf && (
          <Text size="sm" c="dimmed">
            {t('access.own')}
          </Text>
        )}
        {canEdit && !isSelf && <SetActive kind={kind} person={person} />}
      </Stack>
    </Paper>
  )
}

function SetActive({ kind, person }: { kind: Kind; person: Person }) {
  const { t } = useTranslation('people')
  const errorText = useErrorText()
  const notify = useNotify()
  const [isOpen, { open, close }] = useDisclosure(false)
  const setActive = useSetActive(kind, person.id)
  const verb = person.isActive ? 'deactivate' : 'reactivate'
  // What the dialog asks stays the same until it is closed: the person is another a moment before.
  const [asked, setAsked] = useState<typeof verb>(verb)
  const name = personName(person)
  const isLastAdmin = setActive.error instanceof Problem && setActive.error.code === 'last_admin'
  const send = () =>
    setActive.mutate(asked, {
      onSuccess() {
        notify.done(t(`access.done.${asked}`, { name }))
        close()
      },
    })
  return (
    <>
      <Button
        variant="default"
        onClick={() => {
          setActive.reset()
          setAsked(verb)
          open()
        }}
      >
        {t(`access.${verb}`)}
      </Button>
      <ConfirmModal
        title={t(`access.ask.${asked}`, { name })}
        opened={isOpen}
        text={t(`access.what.${asked}`)}
        confirmLabel={t(`access.${asked}`)}
        isBusy={setActive.isPending}
        isDanger={asked === 'deactivate'}
        refusal={
          setActive.isError && (isLastAdmin ? t('access.lastAdmin') : errorText(setActive.error))
        }
        onConfirm={send}
        onClose={close}
      />
    </>
  )
}
