import type { StructureAnswer } from '@usms/school-api/modules/structure/structure.schema'

interface SectionGroup {
  group: string
  items: { value: string; label: string }[]
}

/** Sections below the name of their grade, in the school's order; those without a grade at the end. */
export function sectionOptions(
  { sections, grades }: Pick<StructureAnswer, 'sections' | 'grades'>,
  withoutGrade: string,
): SectionGroup[] {
  const groups = [...grades.map(({ id, name }) => ({ id, name })), { id: null, name: withoutGrade }]
  return groups.flatMap(({ id, name }) => {
    const items = sections
      .filter((section) => section.gradeId === id)
      .map((section) => ({ value: section.id, label: section.name }))
    return items.length > 0 ? [{ group: name, items }] : []
  })
}
