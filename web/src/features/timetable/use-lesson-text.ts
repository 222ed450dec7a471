import type { OwnSession } from '@usms/school-api/modules/me/me.schema'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { personName } from '#src/ui/person-name.ts'

export interface LessonText {
  /** What one looks for: the section to whoever teaches, the subject to everybody else. */
  title: string
  /** The other of the two, and who teaches. */
  detail: string | null
  room: string | null
  /** Who stands in for whom; null on ordinary days. */
  cover: string | null
  isCancelled: boolean
}

/** A class session in words, as its reader needs them. */
export function useLessonText(): (lesson: OwnSession) => LessonText {
  const { t } = useTranslation('family')
  const { user } = useSchool()
  const namesOf = (lesson: OwnSession, role: 'MAIN' | 'COVER') =>
    lesson.teachers
      .filter((teacher) => teacher.role === role)
      .map(personName)
      .join(', ')

  const coverOf = (lesson: OwnSession): string | null => {
    const covers = lesson.teachers.filter(({ role }) => role === 'COVER')
    if (covers.length === 0) return null
    if (!covers.some(({ teacherUserId }) => teacherUserId === user.id))
      return t('lesson.cover', { name: namesOf(lesson, 'COVER') })
    const name = namesOf(lesson, 'MAIN')
    return name ? t('lesson.youCoverFor', { name }) : t('lesson.youCover')
  }

  return (lesson) => {
    const subject =
      lesson.kind === 'REGISTRATION' ? t('lesson.registration') : (lesson.subject?.name ?? null)
    const cover = coverOf(lesson)
    const common = {
      room: lesson.room?.name ?? null,
      cover,
      isCancelled: lesson.status === 'CANCELLED',
    }
    if (user.role === 'TEACHER') return { title: lesson.section.name, detail: subject, ...common }
    const who = cover === null ? namesOf(lesson, 'MAIN') : ''
    // A group is known by its own name; its subject is only a part of what it is.
    return subject === null || lesson.section.kind === 'GROUP'
      ? { ...common, title: lesson.section.name, detail: joined(subject, who) }
      : { ...common, title: subject, detail: joined(who) }
  }
}

const joined = (...parts: (string | null)[]): string | null =>
  parts.filter(Boolean).join(' · ') || null
