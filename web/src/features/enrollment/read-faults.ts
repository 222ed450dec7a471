import { Problem } from '#src/lib/http/problem.ts'

const TEXTS = {
  already_enrolled: 'alreadyEnrolled',
  enrollment_overlap: 'overlap',
  already_member: 'alreadyMember',
  capacity_exceeded: 'noSeat',
  unknown_reference: 'unknownStudent',
} as const

export interface PupilFault {
  /** Of the pupil. */
  id: string
  /** A key of `structure:enroll`. */
  text: (typeof TEXTS)[keyof typeof TEXTS] | 'fault'
}

/** Which of the pupils that were sent stand in the way, by the paths `enrollments.3.studentUserId` and `studentUserIds.3`. */
export function readFaults(error: unknown, sent: readonly string[]): PupilFault[] {
  if (!(error instanceof Problem)) return []
  const named = error.details['faults']
  const faults: { path: string; code?: string }[] = Array.isArray(named)
    ? named
    : error.issues.map(({ path }) => ({ path, code: error.code }))
  const found = new Map<string, PupilFault>()
  for (const { path, code } of faults) {
    const index = /^(?:enrollments|studentUserIds)\.(\d+)/.exec(path)?.[1]
    const id = index === undefined ? undefined : sent[Number(index)]
    if (id === undefined || found.has(id)) continue
    found.set(id, { id, text: TEXTS[code as keyof typeof TEXTS] ?? 'fault' })
  }
  return [...found.values()]
}
