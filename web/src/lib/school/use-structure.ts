import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { StructureAnswer } from '@usms/school-api/modules/structure/structure.schema'
import { useSchool } from './school-context.tsx'

/** Everything a school is arranged by (years, grades, sections, subjects, rooms, teachers), in one request. */
export function useStructure({ enabled = true } = {}): UseQueryResult<StructureAnswer> {
  const { api } = useSchool()
  return useQuery({
    queryKey: ['structure'],
    queryFn: ({ signal }) => api.get<StructureAnswer>('/structure', { signal }),
    enabled,
  })
}
