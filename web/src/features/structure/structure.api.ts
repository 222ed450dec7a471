import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import type { StructureAnswer } from '@usms/school-api/modules/structure/structure.schema'
import type {
  TeachingAssignmentAnswer,
  TeachingAssignmentBody,
} from '@usms/school-api/modules/teaching-assignments/teaching-assignments.schema'
import { ifMatch } from '#src/lib/http/if-match.ts'
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

const PAGE = 200

/** Creates, or changes `item` unless somebody else did since it was read (412). Is done when the lists show it. */
export function useSave(resource: Resource) {
  const { api } = useSchool()
  const changed = useStructureChanged()
  return useMutation({
    mutationFn: ({ item, body }: { item: Versioned | undefined; body: object }) =>
      item
        ? api.patch(`/${resource}/${item.id}`, body, ifMatch(item))
        : api.post(`/${resource}`, body),
    onSuccess: changed,
  })
}

export interface Versioned {
  id: string
  version: number
}

export function useRemove(resource: Resource) {
  const { api } = useSchool()
  const changed = useStructureChanged()
  return useMutation({
    mutationFn: (id: string) => api.delete(`/${resource}/${id}`),
    onSuccess: changed,
  })
}

export function useMakeCurrent() {
  const { api } = useSchool()
  const changed = useStructureChanged()
  return useMutation({
    mutationFn: (id: string) => api.post(`/academic-years/${id}/make-current`),
    onSuccess: changed,
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
  const changed = useStructureChanged()
  return useMutation({
    mutationFn: (body: TeachingAssignmentBody) => api.post<Teaching>('/teaching-assignments', body),
    onSuccess: changed,
  })
}

export function useTakeOff() {
  const { api } = useSchool()
  const changed = useStructureChanged()
  return useMutation({
    mutationFn: (id: string) => api.delete(`/teaching-assignments/${id}`),
    onSuccess: changed,
  })
}

/** Its names stand in rosters, timetables and lists of people, too: whatever is shown next is read again. */
function useStructureChanged() {
  const queries = useQueryClient()
  return () => queries.invalidateQueries()
}
