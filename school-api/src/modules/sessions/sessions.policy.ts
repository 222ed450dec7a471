import { type Actor, isOffice } from '#src/auth/actor.ts'

interface NamedTeacher {
  teacherUserId: string
}

/** A teacher makes sessions for sections taught, and names nobody but themselves; the office names anybody. */
export const canCreateSession = (
  actor: Actor,
  { sectionReached, named }: { sectionReached: boolean; named: readonly NamedTeacher[] },
): boolean => isOffice(actor) || (sectionReached && isNobodyElse(actor, named))

/** A teacher changes sessions they teach, in sections they (still) teach. */
export const canChangeSession = (
  actor: Actor,
  { sectionReached, teachers }: { sectionReached: boolean; teachers: readonly NamedTeacher[] },
): boolean =>
  isOffice(actor) ||
  (sectionReached && teachers.some((teacher) => teacher.teacherUserId === actor.userId))

/** Putting somebody else on a session, or taking them off, is the office's. */
export const canChangeTeachers = (
  actor: Actor,
  { before, after }: { before: readonly NamedTeacher[]; after: readonly NamedTeacher[] },
): boolean => isOffice(actor) || isNobodyElse(actor, [...before, ...after])

const isNobodyElse = (actor: Actor, named: readonly NamedTeacher[]) =>
  named.every((teacher) => teacher.teacherUserId === actor.userId)
