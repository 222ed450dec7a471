import { unprocessable } from '@usms/service-kit/errors/app-error'
import { localDate } from '#src/modules/settings/school-time.ts'

const LONGEST_MS = 24 * 60 * 60 * 1_000

export interface SessionTimes {
  startsAt: Date
  endsAt: Date
  /** The school's dates of the first and of the last moment. */
  localDate: string
  lastDate: string
}

/**
 * When a session is, checked, with the school's dates of it.
 * @throws AppError 422 `times_out_of_order` or `session_too_long`
 */
export function sessionTimes(
  { startsAt, endsAt }: { startsAt: Date; endsAt: Date },
  zone: string,
): SessionTimes {
  const lengthMs = endsAt.getTime() - startsAt.getTime()
  if (lengthMs <= 0)
    throw unprocessable('times_out_of_order', 'A session begins before it ends', {
      issues: [{ path: 'endsAt', message: 'must be after startsAt' }],
    })
  // It has one date, by which its roster is chosen.
  if (lengthMs > LONGEST_MS)
    throw unprocessable('session_too_long', 'A session lasts a day at most', {
      issues: [{ path: 'endsAt', message: 'must be within 24 hours of startsAt' }],
    })
  return {
    startsAt,
    endsAt,
    localDate: localDate(startsAt, zone),
    lastDate: localDate(new Date(endsAt.getTime() - 1), zone),
  }
}
