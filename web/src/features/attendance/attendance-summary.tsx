import { Group, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import classes from './attendance.module.css'
import { ShareBar } from './share-bar.tsx'
import { type Counts, STANDINGS } from './standing.ts'

interface AttendanceSummaryProps {
  attendance: Counts & { from: string; to: string; percentage: number | null }
}

/** The percentage, and what it is made of. */
export function AttendanceSummary({ attendance }: AttendanceSummaryProps) {
  const { t } = useTranslation('family')
  const { time } = useSchool()
  const { from, to, percentage } = attendance
  return (
    <Stack gap="sm">
      <Group gap="sm" align="baseline">
        <Text component="span" className={classes.percentage}>
          {time.percent(percentage)}
        </Text>
        <Text component="span" size="sm" c="dimmed">
          {percentage === null ? t('attendance.nothingYet') : t('attendance.of')}
          {' · '}
          {time.dateRange(from, to)}
        </Text>
      </Group>
      <ShareBar counts={attendance} />
      <dl className={classes.counts}>
        {STANDINGS.map((standing) => (
          <div key={standing}>
            <dt>
              <span aria-hidden className={`${classes.dot} ${classes[standing]}`} />
              {t(`attendance.standings.${standing}`)}
            </dt>
            <dd>{time.number(attendance[standing])}</dd>
          </div>
        ))}
      </dl>
    </Stack>
  )
}
