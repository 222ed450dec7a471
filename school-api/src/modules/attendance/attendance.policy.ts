import { type Actor, isOffice } from '#src/auth/actor.ts'

/**
 * A teacher of the session (cover included) while its section is one they teach, or the office. A session on which the office
 * put nobody is of everybody who teaches its section: a timetable of sections and times alone has registers that can be taken.
 */
export const canMark = (
  actor: Actor,
  {
    sectionReached,
    teachers,
  }: { sectionReached: boolean; teachers: readonly { teacherUserId: string }[] },
): boolean =>
  isOffice(actor) ||
  (sectionReached &&
    (teachers.length === 0 || teachers.some((teacher) => teacher.teacherUserId === actor.userId)))

/**
 * A teacher corrects until so many days after the session's own date; the office always. Dates are the school's.
 * First marking is no correction and has no deadline.
 */
export const canCorrect = (
  actor: Actor,
  {
    localDate,
    today,
    correctionDays,
  }: { localDate: string; today: string; correctionDays: number },
): boolean => isOffice(actor) || daysBetween(localDate, today) <= correctionDays

const DAY_MS = 24 * 60 * 60 * 1_000

const daysBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / DAY_MS
