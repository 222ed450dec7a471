import { Alert, Anchor, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Problem } from '#src/lib/http/problem.ts'
import { ErrorAlert } from '#src/ui/error-alert.tsx'

const EXPLAINED = {
  operation_running: 'actions.operationRunning',
  wrong_state: 'actions.wrongState',
  already_active: 'actions.wrongState',
  half_erased: 'actions.halfErased',
} as const

/** Why something cannot be done with a school now; where something else is under way, the way to it. */
export function OperationError({ error }: { error: unknown }) {
  const { t } = useTranslation('owner')
  const { t: tCommon } = useTranslation()
  const key = error instanceof Problem ? EXPLAINED[error.code as keyof typeof EXPLAINED] : undefined
  if (!(error instanceof Problem) || !key) return <ErrorAlert error={error} />
  const { jobId } = error.details
  return (
    <Alert color="red" variant="outline" role="alert" title={tCommon('errors.title')}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{t(key)}</Text>
        {typeof jobId === 'string' && (
          <Anchor component={Link} to={`/owner/jobs/${jobId}`} py={4}>
            {t('actions.watch')}
          </Anchor>
        )}
      </Stack>
    </Alert>
  )
}
