import { useQuery } from '@tanstack/react-query'
import type { OfficeDashboard } from '@usms/school-api/modules/me/dashboard.schema'
import { useSchool } from '#src/lib/school/school-context.tsx'

export function useOfficeToday() {
  const { api } = useSchool()
  return useQuery({
    queryKey: ['dashboard'],
    queryFn: ({ signal }) => api.get<OfficeDashboard>('/me/dashboard', { signal }),
  })
}
