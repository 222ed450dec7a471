import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { JobAnswer, JobsAnswer } from '@usms/directory/modules/operations/operations.schema'
import { useOwner } from '#src/lib/owner/owner-context.tsx'

const REFRESH_MS = 15_000
/** Of a school's jobs the newest are looked at. */
const JOBS_SHOWN = 20

export const isUnfinished = ({ status }: Pick<JobAnswer, 'status'>): boolean =>
  status === 'QUEUED' || status === 'RUNNING'

export function useJob(jobId: string) {
  const { api } = useOwner()
  return useQuery({
    queryKey: ['job', jobId],
    queryFn: ({ signal }) => api.get<JobAnswer>(`/jobs/${jobId}`, { signal }),
    // What happens is told by its stream; what has ended stays as it is.
    staleTime: Infinity,
  })
}

export function useJobs(schoolId: string) {
  const { api } = useOwner()
  return useQuery({
    queryKey: ['jobs', schoolId],
    queryFn: ({ signal }) =>
      api.get<JobsAnswer>(`/schools/${schoolId}/jobs`, { query: { limit: JOBS_SHOWN }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  })
}
