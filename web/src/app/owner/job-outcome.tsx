import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import type { JobAnswer } from '@usms/directory/modules/operations/operations.schema'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation, useNavigate } from 'react-router'
import { useStepName } from '#src/features/jobs/use-step-name.ts'
import { InvitePanel } from '#src/features/schools/invite-panel.tsx'
import { OperationError } from '#src/features/schools/operation-error.tsx'
import {
  type JobRequest,
  type useInvite,
  useRequestJob,
} from '#src/features/schools/schools.api.ts'
import { ErrorAlert } from '#src/ui/error-alert.tsx'

/** What can simply be asked for again. An upgrade may want another release, and erasing the code. */
const REPEATABLE: Partial<Record<JobAnswer['kind'], JobRequest['verb']>> = {
  PROVISION: 'provision',
  RESTART: 'restart',
  ARCHIVE: 'archive',
  UPGRADE: 'upgrade',
}

interface JobOutcomeProps {
  job: JobAnswer
  invite: ReturnType<typeof useInvite>
}

/** How a job has ended, and what comes next; nothing while it runs. */
export function JobOutcome({ job, invite }: JobOutcomeProps) {
  if (job.status === 'SUCCEEDED') return <Succeeded job={job} invite={invite} />
  if (job.status === 'FAILED') return <Failed job={job} />
  return null
}

function Succeeded({ job, invite }: JobOutcomeProps) {
  const { t } = useTranslation('owner')
  const { kind, school } = job
  const isServed = kind !== 'ARCHIVE' && kind !== 'ERASE'
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
      <Stack gap="md">
        <Group gap="xs" wrap="nowrap">
          <IconCircleCheck size={24} aria-hidden color="var(--mantine-color-green-6)" />
          <Title order={2} size="h4" style={{ overflowWrap: 'anywhere', minWidth: 0 }}>
            {t(`job.doneTitle.${kind}`, { name: school.name })}
          </Title>
        </Group>
        {kind === 'PROVISION' && <FirstInvite invite={invite} />}
        <Group gap="sm">
          <Button component={Link} to={`/owner/schools/${job.schoolId}`} variant="default">
            {t('job.toSchool')}
          </Button>
          {isServed && (
            <Button component={Link} to={`/login?school=${school.code}`} variant="default">
              {t('job.toSignIn')}
            </Button>
          )}
        </Group>
      </Stack>
    </Paper>
  )
}

function FirstInvite({ invite }: Pick<JobOutcomeProps, 'invite'>) {
  const { t } = useTranslation('owner')
  const [isAsked, setAsked] = useState(false)
  if (invite.data) return <InvitePanel invite={invite.data} takesFocus={isAsked} />
  return (
    <>
      {invite.isError && <ErrorAlert error={invite.error} />}
      <Text>{t('actions.invite.text')}</Text>
      <div>
        <Button
          onClick={() => {
            setAsked(true)
            invite.mutate('ADMIN')
          }}
          loading={invite.isPending}
        >
          {t('actions.invite.button')}
        </Button>
      </div>
    </>
  )
}

function Failed({ job }: { job: JobAnswer }) {
  const { t } = useTranslation('owner')
  const stepName = useStepName()
  const navigate = useNavigate()
  const { state } = useLocation()
  const request = useRequestJob()
  const step = job.steps.find(({ status }) => status === 'FAILED')
  const verb = REPEATABLE[job.kind]
  const retry = (again: JobRequest['verb']) =>
    request.mutate(
      {
        schoolId: job.schoolId,
        verb: again,
        ...(job.release !== null && { body: { release: job.release } }),
      },
      // Whoever onboards the school goes on doing that.
      { onSuccess: ({ jobId }) => void navigate(`/owner/jobs/${jobId}`, { state }) },
    )
  return (
    <Alert
      color="red"
      variant="outline"
      role="alert"
      title={step ? t('job.failedAt', { step: stepName(step.name) }) : t('job.failedPlain')}
    >
      <Stack gap="sm" align="flex-start">
        <Text style={{ overflowWrap: 'anywhere' }} lang="en">
          {job.error}
        </Text>
        {request.isError && <OperationError error={request.error} />}
        <Group gap="sm">
          {verb && (
            <Button onClick={() => retry(verb)} loading={request.isPending}>
              {t('job.retry')}
            </Button>
          )}
          <Button component={Link} to={`/owner/schools/${job.schoolId}`} variant="default">
            {t('job.toSchool')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}
