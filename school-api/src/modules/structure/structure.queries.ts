import type { Db } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import { sectionsSql } from '#src/modules/sections/sections.queries.ts'
import type { StructureAnswer } from './structure.schema.ts'

/** One statement for all lists: a page that shows how a school is arranged needs every one of them for the names. */
export async function structureOf(db: Db, today: string): Promise<StructureAnswer> {
  const list = (row: Prisma.Sql, from: Prisma.Sql, order: Prisma.Sql) => Prisma.sql`
    coalesce((select json_agg(${row} order by ${order}) from ${from}), '[]')`
  const terms = list(
    Prisma.sql`json_build_object('id', t.id, 'name', t.name, 'startsOn', t.starts_on, 'endsOn', t.ends_on)`,
    Prisma.sql`term t where t.academic_year_id = y.id`,
    Prisma.sql`t.starts_on`,
  )
  const [answer] = await db.$queryRaw<[StructureAnswer]>`
    select
      ${list(
        Prisma.sql`json_build_object('id', y.id, 'version', y.version, 'code', y.code, 'name', y.name,
          'startsOn', y.starts_on, 'endsOn', y.ends_on, 'isCurrent', y.is_current, 'terms', ${terms})`,
        Prisma.sql`academic_year y`,
        Prisma.sql`y.starts_on desc, y.id desc`,
      )} as years,
      ${list(
        Prisma.sql`json_build_object('id', g.id, 'version', g.version, 'code', g.code, 'name', g.name, 'orderNo', g.order_no)`,
        Prisma.sql`grade g`,
        Prisma.sql`g.order_no, g.id`,
      )} as grades,
      ${list(
        Prisma.sql`s`,
        Prisma.sql`(${sectionsSql(Prisma.sql`true`, today)}) s`,
        Prisma.sql`s."gradeOrder", s.name, s.id`,
      )} as sections,
      ${list(
        Prisma.sql`json_build_object('id', b.id, 'version', b.version, 'code', b.code, 'name', b.name)`,
        Prisma.sql`subject b`,
        Prisma.sql`b.code, b.id`,
      )} as subjects,
      ${list(
        Prisma.sql`json_build_object('id', r.id, 'version', r.version, 'code', r.code, 'name', r.name, 'capacity', r.capacity)`,
        Prisma.sql`room r`,
        Prisma.sql`r.code, r.id`,
      )} as rooms,
      ${list(
        Prisma.sql`json_build_object('id', u.id, 'firstName', u.first_name, 'lastName', u.last_name,
          'preferredName', u.preferred_name, 'teacherCode', p.teacher_code, 'isActive', u.is_active)`,
        Prisma.sql`teacher_profile p join app_user u on u.id = p.user_id`,
        Prisma.sql`u.sort_name, u.id`,
      )} as teachers,
      (select count(*)::int from teaching_assignment a
         join academic_year c on c.id = a.academic_year_id and c.is_current) as "teachingCount"`
  return answer
}
