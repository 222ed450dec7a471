import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '#src/lib/http/problem.ts'
import { ErrorAlert } from '#src/ui/error-alert.tsx'
import { useNotify } from '#src/ui/use-notify.tsx'
import { useLinkGuardian } from './people.api.ts'
import type { Person } from './person.ts'
import { PersonPicker } from './person-picker.tsx'
import { endsOf } from './relative.ts'

interface LinkDialogProps {
  kind: 'students' | 'guardians'
  person: Person
  linked: readonly string[]
  isOpen: boolean
  onClose: () => void
}

/** Finds the other end of a new link. */
export function LinkDialog({ kind, person, linked, isOpen, onClose }: LinkDialogProps) {
  const { t } = useTranslation('people')
  const { t: tc } = useTranslation()
  const notify = useNotify()
  const link = useLinkGuardian()
  const [picked, setPicked] = useState<{ id: string; name: string }>()
  const [relationship, setRelationship] = useState('')
  const isLinked = link.error instanceof Problem && link.error.code === 'already_linked'
  const close = () => {
    setPicked(undefined)
    setRelationship('')
    link.reset()
    onClose()
  }
  const send = () => {
    if (!picked || link.isPending) return
    const ends = endsOf(kind, person.id, picked.id)
    link.mutate(
      { ...ends, relationship: relationship.trim() || null },
      {
        onSuccess() {
          notify.done(t('relations.linked', { name: picked.name }))
          close()
        },
      },
    )
  }
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={t(`relations.link.${kind}`)}
      closeButtonProps={{ 'aria-label': tc('actions.close') }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        {/* Tall enough for what is found. */}
        <Stack gap="md" mih={320}>
          <PersonPicker
            kind={kind === 'students' ? 'guardians' : 'students'}
            label={t(kind === 'students' ? 'relations.findGuardian' : 'relations.findChild')}
            without={linked}
            onPick={setPicked}
          />
          {picked && (
            <>
              <Text role="status">{t('relations.picked', { name: picked.name })}</Text>
              <TextInput
                label={t('fields.relationship')}
                description={t('hints.relationship')}
                maxLength={50}
                value={relationship}
                onChange={(event) => setRelationship(event.currentTarget.value)}
              />
              {isLinked && (
                <Text c="var(--mantine-color-error)" role="alert">
                  {t('relations.alreadyLinked')}
                </Text>
              )}
              {link.isError && !isLinked && <ErrorAlert error={link.error} />}
              <Group justify="flex-end">
                <Button type="submit" loading={link.isPending}>
                  {t('relations.save')}
                </Button>
              </Group>
            </>
          )}
        </Stack>
      </form>
    </Modal>
  )
}
