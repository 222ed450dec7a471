import { Box, Paper, Text, Title } from '@mantine/core'
import type { JobAnswer } from '@usms/directory/modules/operations/operations.schema'
import { useTranslation } from 'react-i18next'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import classes from './jobs.module.css'

/** What the work itself wrote, in its own words; what a screen reader hears meanwhile are the steps. */
export function JobLog({ logs }: { logs: JobAnswer['logs'] }) {
  const { t } = useTranslation('owner')
  const { time } = useOwner()
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
      <Title order={2} size="h4" mb="sm" id="job-log">
        {t('job.log')}
      </Title>
      {logs.length === 0 ? (
        <Text c="dimmed">{t('job.logEmpty')}</Text>
      ) : (
        <Box role="group" tabIndex={0} aria-labelledby="job-log" className={classes.log}>
          {logs.map(({ at, level, message }, position) => (
            <div key={`${at} ${String(position)}`} lang="en">
              <Text span inherit c="dimmed">
                {time.time(at)}
              </Text>{' '}
              {level === 'error' ? <strong>{message}</strong> : message}
            </div>
          ))}
        </Box>
      )}
    </Paper>
  )
}
