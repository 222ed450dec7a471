import { useSearchParams } from 'react-router'
import { mondayOf } from '#src/lib/school-time.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import type { DayState } from './planning.api.ts'

export const PLANS = ['section', 'teacher', 'room', 'school'] as const
export type PlanBy = (typeof PLANS)[number]
export const DAY_STATES = ['all', 'scheduled', 'taken', 'cancelled'] as const

/** What the page of sessions shows, as its address says it: links lead to a week, a day or one session. */
export interface PlanAddress {
  by: PlanBy
  /** Of the section, teacher or room; undefined for the first. */
  id: string | undefined
  /** The Monday of the week. */
  week: string
  day: string
  state: DayState
  /** The one that is open. */
  sessionId: string | undefined
  /** Changes some of it; an undefined field is left out of the address. */
  go(fields: Partial<Record<Field, string | undefined>>): void
}

type Field = 'by' | 'section' | 'teacher' | 'room' | 'week' | 'day' | 'state' | 'session'

const DATE = /^\d{4}-\d{2}-\d{2}$/

export function usePlanAddress(): PlanAddress {
  const { time } = useSchool()
  const [params, setParams] = useSearchParams()
  const dateIn = (field: Field) => {
    const text = params.get(field) ?? ''
    return DATE.test(text) && !Number.isNaN(Date.parse(text)) ? text : time.today()
  }
  const named = PLANS.find((plan) => params.has(plan === 'school' ? 'day' : plan))
  const by = named ?? PLANS.find((plan) => plan === params.get('by')) ?? 'section'
  return {
    by,
    id: by === 'school' ? undefined : (params.get(by) ?? undefined),
    week: mondayOf(dateIn('week')),
    day: dateIn('day'),
    state: DAY_STATES.find((state) => state === params.get('state')) ?? 'all',
    sessionId: params.get('session') ?? undefined,
    go: (fields) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before)
          for (const [field, value] of Object.entries(fields)) {
            if (value === undefined) next.delete(field)
            else next.set(field, value)
          }
          return next
        },
        { preventScrollReset: true },
      ),
  }
}

/** The address of one session in the week of its section: `('/sessions…')` for `link()`. */
export const sessionPath = ({
  sessionId,
  sectionId,
  localDate,
}: {
  sessionId: string
  sectionId: string
  localDate: string
}): string => {
  const search = new URLSearchParams({
    section: sectionId,
    week: mondayOf(localDate),
    session: sessionId,
  })
  return `/sessions?${search}`
}
