import { decodeCursor } from '@usms/service-kit/http/list'
import type { DbOrTx } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import type { SectionKind } from '#src/generated/prisma/enums.ts'
import { likePattern } from '#src/http/contains-text.ts'
import type { SectionList } from './sections.schema.ts'

export interface SectionRow {
  id: string
  kind: SectionKind
  gradeId: string | null
  name: string
  capacity: number | null
  classTeacherId: string | null
  subjectId: string | null
  version: number
  createdAt: Date
  updatedAt: Date
  gradeOrder: number
  enrolledCount: number
}

/** Groups without a grade come after every grade. */
const GRADE_ORDER = Prisma.sql`coalesce(g.order_no, 1000000)`

/** Sections with what their answers need; `filter` is about `s`. */
export const sectionsSql = (filter: Prisma.Sql, today: string) => {
  const takenIn = (table: Prisma.Sql) => Prisma.sql`
    (select count(*)::int from ${table} p join academic_year y on y.id = p.academic_year_id and y.is_current
      where p.section_id = s.id and (p.left_on is null or p.left_on > ${today}::date))`
  return Prisma.sql`
    select s.id, s.kind, s.grade_id as "gradeId", s.name, s.capacity, s.class_teacher_id as "classTeacherId",
           s.subject_id as "subjectId", s.version, s.created_at as "createdAt", s.updated_at as "updatedAt",
           ${GRADE_ORDER} as "gradeOrder",
           ${takenIn(Prisma.sql`student_enrollment`)} + ${takenIn(Prisma.sql`group_membership`)} as "enrolledCount"
      from section s left join grade g on g.id = s.grade_id
     where ${filter}`
}

const matching = ({ gradeId, kind, q }: SectionList) =>
  Prisma.join(
    [
      Prisma.sql`true`,
      ...(gradeId ? [Prisma.sql`s.grade_id = ${gradeId}::uuid`] : []),
      ...(kind ? [Prisma.sql`s.kind = ${kind}::"SectionKind"`] : []),
      ...(q ? [Prisma.sql`s.name ilike ${likePattern(q)}`] : []),
    ],
    ' and ',
  )

/** One page and a row more, by grade and then by name. */
export function sectionPageRows(
  db: DbOrTx,
  query: SectionList,
  today: string,
): Promise<SectionRow[]> {
  let after = Prisma.sql`true`
  if (query.cursor !== undefined) {
    const [gradeOrder, name, id] = decodeCursor(query.cursor, ['number', 'text', 'uuid'])
    after = Prisma.sql`(${GRADE_ORDER}, s.name, s.id) > (${gradeOrder}::numeric, ${name}, ${id}::uuid)`
  }
  return db.$queryRaw<SectionRow[]>`
    ${sectionsSql(Prisma.sql`${matching(query)} and ${after}`, today)}
     order by ${GRADE_ORDER}, s.name, s.id limit ${query.limit + 1}`
}

export async function countSections(db: DbOrTx, query: SectionList): Promise<number> {
  const [row] = await db.$queryRaw<[{ count: number }]>`
    select count(*)::int as count from section s where ${matching(query)}`
  return row.count
}

export async function sectionRow(
  db: DbOrTx,
  id: string,
  today: string,
): Promise<SectionRow | undefined> {
  const [row] = await db.$queryRaw<SectionRow[]>(sectionsSql(Prisma.sql`s.id = ${id}::uuid`, today))
  return row
}

/**
 * Whether this is a teacher who works here. Locked until the transaction ends: nobody deactivates a teacher who is just being
 * put in charge of something.
 */
export async function isActiveTeacher(
  tx: Prisma.TransactionClient,
  userId: string,
): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    select 1 from teacher_profile t join app_user u on u.id = t.user_id
     where t.user_id = ${userId}::uuid and u.is_active and u.role = 'TEACHER' for share of u`
  return rows.length > 0
}
