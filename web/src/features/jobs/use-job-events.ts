import { useQueryClient } from '@tanstack/react-query'
import type { JobAnswer } from '@usms/directory/modules/operations/operations.schema'
import { useEffect, useEffectEvent, useState } from 'react'
import { followEvents } from '#src/lib/http/event-stream.ts'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import { isUnfinished } from './jobs.api.ts'
import { withEvents } from './job-events.ts'

/**
 * Keeps a job that was read up to date by its event stream until it has ended, over lost connections too.
 * @param onEnded called when it ends while somebody looks
 * @returns whether the stream stands
 */
export function useJobEvents(
  job: JobAnswer | undefined,
  onEnded: (job: JobAnswer) => void,
): { isConnected: boolean } {
  const { api } = useOwner()
  const queryClient = useQueryClient()
  const [isConnected, setConnected] = useState(true)
  const jobId = job?.id
  const isUnderWay = job !== undefined && isUnfinished(job)
  const ended = useEffectEvent(onEnded)

  useEffect(() => {
    if (jobId === undefined || !isUnderWay) return
    const leaving = new AbortController()
    const key = ['job', jobId]
    // The stream tells the log from its beginning, which the job that was read begins to tell as well.
    let isFirst = true
    const follow = followEvents({
      open: (lastEventId, signal) =>
        api.stream(`/jobs/${jobId}/events`, {
          signal,
          headers: {
            accept: 'text/event-stream',
            ...(lastEventId && { 'last-event-id': lastEventId }),
          },
        }),
      onEvents(events) {
        const known = queryClient.getQueryData<JobAnswer>(key)
        if (!known) return true
        const next = withEvents(isFirst ? { ...known, logs: [] } : known, events)
        isFirst = false
        queryClient.setQueryData(key, next)
        const isOver = events.some(({ type }) => type === 'done')
        if (isOver) {
          for (const noun of ['schools', 'school', 'jobs'])
            void queryClient.invalidateQueries({ queryKey: [noun] })
          ended(next)
        }
        return isOver
      },
      onConnection: setConnected,
      signal: leaving.signal,
    })
    // A refusal (the job is gone, nobody is signed in any more): reading it again says which.
    follow.catch(() => void queryClient.invalidateQueries({ queryKey: key }))
    return () => leaving.abort()
  }, [api, queryClient, jobId, isUnderWay])

  return { isConnected: isConnected || !isUnderWay }
}
