import { Temporal } from 'temporal-polyfill'
import type { DbOrTx } from '#src/db.ts'

/**
 * The school's calendar: which date an instant is there, and which instant a time on its wall is. Dates are `YYYY-MM-DD`.
 * The zone is read each time (one row) and not kept, so that a change of the settings is seen at once by everybody.
 *
 * Inside a transaction hand it over as the last argument: waiting there for a second connection of a small pool could wait
 * for oneself.
 */
export interface SchoolTime {
  /** The school's IANA zone. */
  zone(within?: DbOrTx): Promise<string>
  /** The school's date at that moment, usually of the server's clock. */
  today(now: Date, within?: DbOrTx): Promise<string>
  /** The school's date of an instant. */
  dateOf(instant: Date, within?: DbOrTx): Promise<string>
  /**
   * The instant at which the school's clocks show `time` (`HH:MM` or `HH:MM:SS`) on `date`. A time that a change to summer
   * time skips becomes the one as much later; of one that happens twice the first is meant.
   * @throws RangeError for what is no date or time
   */
  instantOf(date: string, time: string, within?: DbOrTx): Promise<Date>
}

export function createSchoolTime({ db }: { db: DbOrTx }): SchoolTime {
  async function zone(within: DbOrTx = db) {
    const [settings] = await within.$queryRaw<{ timezone: string }[]>`
      select timezone from school_settings`
    if (!settings) throw new Error('The school has no settings; was its database seeded?')
    return settings.timezone
  }
  const dateOf: SchoolTime['dateOf'] = async (instant, within) =>
    localDate(instant, await zone(within))

  return {
    zone,
    today: dateOf,
    dateOf,
    instantOf: async (date, time, within) => localInstant(date, time, await zone(within)),
  }
}

/** The calendar date of an instant in a zone. */
export const localDate = (instant: Date, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(instant.getTime())
    .toZonedDateTimeISO(zone)
    .toPlainDate()
    .toString()

/** The same as `localInstant`, but undefined for a time that the clocks skip on that date. */
export function localInstantIfAny(date: string, time: string, zone: string): Date | undefined {
  const wanted = Temporal.PlainDate.from(date).toPlainDateTime(Temporal.PlainTime.from(time))
  const zoned = wanted.toZonedDateTime(zone)
  return zoned.toPlainDateTime().equals(wanted) ? new Date(zoned.epochMilliseconds) : undefined
}

/** The instant at which the clocks of a zone show a time on a date; see `SchoolTime.instantOf`. */
export const localInstant = (date: string, time: string, zone: string): Date =>
  new Date(
    Temporal.PlainDate.from(date).toZonedDateTime({
      timeZone: zone,
      plainTime: Temporal.PlainTime.from(time),
    }).epochMilliseconds,
  )
