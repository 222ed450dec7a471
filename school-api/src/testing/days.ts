const DAY_MS = 86_400_000
/** What `startSchool` uses: Asia/Kolkata has no summer time. */
const OFFSET_MS = 5.5 * 3_600_000

/** The test school's date so many days from today, `YYYY-MM-DD`: for rules about today that must hold in any year. */
export const day = (fromToday: number): string =>
  new Date(Date.now() + OFFSET_MS + fromToday * DAY_MS).toISOString().slice(0, 10)

/** A year around today, for `buildYear`. */
export const AROUND_TODAY = { startsOn: day(-150), endsOn: day(150) }
