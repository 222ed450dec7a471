import { type AppError, conflict } from '@usms/service-kit/errors/app-error'
import type { Prisma } from '#src/generated/prisma/client.ts'
import type { SectionKind } from '#src/generated/prisma/enums.ts'

export interface LockedSection {
  id: string
  kind: SectionKind
  capacity: number | null
  version: number
}

/**
 * Locks sections until the transaction ends, so that seats and roll numbers are given out by one request at a time. In the order of
 * their ids, or two requests for the same two would wait for each other. NO KEY: sessions and others who only refer to a section
 * are not held up.
 */
export async function lockSections(
  tx: Prisma.TransactionClient,
  ids: readonly string[],
): Promise<Map<string, LockedSection>> {
  const sections = await tx.$queryRaw<LockedSection[]>`
    select id, kind, capacity, version from section
     where id = any(${[...new Set(ids)]}::uuid[]) order by id for no key update`
  return new Map(sections.map((section) => [section.id, section]))
}

/** A seat that is taken: by an enrollment in a homeroom or a membership of a group. */
export interface Seat {
  sectionId: string
  academicYearId: string
  rollNo: number | null
  /** Exclusive; null while nobody has said when. */
  leftOn: string | null
  yearEndsOn: string
}

/** Seats nobody has left by `today`, of every year. Read under `lockSections`. */
export const takenSeats = (
  tx: Prisma.TransactionClient,
  sectionIds: readonly string[],
  today: string,
): Promise<Seat[]> =>
  tx.$queryRaw<Seat[]>`
    select p.section_id as "sectionId", p.academic_year_id as "academicYearId", p.roll_no as "rollNo",
           p.left_on::text as "leftOn", y.ends_on::text as "yearEndsOn"
      from (select section_id, academic_year_id, roll_no, left_on from student_enrollment
            union all
            select section_id, academic_year_id, null::int, left_on from group_membership) p
      join academic_year y on y.id = p.academic_year_id
     where p.section_id = any(${[...new Set(sectionIds)]}::uuid[])
       and (p.left_on is null or p.left_on > ${today}::date)`

/** Whether somebody still sits there on a date. */
export const isTakenOn = (seat: Pick<Seat, 'leftOn'>, date: string): boolean =>
  seat.leftOn === null || seat.leftOn > date

export const capacityExceeded = (details: {
  sectionId: string
  capacity: number
  enrolled: number
}): AppError =>
  conflict(
    'capacity_exceeded',
    `The section has ${details.capacity} seats and ${details.enrolled} are taken`,
    details,
  )
