import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { notifications, notificationsStore } from '@mantine/notifications'
import { type FormEventHandler, type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'

interface FormModalProps {
  title: string
  opened: boolean
  onClose: () => void
  size?: string
  children: ReactNode
}

/** A dialog that gives the focus back to what opened it. Nothing moves: who fills in many forms a day waits for no animation. */
export function FormModal({ title, opened, onClose, size = 'md', children }: FormModalProps) {
  const { t } = useTranslation()
  useEffect(() => {
    if (opened) hidePassingMessages()
  }, [opened])
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={size}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
      styles={{
        title: {
          fontWeight: 650,
          fontSize: '1.15rem',
          lineHeight: 1.3,
          overflowWrap: 'anywhere',
          minWidth: 0,
        },
      }}
    >
      {opened && children}
    </Modal>
  )
}

/** What was said of the form before lies over the next one; what waits to be closed stays. */
function hidePassingMessages(): void {
  for (const { id, autoClose } of notificationsStore.getState().notifications)
    if (id !== undefined && autoClose !== false) notifications.hide(id)
}

interface FormFrameProps {
  onSubmit: FormEventHandler<HTMLFormElement>
  onCancel: () => void
  submitLabel: string
  isBusy: boolean
  submitColor?: string
  canSubmit?: boolean
  /** What is said about the whole form: why it was refused. */
  refusal?: ReactNode
  /** Another way to send it, beside the main one. */
  second?: ReactNode
  children: ReactNode
}

/** The fields of a form, what is in the way, and its buttons. */
export function FormFrame({
  onSubmit,
  onCancel,
  submitLabel,
  isBusy,
  submitColor,
  canSubmit = true,
  refusal,
  second,
  children,
}: FormFrameProps) {
  const { t } = useTranslation()
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack gap="md">
        {children}
        <div aria-live="polite">{refusal}</div>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onCancel}>
            {t('actions.cancel')}
          </Button>
          {second}
          {canSubmit && (
            <Button
              type="submit"
              loading={isBusy}
              {...(submitColor !== undefined && { color: submitColor })}
            >
              {submitLabel}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  )
}

/** Why a write was refused, in the form it was sent from. */
export const RefusalAlert = ({
  title,
  children,
}: {
  title?: string | undefined
  children: ReactNode
}) => (
  <Alert color="red" variant="outline" {...(title && { title })}>
    <Stack gap="sm" align="flex-start">
      {typeof children === 'string' ? <Text size="sm">{children}</Text> : children}
    </Stack>
  </Alert>
)

/** What was just saved, in a form that stays open for the next one. */
export const SavedNote = ({ children }: { children: string }) => (
  <Text size="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
    {children}
  </Text>
)
