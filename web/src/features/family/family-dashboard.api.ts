import { useQuery } from '@tanstack/react-query'
import type { DashboardAnswer } from '@usms/school-api/modules/me/dashboard.schema'
import { useSchool } from '#src/lib/school/school-context.tsx'

export type FamilyDashboard = Extract<DashboardAnswer, { role: 'STUDENT' | 'PARENT' }>
type OfStudent = Extract<DashboardAnswer, { role: 'STUDENT' }>
export type Pupil = Pick<OfStudent, 'sessions' | 'attendance' | 'assignments'>

/** Everything of a pupil's home screen, or of a parent's about one child: one request. */
export function useFamilyDashboard(child: string | undefined) {
  const { api } = useSchool()
  return useQuery({
    queryKey: ['dashboard', child ?? null],
    queryFn: ({ signal }) =>
      api.get<FamilyDashboard>('/me/dashboard', { query: { studentId: child }, signal }),
  })
}

/** Whom the screen is about; undefined for a parent without a child here. */
export const pupilOf = (dashboard: FamilyDashboard): Pupil | undefined =>
  dashboard.role === 'STUDENT' ? dashboard : (dashboard.child ?? undefined)
