import { useTranslation } from 'react-i18next'
import { ConfirmModal } from '#src/ui/confirm-modal.tsx'

interface SignOutWarningProps {
  /** How many registers it is about. */
  count: number
  onSignOut: () => void
  onStay: () => void
}

/** Before somebody signs out whose marks the school does not have. */
export function SignOutWarning({ count, onSignOut, onStay }: SignOutWarningProps) {
  const { t } = useTranslation('teacher')
  return (
    <ConfirmModal
      opened
      title={t('signOut.title')}
      text={t('signOut.text', { count })}
      confirmLabel={t('signOut.confirm')}
      isDanger
      isBusy={false}
      onConfirm={onSignOut}
      onClose={onStay}
    />
  )
}
