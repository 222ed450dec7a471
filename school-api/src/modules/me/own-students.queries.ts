import type { Actor } from '#src/auth/actor.ts'
import type { Reach } from '#src/auth/reach.ts'
import type { DbOrTx } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import { placesSql } from '#src/modules/sections/roster.queries.ts'
import { currentEnrollmentOn } from '#src/modules/students/students.queries.ts'
import {
  findPeople,
  hasIdIn,
  hasRole,
  matching,
  type PersonRow,
} from '#src/modules/users/people.queries.ts'
import type { NamedStudent, OwnChild, OwnStudentList, OwnStudentPage } from './me.schema.ts'

type OwnStudentRow = PersonRow &
  Pick<
    OwnStudentPage['items'][number],
    'admissionNo' | 'relationship' | 'currentEnrollment' | 'sections'
  >

/** One's children, or the pupils who are in a section taught today, with where they are. */
export function listOwnStudents(
  db: DbOrTx,
  actor: Actor,
  reach: Extract<Reach, { everything: false }>,
  query: OwnStudentList,
) {
  const isHere = Prisma.sql`p.joined_on <= ${actor.today}::date and ${actor.today}::date < p.left_on`
  const isWithin = Prisma.sql`p.section_id = any(${reach.sectionIds}::uuid[])`
  const isIn = (where: Prisma.Sql) =>
    Prisma.sql`u.id in (select p.student_user_id from (${placesSql}) p where ${where} and ${isHere})`
  return findPeople<OwnStudentRow>(
    db,
    {
      // The reach of a family holds the sections of all children: of each one's places all are inside it.
      columns: Prisma.sql`
        , f.admission_no as "admissionNo", ${currentEnrollmentOn(actor.today)} as "currentEnrollment",
        (select l.relationship from guardian_link l
          where l.student_user_id = u.id and l.guardian_user_id = ${actor.userId}::uuid) as relationship,
        (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'kind', s.kind, 'rollNo', p.roll_no)
                                   order by s.kind, s.name, s.id), '[]')
           from (${placesSql}) p join section s on s.id = p.section_id
          where p.student_user_id = u.id and ${isWithin} and ${isHere}) as sections`,
      joins: Prisma.sql`join student_profile f on f.user_id = u.id`,
    },
    [
      hasRole('STUDENT'),
      actor.scope === 'taught' ? isIn(isWithin) : hasIdIn(reach.studentIds),
      ...(query.sectionId
        ? [isIn(Prisma.sql`p.section_id = ${query.sectionId}::uuid and ${isWithin}`)]
        : []),
      ...matching(query),
    ],
    query,
  )
}

/** Homerooms first, by name. */
export const listOwnSections = (
  db: DbOrTx,
  reach: Extract<Reach, { everything: false }>,
): Promise<OwnStudentPage['sections']> =>
  db.section.findMany({
    where: { id: { in: reach.sectionIds } },
    select: { id: true, name: true, kind: true },
    orderBy: [{ kind: 'asc' }, { name: 'asc' }, { id: 'asc' }],
  })

/** The name of the homeroom in which the student `u` is on the date. */
export const homeroomOn = (today: string) => Prisma.sql`
  (select s.name from (${placesSql}) p join section s on s.id = p.section_id and s.kind = 'HOMEROOM'
    where p.student_user_id = u.id and p.joined_on <= ${today}::date and ${today}::date < p.left_on limit 1)`

/** Students by name, with where they are today. */
export const pupilsSql = (ids: readonly string[], today: string) => Prisma.sql`
  select u.id as "studentUserId", u.first_name as "firstName", u.last_name as "lastName",
         u.preferred_name as "preferredName", ${homeroomOn(today)} as "sectionName"
    from app_user u where u.id = any(${[...ids]}::uuid[]) order by u.sort_name, u.id`

/** Whose screen it is, and between whom a parent switches: one statement. */
export async function readWhose(
  db: DbOrTx,
  actor: Actor,
  reach: Reach,
  pupilId: string | null,
): Promise<{ student: NamedStudent | null; children: OwnChild[] }> {
  if (pupilId === null || reach.everything) return { student: null, children: [] }
  const pupils = await db.$queryRaw<OwnChild[]>(pupilsSql(reach.studentIds, actor.today))
  const pupil = pupils.find((one) => one.studentUserId === pupilId)
  if (!pupil) return { student: null, children: [] }
  const { sectionName: _, ...student } = pupil
  return { student, children: actor.scope === 'child' ? pupils : [] }
}

/** The names of a student. */
export async function findNamed(db: DbOrTx, id: string | null): Promise<NamedStudent | null> {
  if (id === null) return null
  const [row] = await db.$queryRaw<NamedStudent[]>`
    select id as "studentUserId", first_name as "firstName", last_name as "lastName", preferred_name as "preferredName"
      from app_user where id = ${id}::uuid`
  return row ?? null
}
