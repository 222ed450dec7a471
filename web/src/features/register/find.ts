import { personName } from '#src/ui/person-name.ts'
import type { Pupil } from './marks.ts'

/** `17 · Anna Rao` */
export const labelOf = (pupil: Pupil): string =>
  [pupil.rollNo, personName(pupil)].filter((part) => part !== null).join(' · ')

/** The place of whoever is meant: by roll number, by the beginning of a name, by any part of it; -1 for nobody. */
export function findPupil(roster: readonly Pupil[], text: string): number {
  const wanted = text.trim().toLocaleLowerCase()
  if (/^\d+$/.test(wanted)) {
    const byRoll = roster.findIndex(({ rollNo }) => rollNo === Number(wanted))
    if (byRoll >= 0) return byRoll
  }
  const names = roster.map((pupil) => labelOf(pupil).toLocaleLowerCase())
  const begins = names.findIndex(
    (name) => name.startsWith(wanted) || name.split(/\s+/).some((word) => word.startsWith(wanted)),
  )
  return begins >= 0 ? begins : names.findIndex((name) => name.includes(wanted))
}
