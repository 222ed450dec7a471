import type { SessionAnswer } from '@usms/school-api/modules/sessions/sessions.schema'
import { useTranslation } from 'react-i18next'
import { personName } from '#src/ui/person-name.ts'

type Named = Pick<SessionAnswer, 'section' | 'subject' | 'room' | 'teachers'> & {
  kind?: SessionAnswer['kind']
}

/** What is taught: the subject, or what a session without one is. */
export function useLessonName() {
  const { t } = useTranslation('planning')
  return ({ subject, kind }: Pick<Named, 'subject' | 'kind'>): string =>
    subject?.name ?? (kind === 'REGISTRATION' ? t('lesson.registration') : t('lesson.lesson'))
}

/** By name; whoever covers is said to. */
export function useTeacherNames() {
  const { t } = useTranslation('planning')
  return ({ teachers }: Pick<Named, 'teachers'>): string[] =>
    teachers.map((teacher) =>
      teacher.role === 'COVER'
        ? t('lesson.covers', { name: personName(teacher) })
        : personName(teacher),
    )
}
