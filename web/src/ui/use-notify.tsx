import { notifications } from '@mantine/notifications'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useErrorText } from './error-text.ts'

/** Short messages above the page: for what has been done. What needs an answer stands in the page itself. */
export function useNotify() {
  const { t } = useTranslation()
  const errorText = useErrorText()
  return useMemo(() => {
    const closeButtonProps = { 'aria-label': t('actions.close') }
    return {
      done: (message: string) =>
        notifications.show({ message, color: 'teal', closeButtonProps, role: 'status' }),
      failed: (error: unknown) =>
        notifications.show({
          title: t('errors.title'),
          message: errorText(error),
          color: 'red',
          autoClose: false,
          closeButtonProps,
          role: 'alert',
        }),
    }
  }, [t, errorText])
}
