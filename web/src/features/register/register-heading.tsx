import { Group } from '@mantine/core'
import type { RegisterAnswer } from '@usms/school-api/modules/sessions/sessions.schema'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { personName } from '#src/ui/person-name.ts'

/** Which session it is: subject, day and time, room, and who teaches it unless it is the reader alone. */
export function RegisterHeading({ register }: { register: RegisterAnswer }) {
  const { t } = useTranslation('teacher')
  const { time, user } = useSchool()
  const { session, subject, room, people } = register
  const nameOf = (userId: string) => {
    const person = people.find((of) => of.userId === userId)
    return person ? personName(person) : ''
  }
  const teachers = session.teachers.map(({ teacherUserId, role }) =>
    role === 'COVER' ? t('lesson.coverBy', { name: nameOf(teacherUserId) }) : nameOf(teacherUserId),
  )
  const isOwn = session.teachers.length === 1 && session.teachers[0]?.teacherUserId === user.id
  const parts = [
    subject?.name ?? t(`lesson.kind.${session.kind}`),
    `${time.shortDate(session.localDate)}, ${time.timeRange(session.startsAt, session.endsAt)}`,
    ...(room ? [room.name] : []),
    ...(isOwn && session.teachers[0]?.role === 'MAIN' ? [] : teachers),
  ]
  return (
    <Group gap={4} style={{ rowGap: 0 }}>
      {parts.join(' · ')}
    </Group>
  )
}
