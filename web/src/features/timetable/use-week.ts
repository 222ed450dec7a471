import { useSearchParams } from 'react-router'
import { addDays, mondayOf } from '#src/lib/school-time.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'

const DATE = /^\d{4}-\d{2}-\d{2}$/

/** The week in the address, `?week=` with any of its days; the school's present one without. */
export function useWeek() {
  const { time } = useSchool()
  const [params] = useSearchParams()
  const today = time.today()
  const asked = params.get('week') ?? ''
  const isDate = DATE.test(asked) && !Number.isNaN(Date.parse(asked))
  const monday = mondayOf(isDate ? asked : today)
  const search = (week: string | undefined) => {
    const next = new URLSearchParams(params)
    next.delete('week')
    if (week !== undefined) next.set('week', week)
    return `?${next}`
  }
  return {
    monday,
    today,
    isThisWeek: monday === mondayOf(today),
    links: {
      previous: search(addDays(monday, -7)),
      next: search(addDays(monday, 7)),
      thisWeek: search(undefined),
    },
  }
}
