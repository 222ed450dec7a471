import { Group, Text } from '@mantine/core'
import {
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconProgress,
  type TablerIcon,
} from '@tabler/icons-react'
import type { JobAnswer } from '@usms/directory/modules/operations/operations.schema'
import { useTranslation } from 'react-i18next'

type Progress = JobAnswer['status'] | JobAnswer['steps'][number]['status']

const LOOKS: Record<Progress, { icon: TablerIcon; color: string }> = {
  PENDING: { icon: IconCircleDashed, color: 'gray' },
  QUEUED: { icon: IconCircleDashed, color: 'gray' },
  RUNNING: { icon: IconProgress, color: 'blue' },
  SUCCEEDED: { icon: IconCircleCheck, color: 'green' },
  FAILED: { icon: IconCircleX, color: 'red' },
}

export function ProgressIcon({ progress, size = 24 }: { progress: Progress; size?: number }) {
  const { icon: Icon, color } = LOOKS[progress]
  return (
    <Icon
      size={size}
      aria-hidden
      color={`var(--mantine-color-${color}-6)`}
      style={{ flex: 'none' }}
    />
  )
}

/** How far a job is, in words. */
export function JobStatus({ status }: { status: JobAnswer['status'] }) {
  const { t } = useTranslation('owner')
  return (
    <Group gap={6} wrap="nowrap" component="span">
      <ProgressIcon progress={status} size={20} />
      <Text component="span" size="sm">
        {t(`job.status.${status}`)}
      </Text>
    </Group>
  )
}
