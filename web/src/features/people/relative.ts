/** Somebody linked to a person, seen from there. */
export interface Relative {
  id: string
  name: string
  relationship: string | null
}

/** The link with its two ends named, whichever of them one looks from. */
export const endsOf = (kind: 'students' | 'guardians', personId: string, relativeId: string) =>
  kind === 'students'
    ? { studentUserId: personId, guardianUserId: relativeId }
    : { studentUserId: relativeId, guardianUserId: personId }
