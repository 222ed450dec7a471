import type { DbOrTx } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'

export interface YearDates {
  id: string
  startsOn: string
  endsOn: string
}

/**
 * The year a date lies in, locked so that nobody shrinks it under what is being dated: held until the transaction ends,
 * shared with others who only date something.
 */
export async function yearContaining(
  tx: Prisma.TransactionClient,
  date: string,
): Promise<YearDates | undefined> {
  const [year] = await tx.$queryRaw<YearDates[]>`
    select id, starts_on::text as "startsOn", ends_on::text as "endsOn"
      from academic_year where ${date}::date between starts_on and ends_on for share`
  return year
}

/** The years of these ids, locked like `yearContaining`; those that are not there are left out. */
export async function yearsForDating(
  tx: Prisma.TransactionClient,
  ids: readonly string[],
): Promise<Map<string, YearDates>> {
  const years = await tx.$queryRaw<YearDates[]>`
    select id, starts_on::text as "startsOn", ends_on::text as "endsOn"
      from academic_year where id = any(${[...new Set(ids)]}::uuid[]) order by id for share`
  return new Map(years.map((year) => [year.id, year]))
}

/** What of a year's history its new dates would leave outside. */
export interface OutsideYear {
  enrollments: number
  memberships: number
  sessions: number
  assignments: number
  teachingAssignments: number
}

export async function countOutsideYear(
  db: DbOrTx,
  { id, startsOn, endsOn }: YearDates,
): Promise<OutsideYear> {
  // left_on is exclusive: on the day after the year's last it is still inside.
  const placeOutside = Prisma.sql`academic_year_id = ${id}::uuid
    and (joined_on < ${startsOn}::date or joined_on > ${endsOn}::date or left_on > ${endsOn}::date + 1)`
  const [counts] = await db.$queryRaw<[OutsideYear]>`
    select
      (select count(*)::int from student_enrollment where ${placeOutside}) as enrollments,
      (select count(*)::int from group_membership where ${placeOutside}) as memberships,
      (select count(*)::int from class_session where academic_year_id = ${id}::uuid
          and local_date not between ${startsOn}::date and ${endsOn}::date) as sessions,
      (select count(*)::int from assignment a, school_settings s where a.academic_year_id = ${id}::uuid
          and (a.due_at at time zone s.timezone)::date not between ${startsOn}::date and ${endsOn}::date) as assignments,
      (select count(*)::int from teaching_assignment where academic_year_id = ${id}::uuid
          and (starts_on > ${endsOn}::date or ends_on < ${startsOn}::date)) as "teachingAssignments"`
  return counts
}

/** Teaching assignments follow their year when it gets shorter: most of them simply span it. */
export async function clipTeaching(
  tx: Prisma.TransactionClient,
  { id, startsOn, endsOn }: YearDates,
): Promise<void> {
  await tx.$executeRaw`
    update teaching_assignment
       set starts_on = greatest(starts_on, ${startsOn}::date),
           ends_on = case when ends_on > ${endsOn}::date then ${endsOn}::date else ends_on end,
           version = version + 1, updated_at = now()
     where academic_year_id = ${id}::uuid and (starts_on < ${startsOn}::date or ends_on > ${endsOn}::date)`
}
