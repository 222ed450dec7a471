import type { KnownSchool } from '#src/lib/last-school.ts'

/** A school with what is searched in it. */
export interface SearchableSchool extends KnownSchool {
  folded: string
}

/** Without capitals and accents; the vowel signs of Indian scripts are letters, and stay. */
const fold = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .trim()

/** Once a list: a keystroke then folds nothing but itself. */
export const toSearchable = (schools: readonly KnownSchool[]): SearchableSchool[] =>
  schools.map((school) => ({ ...school, folded: fold(school.name) }))

/**
 * Schools whose code begins like the text or in whose name every word of it stands: those with the code first, then those whose name
 * begins so, then the others, each in the order of the list.
 */
export function matchSchools(
  schools: readonly SearchableSchool[],
  text: string,
): readonly SearchableSchool[] {
  const sought = fold(text)
  if (sought === '') return schools
  const words = sought.split(/\s+/)
  const ranks: SearchableSchool[][] = [[], [], []]
  for (const school of schools) {
    const rank = school.code.toLowerCase().startsWith(sought)
      ? 0
      : school.folded.startsWith(sought)
        ? 1
        : words.every((word) => school.folded.includes(word))
          ? 2
          : undefined
    if (rank !== undefined) ranks[rank]?.push(school)
  }
  return ranks.flat()
}
