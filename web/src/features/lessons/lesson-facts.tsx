import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { personName } from '#src/ui/person-name.ts'
import { registerStateOf } from './lesson-state.ts'
import type { Lesson } from './lessons.api.ts'

/** Subject, room and cover on one line; below it what the register says, or why there is none. */
export function LessonFacts({ lesson, now }: { lesson: Lesson; now: number }) {
  const { t } = useTranslation('teacher')
  const { user } = useSchool()
  const { subject, kind, room, teachers, cancelReason } = lesson
  const cover = teachers.find(({ role }) => role === 'COVER')
  const facts = [
    subject?.name ?? t(`lesson.kind.${kind}`),
    ...(room ? [room.name] : []),
    ...(cover
      ? [
          cover.teacherUserId === user.id
            ? t('lesson.cover')
            : t('lesson.coveredBy', { name: personName(cover) }),
        ]
      : []),
  ]
  const state = registerStateOf(lesson, now)
  return (
    <>
      <Text c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {facts.join(' · ')}
      </Text>
      {state === 'taken' && <Counts lesson={lesson} />}
      {state === 'cancelled' && cancelReason && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {t('lesson.cancelledBecause', { reason: cancelReason })}
        </Text>
      )}
    </>
  )
}

function Counts({ lesson: { register } }: { lesson: Lesson }) {
  const { t } = useTranslation('teacher')
  const parts = (['present', 'absent', 'late', 'excused'] as const)
    .filter((what) => what === 'present' || register[what] > 0)
    .map((what) => t(`lesson.${what}`, { count: register[what] }))
  return <Text size="sm">{parts.join(' · ')}</Text>
}
