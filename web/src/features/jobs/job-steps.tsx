import { Box, Group, Paper, Stack, Text, Title } from '@mantine/core'
import type { JobAnswer } from '@usms/directory/modules/operations/operations.schema'
import { useTranslation } from 'react-i18next'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import { ProgressIcon } from './job-look.tsx'
import classes from './jobs.module.css'
import { useStepName } from './use-step-name.ts'

type Step = JobAnswer['steps'][number]

export function JobSteps({ job: { steps, status } }: { job: JobAnswer }) {
  const { t } = useTranslation('owner')
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
      <Title order={2} size="h4" mb="sm">
        {t('job.steps')}
      </Title>
      <Stack component="ol" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
        {steps.map((step) => (
          <StepRow key={step.name} step={step} isOver={status === 'FAILED'} />
        ))}
      </Stack>
    </Paper>
  )
}

function StepRow({ step, isOver }: { step: Step; isOver: boolean }) {
  const { t } = useTranslation('owner')
  const stepName = useStepName()
  const isCurrent = step.status === 'RUNNING'
  return (
    <Box
      component="li"
      className={classes.step}
      data-step={step.name}
      data-status={step.status}
      {...(isCurrent && { 'aria-current': 'step' })}
    >
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <ProgressIcon progress={step.status} />
        <Text style={{ flex: 1, minWidth: 0 }} fw={isCurrent ? 650 : undefined}>
          {stepName(step.name)}
          {step.error && (
            <Text component="span" display="block" size="sm" className={classes.words}>
              {step.error}
            </Text>
          )}
        </Text>
        <Text size="sm" c="dimmed" ta="end">
          {step.status === 'PENDING' && isOver
            ? t('job.notReached')
            : t(`job.stepStatus.${step.status}`)}
          <Took step={step} />
        </Text>
      </Group>
    </Box>
  )
}

function Took({
  step: { startedAt, finishedAt },
}: {
  step: Pick<Step, 'startedAt' | 'finishedAt'>
}) {
  const duration = useDuration(startedAt, finishedAt)
  return duration && <> · {duration}</>
}

/** What lies between two instants in seconds, as people there write it. */
export function useDuration(from: string | null, to: string | null): string | undefined {
  const { t } = useTranslation('owner')
  const { time } = useOwner()
  if (!from || !to) return undefined
  const seconds = (Date.parse(to) - Date.parse(from)) / 1_000
  return t('job.seconds', { value: time.number(Math.round(seconds * 10) / 10) })
}
