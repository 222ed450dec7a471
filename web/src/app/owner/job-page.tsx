import { Anchor, Group, Text } from '@mantine/core'
import type { JobAnswer } from '@usms/directory/modules/operations/operations.schema'
import { useTranslation } from 'react-i18next'
import { Link, useLocation, useNavigate, useParams } from 'react-router'
import { JobAnnouncer } from '#src/features/jobs/job-announcer.tsx'
import { JobLog } from '#src/features/jobs/job-log.tsx'
import { JobStatus } from '#src/features/jobs/job-look.tsx'
import { JobSteps } from '#src/features/jobs/job-steps.tsx'
import { useJob } from '#src/features/jobs/jobs.api.ts'
import { useJobEvents } from '#src/features/jobs/use-job-events.ts'
import { useInvite } from '#src/features/schools/schools.api.ts'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import { Loaded, LoadingRows } from '#src/ui/loaded.tsx'
import { Page } from '#src/ui/page.tsx'
import { JobOutcome } from './job-outcome.tsx'

/** One job: live while it runs, and the same afterwards. */
export function JobPage() {
  const { jobId = '' } = useParams()
  // Another job (a retry) is another page: its heading takes the focus.
  return <JobOf key={jobId} jobId={jobId} />
}

function JobOf({ jobId }: { jobId: string }) {
  const { t } = useTranslation('owner')
  const { t: tCommon } = useTranslation()
  const query = useJob(jobId)
  const job = query.data
  return (
    <Page
      title={job ? titleOf(job) : tCommon('state.loading')}
      subtitle={
        job && (
          <Anchor component={Link} to={`/owner/schools/${job.schoolId}`} py={4}>
            {t('job.toSchool')} ({job.school.code})
          </Anchor>
        )
      }
    >
      <Loaded query={query} skeleton={<LoadingRows rows={6} height={48} />}>
        {(found) => <LiveJob job={found} />}
      </Loaded>
    </Page>
  )

  function titleOf({ kind, school, release }: JobAnswer) {
    return t(`job.title.${kind}`, { name: school.name, release })
  }
}

function LiveJob({ job }: { job: JobAnswer }) {
  const { t } = useTranslation('owner')
  const { time } = useOwner()
  const navigate = useNavigate()
  const { state } = useLocation()
  const invite = useInvite(job.schoolId)
  const { isConnected } = useJobEvents(job, ({ kind, status }) => {
    // Only for whoever onboards a school here and now: an invite makes the one before it useless.
    if (kind !== 'PROVISION' || status !== 'SUCCEEDED' || !wantsInvite(state)) return
    void navigate('.', { replace: true, state: null })
    invite.mutate('ADMIN')
  })
  return (
    <>
      <Group gap="sm">
        <JobStatus status={job.status} />
        <Text size="sm" c="dimmed">
          {job.finishedAt
            ? t('job.finished', { at: time.dateTime(job.finishedAt) })
            : t('job.began', { at: time.dateTime(job.startedAt ?? job.createdAt) })}
        </Text>
      </Group>
      <JobAnnouncer job={job} />
      {!isConnected && <Text role="status">{t('job.connectionLost')}</Text>}
      <JobOutcome job={job} invite={invite} />
      <JobSteps job={job} />
      <JobLog logs={job.logs} />
    </>
  )
}

const wantsInvite = (state: unknown) => (state as { invite?: unknown } | null)?.invite === true
