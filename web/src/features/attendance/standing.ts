export const STANDINGS = ['present', 'late', 'absent', 'excused'] as const

/** Which of the four counts an entry is in. */
export type Standing = (typeof STANDINGS)[number]

export type Counts = Readonly<Record<Standing, number>>

interface Mark {
  status: string
  countsPresent: boolean
  countsPossible: boolean
}

/** As the school's API counts: LATE is late; then what counts as present, what does not count at all, and the rest. */
export function standingOf({ status, countsPresent, countsPossible }: Mark): Standing {
  if (status === 'LATE') return 'late'
  if (countsPresent) return 'present'
  return countsPossible ? 'absent' : 'excused'
}

export const totalOf = (counts: Counts): number =>
  STANDINGS.reduce((sum, standing) => sum + counts[standing], 0)
