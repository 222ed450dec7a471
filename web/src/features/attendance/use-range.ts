import { useSchool } from '#src/lib/school/school-context.tsx'
import type { CursorPage } from '#src/lib/use-cursor-page.ts'

export const RANGES = ['month', 'year', 'dates'] as const
type RangeName = (typeof RANGES)[number]

const DATE = /^\d{4}-\d{2}-\d{2}$/

/** The dates that the address asks for: `?range=month`, `?range=dates&from=…&to=…`; without, the school year. */
export function useRange({ params }: Pick<CursorPage, 'params'>) {
  const { time } = useSchool()
  const today = time.today()
  const asked = params.get('range')
  const name: RangeName = RANGES.find((range) => range === asked) ?? 'year'
  const dateOf = (field: string) => {
    const text = params.get(field) ?? ''
    return DATE.test(text) ? text : undefined
  }
  const month = { from: `${today.slice(0, 8)}01`, to: today }
  switch (name) {
    case 'year':
      return { name }
    case 'month':
      return { name, ...month }
    case 'dates': {
      const from = dateOf('from') ?? month.from
      const to = dateOf('to') ?? today
      // Whoever picks them the wrong way round still means the days in between.
      return { name, from: from < to ? from : to, to: from < to ? to : from }
    }
  }
}
