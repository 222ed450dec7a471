import { Badge, Group, Paper, Stack, Text } from '@mantine/core'
import type { OwnSession } from '@usms/school-api/modules/me/me.schema'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { useNow } from '#src/lib/use-now.ts'
import { LessonLink } from './lesson-link.tsx'
import { momentOf } from './moment-of.ts'
import classes from './timetable.module.css'
import { useLessonText } from './use-lesson-text.ts'

interface LessonListProps {
  /** Of one day, by time. */
  lessons: readonly OwnSession[]
  /** Whether it is said which is on now, or comes next. */
  isToday: boolean
  /** What else is said of a lesson: the own mark. */
  renderAside?: (lesson: OwnSession) => ReactNode
}

/** The lessons of a day below each other. */
export function LessonList({ lessons, isToday, renderAside }: LessonListProps) {
  const now = useNow()
  const moment = isToday ? momentOf(lessons, now) : undefined
  return (
    <Stack component="ul" gap="xs" className={classes.lessons}>
      {lessons.map((lesson) => (
        <LessonRow
          key={lesson.id}
          lesson={lesson}
          moment={moment?.id === lesson.id ? moment.kind : undefined}
        >
          {renderAside?.(lesson)}
        </LessonRow>
      ))}
    </Stack>
  )
}

interface LessonRowProps {
  lesson: OwnSession
  moment: 'now' | 'next' | undefined
  children: ReactNode
}

function LessonRow({ lesson, moment, children }: LessonRowProps) {
  const { t } = useTranslation('family')
  const { time } = useSchool()
  const { title, detail, room, cover, isCancelled } = useLessonText()(lesson)
  return (
    <Paper
      component="li"
      withBorder
      className={classes.row}
      mod={{ now: moment !== undefined, cancelled: isCancelled }}
    >
      <LessonLink id={lesson.id}>
        <Group justify="space-between" align="flex-start" gap="xs" wrap="nowrap">
          <div className={classes.rowText}>
            <Text size="sm" c="dimmed">
              {time.timeRange(lesson.startsAt, lesson.endsAt)}
            </Text>
            <Text fw={650} className={classes.title}>
              {title}
            </Text>
            {(detail ?? room) && (
              <Text size="sm" c="dimmed">
                {[detail, room].filter(Boolean).join(' · ')}
              </Text>
            )}
            {cover && <p className={classes.note}>{cover}</p>}
          </div>
          <Stack gap={6} align="flex-end" className={classes.badges}>
            {moment && (
              <Badge tt="none" variant={moment === 'now' ? 'filled' : 'default'}>
                {t(`lesson.${moment}`)}
              </Badge>
            )}
            {isCancelled && (
              <Badge tt="none" variant="default">
                {t('lesson.cancelled')}
              </Badge>
            )}
            {children}
          </Stack>
        </Group>
      </LessonLink>
    </Paper>
  )
}
