import type { StudentAttendanceAnswer } from '@usms/school-api/modules/attendance/attendance.schema'
import type { OwnStudentPage } from '@usms/school-api/modules/me/me.schema'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useSchool } from '#src/lib/school/school-context.tsx'

export type OwnStudent = OwnStudentPage['items'][number]

const PAGE = 50
const ENTRIES = 20

export interface StudentsQuery {
  q: string
  sectionId: string
  cursor: string | undefined
}

/** Whom one teaches today, by name. */
export function useOwnStudents({ q, sectionId, cursor }: StudentsQuery) {
  const { api } = useSchool()
  return useQuery({
    queryKey: ['own-students', { q, sectionId, cursor }],
    queryFn: ({ signal }) =>
      api.get<OwnStudentPage>('/me/students', {
        query: { q, sectionId, cursor, limit: PAGE, count: true },
        signal,
      }),
    placeholderData: keepPreviousData,
  })
}

/** One pupil's attendance of this year: counts, and the entries page by page, newest first. */
export function useStudentAttendance(studentId: string) {
  const { api } = useSchool()
  return useInfiniteQuery({
    queryKey: ['student-attendance', studentId],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      api.get<StudentAttendanceAnswer>(`/students/${studentId}/attendance`, {
        query: { limit: ENTRIES, cursor: pageParam },
        signal,
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  })
}
