import { useInfiniteQuery } from '@tanstack/react-query'
import type { MissingAnswer } from '@usms/school-api/modules/attendance/attendance.schema'
import { useSchool } from '#src/lib/school/school-context.tsx'

interface MissingPage {
  items: MissingAnswer[]
  nextCursor: string | null
  total?: number
}

const EVERY_MINUTE_MS = 60_000

/** Registers of a date that are over and not taken; read again every minute while the page is looked at. */
export function useMissingRegisters(date: string) {
  const { api } = useSchool()
  return useInfiniteQuery({
    queryKey: ['missing-registers', date],
    queryFn: ({ pageParam, signal }) =>
      api.get<MissingPage>('/attendance/missing', {
        query: { date, limit: 100, count: pageParam === null, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: EVERY_MINUTE_MS,
    // Whoever comes back from a register sees that it is taken.
    staleTime: 0,
  })
}
