import { Alert, Text, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useErrorText } from '#src/ui/error-text.ts'
import type { SignInFailure } from './sign-in-failure.ts'
import { clockOf } from './use-countdown.ts'

interface FailureAlertProps {
  failure: SignInFailure
  /** Of a `wait`, in seconds. */
  secondsLeft: number | undefined
}

/** What stands above the button when a sign-in failed for a reason that no field is to blame for. */
export function FailureAlert({ failure, secondsLeft }: FailureAlertProps) {
  const { t } = useTranslation('auth')
  const errorText = useErrorText()
  switch (failure.kind) {
    case 'wait':
      return <Wait until={failure.until} secondsLeft={secondsLeft ?? 0} />
    case 'unavailable':
    case 'offline':
    case 'invalid':
      return <Complaint>{t(`failure.${failure.kind}`)}</Complaint>
    case 'unexpected':
      return <Complaint>{errorText(failure.error)}</Complaint>
    default:
      return null
  }
}

const Complaint = ({ children }: { children: ReactNode }) => (
  <Alert color="red" variant="outline" role="alert">
    <Text size="sm">{children}</Text>
  </Alert>
)

/** The seconds are for eyes: read aloud are its beginning, in minutes, and its end. */
function Wait({ until, secondsLeft }: { until: number; secondsLeft: number }) {
  const { t } = useTranslation('auth')
  if (secondsLeft === 0)
    return (
      <Alert color="teal" variant="outline" role="status">
        <Text size="sm">{t('failure.waitOver')}</Text>
      </Alert>
    )
  return (
    <Complaint key={until}>
      {t('failure.wait')}{' '}
      <span aria-hidden style={{ fontVariantNumeric: 'tabular-nums' }}>
        {t('failure.waitLeft', { time: clockOf(secondsLeft) })}
      </span>
      <VisuallyHidden>
        {t('failure.waitMinutes', { count: Math.ceil(secondsLeft / 60) })}
      </VisuallyHidden>
    </Complaint>
  )
}
