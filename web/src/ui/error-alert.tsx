import { Alert, Button, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useErrorText } from './error-text.ts'

/** Says what failed; with `onRetry` there is a button that tries again. */
export function ErrorAlert({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  return (
    <Alert
      color="red"
      variant="outline"
      role="alert"
      title={t('errors.title')}
      // Red as it is has too little contrast for text.
      styles={{ title: { color: 'var(--mantine-color-error)' } }}
    >
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{errorText(error)}</Text>
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('actions.tryAgain')}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}
