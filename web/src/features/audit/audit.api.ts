import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { AuditAnswer } from '@usms/directory/modules/audit/audit.schema'
import type { Query } from '#src/lib/http/request.ts'
import { useOwner } from '#src/lib/owner/owner-context.tsx'

export const PAGE_SIZE = 50

export function useAudit(query: Query) {
  const { api } = useOwner()
  return useQuery({
    queryKey: ['audit', query],
    queryFn: ({ signal }) =>
      api.get<AuditAnswer>('/audit', {
        query: { ...query, limit: PAGE_SIZE, count: true },
        signal,
      }),
    placeholderData: keepPreviousData,
    // What one has just done is what one looks for.
    staleTime: 0,
  })
}
