import { Anchor, Box, Paper, Table, Text } from '@mantine/core'
import type { JobAnswer } from '@usms/directory/modules/operations/operations.schema'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { Loaded } from '#src/ui/loaded.tsx'
import { RelativeTime } from '#src/ui/relative-time.tsx'
import { JobStatus } from './job-look.tsx'
import { useDuration } from './job-steps.tsx'
import classes from './jobs.module.css'
import { useJobs } from './jobs.api.ts'

/** What was done with a school, the newest first. */
export function JobList({ schoolId }: { schoolId: string }) {
  const { t } = useTranslation('owner')
  const jobs = useJobs(schoolId)
  return (
    <Loaded query={jobs}>
      {({ items, nextCursor }) =>
        items.length === 0 ? (
          <EmptyState text={t('job.none')} />
        ) : (
          <>
            <Paper withBorder>
              <Box
                role="region"
                tabIndex={0}
                aria-label={t('school.tabs.jobs')}
                className={classes.scroll}
              >
                <Table miw={560} verticalSpacing="sm">
                  <Table.Thead>
                    <Table.Tr>
                      {(['kind', 'status', 'began', 'took', 'error'] as const).map((name) => (
                        <Table.Th key={name} scope="col">
                          {t(`job.columns.${name}`)}
                        </Table.Th>
                      ))}
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map((job) => (
                      <JobRow key={job.id} job={job} />
                    ))}
                  </Table.Tbody>
                </Table>
              </Box>
            </Paper>
            {nextCursor && (
              <Text size="sm" c="dimmed" mt="sm">
                {t('job.newest', { count: items.length })}
              </Text>
            )}
          </>
        )
      }
    </Loaded>
  )
}

function JobRow({ job }: { job: JobAnswer }) {
  const { t } = useTranslation('owner')
  const { time } = useOwner()
  const took = useDuration(job.startedAt, job.finishedAt)
  return (
    <Table.Tr>
      <Table.Th scope="row">
        <Anchor component={Link} to={`/owner/jobs/${job.id}`} py={4} display="inline-block">
          {t(`job.kinds.${job.kind}`)}
        </Anchor>
      </Table.Th>
      <Table.Td>
        <JobStatus status={job.status} />
      </Table.Td>
      <Table.Td>
        <RelativeTime at={job.createdAt} exact={time.dateTime(job.createdAt)} />
      </Table.Td>
      <Table.Td>{took ?? t('schools.noValue')}</Table.Td>
      <Table.Td className={classes.words} lang="en">
        {job.error}
      </Table.Td>
    </Table.Tr>
  )
}
