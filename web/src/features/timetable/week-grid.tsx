import { Text, Title } from '@mantine/core'
import type { OwnSession } from '@usms/school-api/modules/me/me.schema'
import type { CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { useNow } from '#src/lib/use-now.ts'
import type { Week, WeekDay } from '#src/lib/week-layout.ts'
import { LessonBlock } from './lesson-block.tsx'
import classes from './timetable.module.css'

/** No clock is changed on it: the hours at the side are those of any wall clock. */
const ANY_DAY = '2026-01-15'

/** Days beside each other over one scale of hours. To whoever listens it is a list of lessons under each day. */
export function WeekGrid({ week, today }: { week: Week<OwnSession>; today: string }) {
  const { time } = useSchool()
  const { fromMinute, toMinute, days } = week
  const hours = Array.from({ length: (toMinute - fromMinute) / 60 }, (_, i) => fromMinute / 60 + i)
  const style = { '--minutes': toMinute - fromMinute, '--days': days.length } as CSSProperties
  return (
    <div className={classes.grid} style={style}>
      <div className={classes.hours} aria-hidden>
        {hours.map((hour) => (
          <span key={hour} style={{ '--start': hour * 60 - fromMinute } as CSSProperties}>
            {time.time(time.instantOf(ANY_DAY, `${String(hour).padStart(2, '0')}:00`))}
          </span>
        ))}
      </div>
      {days.map((day) => (
        <DayColumn
          key={day.date}
          day={day}
          isToday={day.date === today}
          from={fromMinute}
          to={toMinute}
        />
      ))}
    </div>
  )
}

interface DayColumnProps {
  day: WeekDay<OwnSession>
  isToday: boolean
  /** Minutes of the day at the top and at the bottom. */
  from: number
  to: number
}

function DayColumn({ day, isToday, from, to }: DayColumnProps) {
  const { t } = useTranslation('family')
  const { time } = useSchool()
  const id = `day-${day.date}`
  return (
    <section aria-labelledby={id} className={classes.day} data-today={isToday || undefined}>
      <Title
        order={3}
        id={id}
        className={classes.dayName}
        {...(isToday && { 'aria-current': 'date' })}
      >
        <span>
          {time.shortDate(day.date)}
          {isToday && (
            <Text
              component="span"
              display="block"
              size="xs"
              c="var(--mantine-color-anchor)"
              fw={650}
            >
              {t('timetable.today')}
            </Text>
          )}
        </span>
      </Title>
      <div className={classes.lane}>
        {isToday && <NowLine from={from} to={to} />}
        {day.items.length === 0 ? (
          <Text size="sm" c="dimmed" p="xs">
            {t('timetable.free')}
          </Text>
        ) : (
          <ul className={classes.lessons}>
            {day.items.map((placed) => (
              <LessonBlock key={placed.item.id} placed={placed} from={from} />
            ))}
          </ul>
        )}
      </div>
    </section>
  )
}

/** Where in the day it is: for the eye only, the times are there in words. */
function NowLine({ from, to }: { from: number; to: number }) {
  const { time } = useSchool()
  const clock = time.wallTime(new Date(useNow()).toISOString())
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  const minute = hours * 60 + minutes
  if (minute < from || minute > to) return null
  return (
    <div
      aria-hidden
      className={classes.now}
      style={{ '--start': minute - from } as CSSProperties}
    />
  )
}
