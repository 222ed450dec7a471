import {
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import type { StructureAnswer } from '@usms/school-api/modules/structure/structure.schema'
import type {
  TeachingAssignmentAnswer,
  TeachingAssignmentBody,
} from '@usms/school-api/modules/teaching-assignments/teaching-assignments.schema'
import { useSchool } from '#src/lib/school/school-context.tsx'

export type Structure = StructureAnswer
export type Year = Structure['years'][number]
export type Grade = Structure['grades'][number]
export type Section = Structure['sections'][number]
export type Subject = Structure['subjects'][number]
export type Room = Structure['rooms'][number]
export type Teacher = Structure['teachers'][number]
export type Teaching = TeachingAssignmentAnswer

export type Resource = 'academic-years' | 'grades' | 'sections' | 'subjects' | 'rooms'

const STRUCTURE = ['structure'] as const
const PAGE = 200

/** Everything a school is arranged by, in one request; what the tabs and other pages show comes from here. */
export function useStructure(): UseQueryResult<Structure> {
  const { api } = useSchool()
  return useQuery({
    queryKey: STRUCTURE,
    queryFn: ({ signal }) => api.get<Structure>('/structure', { signal }),
  })
}

/** Creates, or changes `item` unless somebody else did since it was read (412). Is done when the lists show it. */
export function useSave(resource: Resource) {
  const { api } = useSchool()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ item, body }: { item: Versioned | undefined; body: object }) =>
      item
        ? api.patch(`/${resource}/${item.id}`, body, {
            headers: { 'if-match': `"${item.version}"` },
          })
        : api.post(`/${resource}`, body),
    onSuccess: () => queries.invalidateQueries({ queryKey: STRUCTURE }),
  })
}

export interface Versioned {
  id: string
  version: number
}

export function useRemove(resource: Resource) {
  const { api } = useSchool()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.delete(`/${resource}/${id}`),
    onSuccess: () => queries.invalidateQueries({ queryKey: STRUCTURE }),
  })
}

export function useMakeCurrent() {
  const { api } = useSchool()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.post(`/academic-years/${id}/make-current`),
    onSuccess: () => queries.invalidateQueries({ queryKey: STRUCTURE }),
  })
}

export interface TeachingFilter {
  academicYearId: string
  sectionId: string | null
  teacherUserId: string | null
}

export function useTeaching(filter: TeachingFilter) {
  const { api } = useSchool()
  return useInfiniteQuery({
    queryKey: ['teaching', filter],
    initialPageParam: null as string | null,
    queryFn: ({ signal, pageParam }) =>
      api.get<{ items: Teaching[]; nextCursor: string | null }>('/teaching-assignments', {
        query: { ...filter, limit: PAGE, cursor: pageParam },
        signal,
      }),
    getNextPageParam: (page) => page.nextCursor,
  })
}

export function useAssignTeacher() {
  const { api } = useSchool()
  const invalidate = useTeachingChanged()
  return useMutation({
    mutationFn: (body: TeachingAssignmentBody) => api.post<Teaching>('/teaching-assignments', body),
    onSuccess: invalidate,
  })
}

export function useTakeOff() {
  const { api } = useSchool()
  const invalidate = useTeachingChanged()
  return useMutation({
    mutationFn: (id: string) => api.delete(`/teaching-assignments/${id}`),
    onSuccess: invalidate,
  })
}

function useTeachingChanged() {
  const queries = useQueryClient()
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['teaching'] }),
      queries.invalidateQueries({ queryKey: STRUCTURE }),
    ])
}
