/** How a school's days and hours are read and written: in its zone, in its region, in the reader's language. */
export interface SchoolTime {
  timezone: string
  /** The school's date now, `YYYY-MM-DD`. */
  today(): string
  /** `09:30` as people there write it. */
  time(instant: string): string
  /** `09:30 – 10:15` */
  timeRange(startsAt: string, endsAt: string): string
  /** A calendar date or an instant: `21 November 2026`. */
  date(when: string): string
  /** `Sat, 21 Nov` */
  shortDate(when: string): string
  /** `16 – 22 Nov 2026`, of two calendar dates. */
  dateRange(from: string, to: string): string
  /** `16 – 22 Nov`, of two calendar dates. */
  dateRangeShort(from: string, to: string): string
  /** `Saturday` */
  weekday(when: string): string
  /** `Sat` */
  shortWeekday(when: string): string
  /** `21`, the day of the month. */
  dayNumber(when: string): string
  /** `21 Nov 2026, 09:30` */
  dateTime(instant: string): string
  /** `97.5 %` of a percentage between 0 and 100; a dash where there is none. */
  percent(percentage: number | null): string
  number(value: number): string
  /** The wall clock of a school's date as an instant: `('2026-11-21', '09:30')`. */
  instantOf(date: string, wallTime: string): string
  /** The wall clock of an instant, `HH:MM`, for an input. */
  wallTime(instant: string): string
  /** The school's date of an instant, `YYYY-MM-DD`. */
  wallDate(instant: string): string
}

const DATE = /^\d{4}-\d{2}-\d{2}$/

/** The school's own locale where it is in the reader's language, else that language as it is written in the school's region. */
function localeFor(schoolLocale: string, language: string): string {
  const school = new Intl.Locale(schoolLocale)
  if (school.language === language) return schoolLocale
  return new Intl.Locale(language, { region: school.maximize().region }).toString()
}

export function createSchoolTime(
  { timezone, locale }: { timezone: string; locale: string },
  language: string,
): SchoolTime {
  const tag = localeFor(locale, language)
  const inZone = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(tag, { ...options, timeZone: timezone })
  const inUtc = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(tag, { ...options, timeZone: 'UTC' })
  // A calendar date is no instant: it is read and written in one zone, so that it cannot become the day before.
  const pair = (options: Intl.DateTimeFormatOptions) => {
    const [zoned, plain] = [inZone(options), inUtc(options)]
    return (when: string) => (DATE.test(when) ? plain : zoned).format(new Date(when))
  }
  const range = inUtc({ day: 'numeric', month: 'short', year: 'numeric' })
  const shortRange = inUtc({ day: 'numeric', month: 'short' })
  const clock = inZone({ hour: 'numeric', minute: '2-digit' })
  const dateTime = inZone({ dateStyle: 'medium', timeStyle: 'short' })
  const percent = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 1 })
  const number = new Intl.NumberFormat(tag)
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'short',
    hourCycle: 'h23',
  })
  const wall = (when: Date) => {
    const [date = '', time = ''] = parts.format(when).split(', ')
    return { date, time }
  }

  return {
    timezone,
    today: () => wall(new Date()).date,
    time: (instant) => clock.format(new Date(instant)),
    timeRange: (startsAt, endsAt) => clock.formatRange(new Date(startsAt), new Date(endsAt)),
    date: pair({ dateStyle: 'long' }),
    shortDate: pair({ weekday: 'short', day: 'numeric', month: 'short' }),
    dateRange: (from, to) => range.formatRange(new Date(from), new Date(to)),
    dateRangeShort: (from, to) => shortRange.formatRange(new Date(from), new Date(to)),
    weekday: pair({ weekday: 'long' }),
    shortWeekday: pair({ weekday: 'short' }),
    dayNumber: pair({ day: 'numeric' }),
    dateTime: (instant) => dateTime.format(new Date(instant)),
    percent: (percentage) => (percentage === null ? '–' : percent.format(percentage / 100)),
    number: (value) => number.format(value),
    instantOf(date, wallTime) {
      // Off by the zone's distance from UTC at first; where the clock was changed in between, the second look is right.
      const wanted = Date.parse(`${date}T${wallTime}:00Z`)
      let instant = wanted
      for (let look = 0; look < 2; look++) {
        const shown = wall(new Date(instant))
        instant += wanted - Date.parse(`${shown.date}T${shown.time}:00Z`)
      }
      return new Date(instant).toISOString()
    },
    wallTime: (instant) => wall(new Date(instant)).time,
    wallDate: (instant) => wall(new Date(instant)).date,
  }
}

/** Days later (or earlier) by the calendar. */
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10)

/** The Monday of its week. */
export const mondayOf = (date: string): string =>
  addDays(date, -((new Date(date).getUTCDay() + 6) % 7))
