import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { FormFrame, FormModal, RefusalAlert } from './form-modal.tsx'

interface ConfirmModalProps {
  title: string
  opened: boolean
  text: ReactNode
  confirmLabel: string
  isBusy: boolean
  /** Red: something goes away. */
  isDanger?: boolean
  /** False: there is nothing to confirm, `text` says why. */
  canConfirm?: boolean
  refusal?: ReactNode
  onConfirm: () => void
  onClose: () => void
}

/** Asks before something is done that is not simply undone. */
export const ConfirmModal = ({
  title,
  opened,
  text,
  confirmLabel,
  isBusy,
  isDanger = false,
  canConfirm = true,
  refusal,
  onConfirm,
  onClose,
}: ConfirmModalProps) => (
  <FormModal title={title} opened={opened} onClose={onClose}>
    <FormFrame
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) onConfirm()
      }}
      onCancel={onClose}
      submitLabel={confirmLabel}
      isBusy={isBusy}
      canSubmit={canConfirm}
      {...(isDanger && { submitColor: 'red.8' })}
      refusal={refusal && <RefusalAlert>{refusal}</RefusalAlert>}
    >
      {typeof text === 'string' ? <Text style={{ overflowWrap: 'anywhere' }}>{text}</Text> : text}
    </FormFrame>
  </FormModal>
)
