/** Calendar dates as `YYYY-MM-DD`, reckoned in UTC so that no zone of the machine moves them. */
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)

/** 0 is Monday. */
const weekdayOf = (date: string): number => (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7

export interface DemoCalendar {
  code: string
  name: string
  startsOn: string
  endsOn: string
  terms: { name: string; startsOn: string; endsOn: string }[]
  /** Mondays of the weeks that have a timetable: four past ones, this one and the next. */
  mondays: string[]
}

/**
 * The academic year around today: June to May, unless that has only just begun — then April to March, so that there are always
 * four weeks to look back on.
 */
export function calendarAround(today: string): DemoCalendar {
  const year = Number(today.slice(0, 4))
  const juneYear = today >= `${year}-06-01` ? year : year - 1
  const juneIsOldEnough = today >= addDays(`${juneYear}-06-01`, 42)
  const [startsOn, endsOn, middle] = juneIsOldEnough
    ? [`${juneYear}-06-01`, `${juneYear + 1}-05-31`, `${juneYear}-12-01`]
    : [`${year}-04-01`, `${year + 1}-03-31`, `${year}-10-01`]
  const first = Number(startsOn.slice(0, 4))
  const thisMonday = addDays(today, -weekdayOf(today))
  return {
    code: `${first}-${String(first + 1).slice(2)}`,
    name: `Academic year ${first}–${first + 1}`,
    startsOn,
    endsOn,
    terms: [
      { name: 'First term', startsOn, endsOn: addDays(middle, -1) },
      { name: 'Second term', startsOn: middle, endsOn },
    ],
    mondays: [-28, -21, -14, -7, 0, 7]
      .map((days) => addDays(thisMonday, days))
      .filter((monday) => monday >= startsOn && addDays(monday, 4) <= endsOn),
  }
}
