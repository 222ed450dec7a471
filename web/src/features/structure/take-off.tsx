import type { RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmModal } from '#src/ui/confirm-modal.tsx'
import { useErrorText } from '#src/ui/error-text.ts'
import { useNotify } from '#src/ui/use-notify.tsx'
import { type Teaching, useTakeOff } from './structure.api.ts'

interface TakeOffProps {
  /** Null: nothing is asked. */
  assignment: Teaching | null
  teacher?: string
  section?: string
  subject?: string
  /** Takes the focus when the row is gone. */
  heading: RefObject<HTMLElement | null>
  onClose: () => void
}

export function TakeOff({
  assignment,
  teacher = '',
  section = '',
  subject = '',
  heading,
  onClose,
}: TakeOffProps) {
  const { t } = useTranslation('structure')
  const errorText = useErrorText()
  const notify = useNotify()
  const takeOff = useTakeOff()
  const close = () => {
    takeOff.reset()
    onClose()
  }
  return (
    <ConfirmModal
      title={t('teaching.removeOne', { teacher, section })}
      opened={assignment !== null}
      text={t('teaching.removeText', { teacher, section, subject })}
      confirmLabel={t('teaching.remove')}
      isDanger
      isBusy={takeOff.isPending}
      refusal={takeOff.isError && errorText(takeOff.error)}
      onConfirm={() =>
        assignment &&
        takeOff.mutate(assignment.id, {
          onSuccess: () => {
            close()
            notify.done(t('teaching.removed', { teacher, section }))
            setTimeout(() => heading.current?.focus(), 50)
          },
        })
      }
      onClose={close}
    />
  )
}
