import { fromDate } from '@usms/service-kit/http/fields'
import type { DbOrTx } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import type { Actor } from './actor.ts'

/**
 * How far an actor's permission reaches, as ids. Everything else — the filter of a list, the check of one object — is derived
 * from it by the functions below, so that the two cannot differ.
 */
export type Reach =
  | { everything: true }
  | {
      everything: false
      /** Taught sections; for pupils and parents the sections the pupils are in. */
      sectionIds: string[]
      /** The grades of those sections. */
      gradeIds: string[]
      /** Oneself or one's children, by name; for teachers empty, since they reach pupils through sections. */
      studentIds: string[]
    }

/** One statement. Nothing is cached: an assignment that ends must end access at once. */
export async function reachOf(db: DbOrTx, actor: Actor): Promise<Reach> {
  switch (actor.scope) {
    case 'all':
      return { everything: true }
    case 'taught':
      return {
        everything: false,
        ...toPlaces(await taughtSections(db, actor)),
        studentIds: [],
      }
    case 'self':
    case 'child':
      return reachOfFamily(db, actor)
  }
}

/**
 * The sections a teacher teaches: by an open teaching assignment, as class teacher, or by being put on one of the current
 * year's sessions by the office. Sessions that a teacher made do not count, or anybody could let themselves in.
 */
function taughtSections(db: DbOrTx, { userId, today }: Actor): Promise<Place[]> {
  return db.$queryRaw`
    select s.id as "sectionId", s.grade_id as "gradeId" from section s
     where s.class_teacher_id = ${userId}::uuid or s.id in (
       select a.section_id
         from teaching_assignment a join academic_year y on y.id = a.academic_year_id
        where a.teacher_user_id = ${userId}::uuid and a.starts_on <= ${today}::date
          and least(a.ends_on, y.ends_on) >= ${today}::date
       union
       select c.section_id from session_teacher st
         join class_session c on c.id = st.class_session_id
         join academic_year y on y.id = c.academic_year_id and y.is_current
        where st.teacher_user_id = ${userId}::uuid and c.by_office and c.status <> 'CANCELLED')`
}

interface Place {
  sectionId: string | null
  gradeId: string | null
}

const toPlaces = (places: readonly Place[]) => ({
  sectionIds: distinct(places.map((place) => place.sectionId)),
  gradeIds: distinct(places.map((place) => place.gradeId)),
})

const distinct = (ids: readonly (string | null)[]): string[] => [
  ...new Set(ids.filter((id) => id !== null)),
]

async function reachOfFamily(db: DbOrTx, actor: Actor): Promise<Reach> {
  const children =
    actor.scope === 'self'
      ? Prisma.sql`select ${actor.userId}::uuid as id`
      : Prisma.sql`select student_user_id as id from guardian_link where guardian_user_id = ${actor.userId}::uuid`
  const rows = await db.$queryRaw<({ studentId: string } & Place)[]>`
    with pupil as (${children}), place as (
      select student_user_id, section_id, academic_year_id, joined_on, left_on from student_enrollment
      union all
      select student_user_id, section_id, academic_year_id, joined_on, left_on from group_membership
    )
    select p.id as "studentId", m.section_id as "sectionId", m.grade_id as "gradeId"
      from pupil p join app_user u on u.id = p.id left join (
        select place.student_user_id, place.section_id, s.grade_id
          from place
          join academic_year y on y.id = place.academic_year_id
          join section s on s.id = place.section_id
         where joined_on <= ${actor.today}::date and (left_on is null or left_on > ${actor.today}::date)
           and y.ends_on >= ${actor.today}::date
      ) m on m.student_user_id = p.id
     order by u.sort_name, u.id`
  return {
    everything: false,
    ...toPlaces(rows),
    studentIds: distinct(rows.map((row) => row.studentId)),
  }
}

/** Whether one section is inside the reach. */
export const reachesSection = (reach: Reach, sectionId: string): boolean =>
  reach.everything || reach.sectionIds.includes(sectionId)

/** Students inside the reach, as a filter; with an id beside it, the check of one. `sees` says whether pupils see each other. */
export function studentsWithin(reach: Reach, actor: Actor): Prisma.StudentProfileWhereInput {
  if (reach.everything) return {}
  if (actor.scope !== 'taught') return { userId: { in: reach.studentIds } }
  const today = fromDate(actor.today)
  const open = {
    some: {
      sectionId: { in: reach.sectionIds },
      joinedOn: { lte: today },
      OR: [{ leftOn: null }, { leftOn: { gt: today } }],
      academicYear: { endsOn: { gte: today } },
    },
  }
  return { OR: [{ enrollments: open }, { memberships: open }] }
}

/** Anything that stands in a section, as a filter. */
export const inSectionsWithin = (reach: Reach): { sectionId?: { in: string[] } } =>
  reach.everything ? {} : { sectionId: { in: reach.sectionIds } }
