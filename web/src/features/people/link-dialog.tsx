import { Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '#src/lib/http/problem.ts'
import { useErrorText } from '#src/ui/error-text.ts'
import { FormFrame, FormModal, RefusalAlert } from '#src/ui/form-modal.tsx'
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
  const errorText = useErrorText()
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
    <FormModal title={t(`relations.link.${kind}`)} opened={isOpen} onClose={close}>
      <FormFrame
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
        onCancel={close}
        submitLabel={t('relations.save')}
        isBusy={link.isPending}
        canSubmit={picked !== undefined}
        refusal={
          link.isError && (
            <RefusalAlert>
              {isLinked ? t('relations.alreadyLinked') : errorText(link.error)}
            </RefusalAlert>
          )
        }
      >
        {/* Tall enough for what is found. */}
        <Stack gap="md" mih={270}>
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
            </>
          )}
        </Stack>
      </FormFrame>
    </FormModal>
  )
}
