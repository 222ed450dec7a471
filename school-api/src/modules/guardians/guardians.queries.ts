import type { DbOrTx } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import type { PeopleSource, PersonRow } from '#src/modules/users/people.queries.ts'
import type { GuardianAnswer } from './guardians.schema.ts'

export interface GuardianRow extends PersonRow {
  children: GuardianAnswer['children']
}

/** Guardians with their children. */
export const GUARDIANS: PeopleSource = {
  columns: Prisma.sql`
    , coalesce((
      select jsonb_agg(jsonb_build_object(
               'studentUserId', c.id, 'firstName', c.first_name, 'lastName', c.last_name,
               'preferredName', c.preferred_name, 'relationship', l.relationship) order by c.sort_name, c.id)
        from guardian_link l join app_user c on c.id = l.student_user_id
       where l.guardian_user_id = u.id), '[]') as children`,
  joins: Prisma.empty,
}

export interface GuardianOfStudentRow extends PersonRow {
  relationship: string | null
}

/** The guardians of one student. */
export const guardiansOf = (studentUserId: string): PeopleSource => ({
  columns: Prisma.sql`, l.relationship`,
  joins: Prisma.sql`join guardian_link l on l.guardian_user_id = u.id and l.student_user_id = ${studentUserId}::uuid`,
})

/** Which of these ids are students'. */
export async function studentsAmong(db: DbOrTx, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.studentProfile.findMany({
    where: { userId: { in: [...ids] } },
    select: { userId: true },
  })
  return new Set(rows.map((row) => row.userId))
}
