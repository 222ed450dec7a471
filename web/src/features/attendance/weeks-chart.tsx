import type { DashboardAnswer } from '@usms/school-api/modules/me/dashboard.schema'
import { useTranslation } from 'react-i18next'
import { VisuallyHidden } from '@mantine/core'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { addDays } from '#src/lib/school-time.ts'
import classes from './attendance.module.css'
import { ShareBar } from './share-bar.tsx'
import { STANDINGS, totalOf } from './standing.ts'

type Week = Extract<DashboardAnswer, { role: 'STUDENT' }>['attendance']['weeks'][number]

/** The last weeks, newest first: a table whose middle column is drawn for the eye and told in words to the ear. */
export function WeeksChart({ weeks }: { weeks: readonly Week[] }) {
  const { t } = useTranslation('family')
  const { time } = useSchool()
  const inWords = (week: Week) =>
    STANDINGS.filter((standing) => week[standing] > 0)
      .map((standing) => `${t(`attendance.standings.${standing}`)} ${time.number(week[standing])}`)
      .join(', ')
  // Before the first register there is nothing to see.
  const counted = weeks.slice(weeks.findIndex((week) => totalOf(week) > 0))
  if (!counted.some((week) => totalOf(week) > 0)) return null
  return (
    <table className={classes.weeks}>
      <caption>{t('attendance.weeks')}</caption>
      <thead>
        <tr>
          <th scope="col">
            <VisuallyHidden>{t('attendance.week')}</VisuallyHidden>
          </th>
          <th scope="col">
            <VisuallyHidden>{t('attendance.lessons')}</VisuallyHidden>
          </th>
          <th scope="col">
            <VisuallyHidden>{t('attendance.share')}</VisuallyHidden>
          </th>
        </tr>
      </thead>
      <tbody>
        {counted.toReversed().map((week) => (
          <tr key={week.from}>
            <th scope="row">{time.dateRangeShort(week.from, addDays(week.from, 6))}</th>
            <td title={inWords(week)}>
              <ShareBar counts={week} />
              <VisuallyHidden>
                {totalOf(week) === 0 ? t('attendance.noLessons') : inWords(week)}
              </VisuallyHidden>
            </td>
            <td>{time.percent(week.percentage)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
