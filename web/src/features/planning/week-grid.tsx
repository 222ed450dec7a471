import { ActionIcon, Text, UnstyledButton } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { SessionAnswer } from '@usms/school-api/modules/sessions/sessions.schema'
import type { CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { type PlacedItem, placeInWeek, type WeekDay } from '#src/lib/week-layout.ts'
import { useLessonName, useTeacherNames } from './lesson-name.ts'
import type { PlanBy } from './plan-address.ts'
import classes from './week-grid.module.css'

/** A week of one lesson is still a week. */
const FEWEST_HOURS = 4

interface WeekGridProps {
  sessions: readonly SessionAnswer[]
  monday: string
  /** What every block belongs to, and therefore does not say. */
  by: PlanBy
  onOpen: (id: string) => void
  onAdd: (date: string) => void
}

/** A week as columns of days where there is room for them, and else as a list by day. */
export function WeekGrid({ sessions, monday, by, onOpen, onAdd }: WeekGridProps) {
  const { time } = useSchool()
  const week = placeInWeek(sessions, monday, time)
  // On Sundays nearly no school has lessons: the column is there when one has.
  const days = week.days.filter(({ items }, i) => i < 6 || items.length > 0)
  const hours = Math.max(FEWEST_HOURS, (week.toMinute - week.fromMinute) / 60)
  const style = { '--days': days.length, '--hours': hours } as CSSProperties
  return (
    <div className={classes.plan}>
      <div className={classes.week} style={style}>
        <div className={classes.hours} aria-hidden>
          {Array.from({ length: hours + 1 }, (_, i) => (
            <span key={i} className={classes.hour} style={{ top: `${(i / hours) * 100}%` }}>
              {hourText(week.fromMinute / 60 + i)}
            </span>
          ))}
        </div>
        {days.map((day) => (
          <Day key={day.date} {...{ day, by, onOpen, onAdd }} fromMinute={week.fromMinute} />
        ))}
      </div>
    </div>
  )

  function hourText(hour: number): string {
    return hour < 24 ? time.time(time.instantOf(monday, `${String(hour).padStart(2, '0')}:00`)) : ''
  }
}

type DayProps = Pick<WeekGridProps, 'by' | 'onOpen' | 'onAdd'> & {
  day: WeekDay<SessionAnswer>
  fromMinute: number
}

function Day({ day, fromMinute, by, onOpen, onAdd }: DayProps) {
  const { t } = useTranslation('planning')
  const { time } = useSchool()
  const name = time.shortDate(day.date)
  const isToday = day.date === time.today()
  return (
    <section aria-label={name} className={isToday ? classes.today : undefined}>
      <div className={classes.dayHead}>
        <Text component="h2" size="sm" fw={650} lh={1.3} className={classes.dayName}>
          {name}
          {isToday && (
            <Text span display="block" size="xs">
              {t('sessions.today')}
            </Text>
          )}
        </Text>
        <ActionIcon
          variant="subtle"
          aria-label={t('sessions.addOn', { date: name })}
          onClick={() => onAdd(day.date)}
        >
          <IconPlus size={16} aria-hidden />
        </ActionIcon>
      </div>
      {day.items.length === 0 && (
        <Text size="sm" c="dimmed" className={classes.empty}>
          {t('sessions.noneThatDay')}
        </Text>
      )}
      <ul className={classes.items}>
        {day.items.map((placed) => (
          <li key={placed.item.id} className={classes.item} style={placeOf(placed, fromMinute)}>
            <Block session={placed.item} by={by} onOpen={onOpen} />
          </li>
        ))}
      </ul>
    </section>
  )
}

const placeOf = (
  { startMinute, endMinute, column, columns }: PlacedItem<unknown>,
  fromMinute: number,
) =>
  ({
    '--top': (startMinute - fromMinute) / 60,
    '--height': (endMinute - startMinute) / 60,
    '--left': column / columns,
    '--width': 1 / columns,
  }) as CSSProperties

function Block({
  session,
  by,
  onOpen,
}: Pick<WeekGridProps, 'by' | 'onOpen'> & { session: SessionAnswer }) {
  const { t } = useTranslation('planning')
  const { time } = useSchool()
  const lessonName = useLessonName()
  const teacherNames = useTeacherNames()
  const isCancelled = session.status === 'CANCELLED'
  const facts = [
    by !== 'room' && session.room?.name,
    ...(by === 'teacher' ? coversOnly(session) : teacherNames(session)),
  ].filter((fact) => typeof fact === 'string')
  return (
    <UnstyledButton
      className={`${classes.block} ${isCancelled ? classes.cancelled : ''}`}
      onClick={() => onOpen(session.id)}
    >
      <Text component="div" inherit fw={650}>
        <span className={classes.what}>
          {by !== 'section' && `${session.section.name} · `}
          {lessonName(session)}
        </span>
        {isCancelled && ` ${t('lesson.cancelled')}`}
      </Text>
      <Text component="div" inherit>
        {time.timeRange(session.startsAt, session.endsAt)}
      </Text>
      <Text component="div" inherit c="dimmed">
        {facts.join(' · ')}
      </Text>
    </UnstyledButton>
  )

  /** In a teacher's own week only who is there instead says something. */
  function coversOnly({ teachers }: SessionAnswer) {
    return teacherNames({ teachers: teachers.filter(({ role }) => role === 'COVER') })
  }
}
