import { useState } from 'react'
import { useStructure } from '#src/lib/school/use-structure.ts'
import type { Structure } from './structure.api.ts'

type ListName = 'years' | 'grades' | 'sections' | 'subjects' | 'rooms'

/**
 * Which item of a list stands in the form. It stays as it was when the form was opened: a list that is read again in the background
 * changes nothing under somebody's hands.
 */
export function useEditing<Name extends ListName>(list: Name) {
  const structure = useStructure()
  const [editing, setEditing] = useState<Structure[Name][number] | 'new' | null>(null)
  const close = () => setEditing(null)
  return {
    isOpen: editing !== null,
    item: editing === 'new' || editing === null ? undefined : editing,
    add: () => setEditing('new'),
    edit: (item: Structure[Name][number]) => setEditing(item),
    close,
    /** The same item as it is now; gone, the form closes. */
    async reload() {
      const { data } = await structure.refetch()
      const id = editing === 'new' ? undefined : editing?.id
      const items: readonly Structure[Name][number][] = data?.[list] ?? []
      setEditing(items.find((item) => item.id === id) ?? null)
    },
  }
}
