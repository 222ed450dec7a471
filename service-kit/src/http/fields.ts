import { z } from 'zod'

/** Field shapes of the contracts, said once. Text is normalised (NFC), trimmed and free of control characters. */
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/

const cleaned = z
  .string()
  .transform((text) => text.normalize('NFC').trim())
  .refine((text) => !CONTROL.test(text), 'has control characters')
  // Half a surrogate pair is text to JavaScript, and to nobody else.
  .refine((text) => text.isWellFormed(), 'has half a character')

/** One line of text, 1 to `max` characters. */
export const line = (max: number) =>
  cleaned.pipe(
    z
      .string()
      .min(1, 'must not be empty')
      .max(max, `must have at most ${max} characters`)
      .refine((text) => !/[\r\n\t]/.test(text), 'must be one line'),
  )

/** Text with line breaks, up to `max` characters; may be empty when `min` is 0. */
export const paragraph = (max: number, min = 1) =>
  cleaned.pipe(
    z.string().min(min, 'must not be empty').max(max, `must have at most ${max} characters`),
  )

/** `?q=`: what people type to search by name. */
export const searchText = cleaned.pipe(z.string().min(1).max(100))

export const uuid = z.guid('must be a UUID').transform((id) => id.toLowerCase())
export const idParams = z.strictObject({ id: uuid })
/** A calendar date, `YYYY-MM-DD`, within four-digit years PostgreSQL and people can use. */
export const calendarDate = z.iso
  .date({ message: 'must be a date, YYYY-MM-DD', abort: true })
  .refine((date) => date >= '1900-01-01' && date <= '2200-12-31', 'must be between 1900 and 2200')
/** An instant, RFC 3339 with an offset; kept to the millisecond. */
export const instant = z.iso
  .datetime({ offset: true, message: 'must be an RFC 3339 time with an offset', abort: true })
  .refine((time) => time >= '1900' && time < '2201', 'must be between 1900 and 2200')
export const email = cleaned.pipe(z.email('must be an e-mail address').max(254))
export const reason = line(500)

/** What every answer about an object carries. */
export const stamps = {
  id: z.string(),
  version: z.number().int(),
  createdAt: z.string(),
  updatedAt: z.string(),
}

export const toStamps = (row: {
  id: string
  version: number
  createdAt: Date
  updatedAt: Date
}) => ({
  id: row.id,
  version: row.version,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
})

/** A `@db.Date` column as the contract writes it. */
export const toDate = (date: Date): string => date.toISOString().slice(0, 10)
export const toDateOrNull = (date: Date | null): string | null => (date ? toDate(date) : null)
export const toInstantOrNull = (time: Date | null): string | null =>
  time ? time.toISOString() : null
/** A contract date as a `@db.Date` column wants it. */
export const fromDate = (date: string): Date => new Date(`${date}T00:00:00.000Z`)
