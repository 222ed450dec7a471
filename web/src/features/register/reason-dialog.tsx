import { Button, Group, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormFrame, FormModal } from '#src/ui/form-modal.tsx'

const PROPOSALS = ['late', 'mistake', 'excuse'] as const
const MAX_LENGTH = 500

interface ReasonDialogProps {
  opened: boolean
  /** How many entries are corrected. */
  count: number
  onClose: () => void
  onSave: (reason: string) => void
}

/** Asks once for all corrections of a save why they are made: it is kept with each of them. */
export function ReasonDialog({ opened, onClose, ...rest }: ReasonDialogProps) {
  const { t } = useTranslation('teacher')
  return (
    <FormModal opened={opened} onClose={onClose} title={t('register.reason.title')}>
      <ReasonForm onClose={onClose} {...rest} />
    </FormModal>
  )
}

function ReasonForm({ count, onClose, onSave }: Omit<ReasonDialogProps, 'opened'>) {
  const { t } = useTranslation('teacher')
  const [reason, setReason] = useState('')
  const [isMissing, setIsMissing] = useState(false)
  return (
    <FormFrame
      isBusy={false}
      onCancel={onClose}
      submitLabel={t('register.reason.save')}
      onSubmit={(event) => {
        event.preventDefault()
        if (reason.trim() === '') setIsMissing(true)
        else onSave(reason.trim())
      }}
    >
      <Text>{t('register.reason.text', { count })}</Text>
      <TextInput
        label={t('register.reason.label')}
        value={reason}
        maxLength={MAX_LENGTH}
        data-autofocus
        error={isMissing && reason.trim() === '' ? t('register.reason.missing') : undefined}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Group gap="xs">
        {PROPOSALS.map((proposal) => (
          <Button
            key={proposal}
            size="xs"
            variant="default"
            onClick={() => setReason(t(`register.reason.proposals.${proposal}`))}
          >
            {t(`register.reason.proposals.${proposal}`)}
          </Button>
        ))}
      </Group>
    </FormFrame>
  )
}
