import type { DashboardAnswer } from '@usms/school-api/modules/me/dashboard.schema'
import { useQuery } from '@tanstack/react-query'
import { useSchool } from '#src/lib/school/school-context.tsx'

export type TeacherDay = Extract<DashboardAnswer, { role: 'TEACHER' }>
export type Lesson = TeacherDay['sessions'][number]

const EVERY_MS = 5 * 60_000

/** The teacher's day: lessons, registers not taken, what is announced. */
export function useTeacherDay() {
  const { api } = useSchool()
  return useQuery({
    queryKey: ['dashboard'],
    queryFn: ({ signal }) => api.get<TeacherDay>('/me/dashboard', { signal }),
    // The page stays open over a day at school.
    refetchInterval: EVERY_MS,
  })
}
