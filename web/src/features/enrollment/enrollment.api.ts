import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type {
  EnrollmentAnswer,
  EnrollmentBulk,
  EnrollmentChanged,
  EnrollmentPatch,
} from '@usms/school-api/modules/enrollments/enrollments.schema'
import type { MemberPatch, MembersBody } from '@usms/school-api/modules/sections/members.schema'
import type { RosterAnswer } from '@usms/school-api/modules/sections/sections.schema'
import type { StructureAnswer } from '@usms/school-api/modules/structure/structure.schema'
import type { StudentAnswer } from '@usms/school-api/modules/students/students.schema'
import { useRef } from 'react'
import { isPassing } from '#src/lib/http/problem.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'

export type RosterPupil = RosterAnswer['items'][number]
export type Section = StructureAnswer['sections'][number]
export type Year = StructureAnswer['years'][number]
export type Enrollment = EnrollmentAnswer
export type Pupil = StudentAnswer

const PUPILS_PAGE = 100

export function useRoster(sectionId: string, date: string) {
  const { api } = useSchool()
  return useQuery({
    queryKey: ['roster', sectionId, date],
    queryFn: ({ signal }) =>
      api.get<RosterAnswer>(`/sections/${sectionId}/roster`, { query: { date }, signal }),
  })
}

export interface PupilFilter {
  /** Whom to enroll: who has no section in this year. */
  notEnrolledIn?: string
  /** Of one homeroom. */
  sectionId?: string | null
  q: string
}

/** Pupils to choose from, by name; the ones before stay while the next are looked for. */
export function usePupils(filter: PupilFilter) {
  const { api } = useSchool()
  return useInfiniteQuery({
    queryKey: ['students', 'to-choose', filter],
    initialPageParam: null as string | null,
    queryFn: ({ signal, pageParam }) =>
      api.get<{ items: Pupil[]; nextCursor: string | null; total: number }>('/students', {
        query: { ...filter, isActive: true, limit: PUPILS_PAGE, count: true, cursor: pageParam },
        signal,
      }),
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  })
}

/** Enrolls all or none, in one request. Sent again after no answer came, it is still done once. */
export function useEnroll() {
  const { api } = useSchool()
  const changed = useSeatsChanged()
  const sending = useRef<{ body: string; key: string }>(undefined)
  return useMutation({
    mutationFn: async (bulk: EnrollmentBulk) => {
      const body = JSON.stringify(bulk)
      if (sending.current?.body !== body) sending.current = { body, key: newKey() }
      const headers = { 'idempotency-key': sending.current.key }
      try {
        return await api.post<{ items: Enrollment[] }>('/enrollments/bulk', bulk, { headers })
      } catch (error) {
        // Refused: the same wish at another time is another request.
        if (!isPassing(error)) sending.current = undefined
        throw error
      }
    },
    onSuccess: () => {
      sending.current = undefined
      return changed()
    },
  })
}

export function useAddMembers(sectionId: string) {
  const { api } = useSchool()
  const changed = useSeatsChanged()
  return useMutation({
    mutationFn: (body: MembersBody) => api.post(`/sections/${sectionId}/members`, body),
    onSuccess: changed,
  })
}

/** A transfer, a withdrawal or another roll number. The list is read again also when it was refused: somebody may have been faster. */
export function useChangeEnrollment() {
  const { api } = useSchool()
  const changed = useSeatsChanged()
  return useMutation({
    mutationFn: ({ id, patch }: { id: string; patch: EnrollmentPatch }) =>
      api.patch<EnrollmentChanged>(`/enrollments/${id}`, patch),
    onSettled: changed,
  })
}

export function useCloseMember(sectionId: string) {
  const { api } = useSchool()
  const changed = useSeatsChanged()
  return useMutation({
    mutationFn: ({ id, patch }: { id: string; patch: MemberPatch }) =>
      api.patch(`/sections/${sectionId}/members/${id}`, patch),
    onSettled: changed,
  })
}

export function useHistory(studentId: string) {
  const { api } = useSchool()
  return useQuery({
    queryKey: ['enrollments', studentId],
    queryFn: ({ signal }) =>
      api.get<{ items: Enrollment[] }>(`/students/${studentId}/enrollments`, {
        query: { limit: 200 },
        signal,
      }),
  })
}

/** Who is where stands in lists of people, in registers and in counts, too: whatever is shown next is read again. */
function useSeatsChanged() {
  const queries = useQueryClient()
  return () => queries.invalidateQueries()
}

/** Where `crypto.randomUUID` is missing (no secure context) the numbers behind it are there. */
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join('-')
