import { Anchor, Group, Paper, Stack, Text, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { LessonFacts } from './lesson-facts.tsx'
import { registerStateOf } from './lesson-state.ts'
import classes from './lessons.module.css'
import type { Lesson } from './lessons.api.ts'
import { RegisterBadge } from './register-badge.tsx'

interface LessonListProps {
  lessons: readonly Lesson[]
  now: number
  /** They are of several days. */
  withDay?: boolean
}

/** Lessons in their order; each leads to its register. */
export function LessonList({ lessons, now, withDay = false }: LessonListProps) {
  const { time, link } = useSchool()
  return (
    <Stack component="ol" gap="xs" className={classes.list} role="list">
      {lessons.map((lesson) => {
        const isCancelled = registerStateOf(lesson, now) === 'cancelled'
        const when = time.timeRange(lesson.startsAt, lesson.endsAt)
        return (
          <Paper component="li" key={lesson.id} withBorder className={classes.lesson}>
            <Text className={classes.time}>
              {withDay && <span className={classes.day}>{time.shortDate(lesson.localDate)}</span>}
              {when}
            </Text>
            <div className={classes.facts}>
              {isCancelled ? (
                <Text td="line-through" className={classes.name}>
                  {lesson.section.name}
                </Text>
              ) : (
                <Anchor
                  component={Link}
                  to={link(`/register/${lesson.id}`)}
                  className={classes.link}
                >
                  <RegisterOf name={lesson.section.name} />
                  <VisuallyHidden>, {when}</VisuallyHidden>
                </Anchor>
              )}
              <LessonFacts lesson={lesson} now={now} />
            </div>
            <Group className={classes.state}>
              <RegisterBadge lesson={lesson} now={now} />
            </Group>
          </Paper>
        )
      })}
    </Stack>
  )
}

function RegisterOf({ name }: { name: string }) {
  const { t } = useTranslation('teacher')
  return <>{t('register.titleOf', { section: name })}</>
}
