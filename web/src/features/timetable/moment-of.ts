interface Timed {
  id: string
  startsAt: string
  endsAt: string
  status: 'SCHEDULED' | 'CANCELLED'
}

/** What is on now, or else what comes next; of lessons by time, those that take place. */
export function momentOf(
  lessons: readonly Timed[],
  nowMs: number,
): { id: string; kind: 'now' | 'next' } | undefined {
  const held = lessons.filter(({ status }) => status !== 'CANCELLED')
  const current = held.find(
    ({ startsAt, endsAt }) => Date.parse(startsAt) <= nowMs && nowMs < Date.parse(endsAt),
  )
  if (current) return { id: current.id, kind: 'now' }
  const next = held.find(({ startsAt }) => Date.parse(startsAt) > nowMs)
  return next && { id: next.id, kind: 'next' }
}
