import { type AppError, unprocessable } from '@usms/service-kit/errors/app-error'
import { fromDate, toDate } from '@usms/service-kit/http/fields'

interface Period {
  startsOn: string
  endsOn: string
}

/** Whether a date lies in the year; both ends belong to it. Dates as `YYYY-MM-DD` compare as text. */
export const yearContains = (year: Period, date: string): boolean =>
  year.startsOn <= date && date <= year.endsOn

/** The latest `leftOn` of a year: exclusive, so the day after the last. */
export const lastLeavingDay = ({ endsOn }: Pick<Period, 'endsOn'>): string =>
  toDate(new Date(fromDate(endsOn).getTime() + 86_400_000))

export const dateOutsideYear = (path: string, year: Period): AppError =>
  unprocessable('date_outside_year', `The year is from ${year.startsOn} to ${year.endsOn}`, {
    issues: [{ path, message: outsideYear(year) }],
  })

export const outsideYear = ({ startsOn, endsOn }: Period) =>
  `must be inside the year, ${startsOn} to ${endsOn}`

/** Terms lie inside their year and in order; that they do not overlap is held by the database. */
export function checkYear(year: Period, terms: readonly Period[]): void {
  if (year.startsOn >= year.endsOn)
    throw unprocessable('dates_out_of_order', 'A year begins before it ends', {
      issues: [{ path: 'endsOn', message: 'must be after startsOn' }],
    })
  const backwards = terms.flatMap((term, i) =>
    term.startsOn >= term.endsOn
      ? [{ path: `terms.${i}.endsOn`, message: 'must be after startsOn' }]
      : [],
  )
  if (backwards.length > 0)
    throw unprocessable('dates_out_of_order', 'A term begins before it ends', { issues: backwards })
  const outside = terms.flatMap((term, i) =>
    (['startsOn', 'endsOn'] as const)
      .filter((field) => !yearContains(year, term[field]))
      .map((field) => ({ path: `terms.${i}.${field}`, message: outsideYear(year) })),
  )
  if (outside.length > 0)
    throw unprocessable('term_outside_year', 'Terms lie inside their year', { issues: outside })
}
