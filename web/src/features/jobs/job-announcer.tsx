import { VisuallyHidden } from '@mantine/core'
import { useThrottledValue } from '@mantine/hooks'
import type { JobAnswer } from '@usms/directory/modules/operations/operations.schema'
import { useTranslation } from 'react-i18next'
import { useStepName } from './use-step-name.ts'

/** A screen reader needs about so long to say a line; what changes faster would be a flood. */
const PAUSE_MS = 1_500

/** Says where a job is, and the newest line of its log, to whoever listens. */
export function JobAnnouncer({ job }: { job: JobAnswer }) {
  const { t } = useTranslation('owner')
  const stepName = useStepName()
  const step = job.steps.findLast(({ status }) => status !== 'PENDING')
  const parts =
    job.status === 'RUNNING' && step
      ? [
          t('job.announceStep', {
            step: stepName(step.name),
            status: t(`job.stepStatus.${step.status}`),
          }),
          job.logs.at(-1)?.message,
        ]
      : [t(`job.status.${job.status}`)]
  const text = useThrottledValue(parts.filter(Boolean).join('. '), PAUSE_MS)
  return <VisuallyHidden role="status">{text}</VisuallyHidden>
}
