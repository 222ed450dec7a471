import type { OwnSession } from '@usms/school-api/modules/me/me.schema'
import type { CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import type { PlacedItem } from '#src/lib/week-layout.ts'
import { LessonLink } from './lesson-link.tsx'
import classes from './timetable.module.css'
import { useLessonText } from './use-lesson-text.ts'

/** Shorter ones have room for a single line. */
const MIN_MINUTES_FOR_LINES = 25

interface LessonBlockProps {
  placed: PlacedItem<OwnSession>
  /** The minute of the day at the top. */
  from: number
}

/** A lesson in the grid, as high as it is long. */
export function LessonBlock({ placed, from }: LessonBlockProps) {
  const { t } = useTranslation('family')
  const { time } = useSchool()
  const { item, startMinute, endMinute, column, columns } = placed
  const { title, detail, room, cover, isCancelled } = useLessonText()(item)
  const minutes = endMinute - startMinute
  const style = {
    '--start': startMinute - from,
    '--length': minutes,
    '--column': column,
    '--columns': columns,
  } as CSSProperties
  return (
    <li
      className={classes.block}
      style={style}
      data-cancelled={isCancelled || undefined}
      data-cover={cover !== null || undefined}
      data-short={minutes < MIN_MINUTES_FOR_LINES || undefined}
    >
      <LessonLink id={item.id}>
        <span className={classes.time}>{time.timeRange(item.startsAt, item.endsAt)}</span>{' '}
        <strong className={classes.title}>{title}</strong>
        {isCancelled && <span className={classes.note}> {t('lesson.cancelled')}</span>}
        {cover && <span className={classes.note}> {cover}</span>}
        {(detail ?? room) && (
          <span className={classes.detail}> {[detail, room].filter(Boolean).join(' · ')}</span>
        )}
      </LessonLink>
    </li>
  )
}
