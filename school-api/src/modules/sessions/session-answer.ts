import { toDate, toInstantOrNull, toStamps } from '@usms/service-kit/http/fields'
import type { Actor } from '#src/auth/actor.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import type { SessionAnswer } from './sessions.schema.ts'

/** What the answer about a session is made of, beside its own columns. */
export const withTeachers = {
  teachers: {
    select: { teacherUserId: true, duty: true },
    orderBy: [{ duty: 'asc' }, { teacherUserId: 'asc' }],
  },
} satisfies Prisma.ClassSessionInclude

export type SessionRow = Prisma.ClassSessionGetPayload<{ include: typeof withTeachers }>

/** The same row as `withTeachers` gives, out of one statement; the session is `c` there. */
export const sessionColumns = Prisma.sql`
  c.id, c.version, c.created_at as "createdAt", c.updated_at as "updatedAt", c.section_id as "sectionId",
  c.academic_year_id as "academicYearId", c.kind, c.starts_at as "startsAt", c.ends_at as "endsAt",
  c.local_date as "localDate", c.subject_id as "subjectId", c.room_id as "roomId", c.status,
  c.cancel_reason as "cancelReason", c.register_taken_at as "registerTakenAt",
  (select coalesce(json_agg(json_build_object('teacherUserId', t.teacher_user_id, 'duty', t.duty)
                            order by t.duty, t.teacher_user_id), '[]')
     from session_teacher t where t.class_session_id = c.id) as teachers`

export type SessionColumns = Omit<SessionRow, 'createdById' | 'byOffice'>

const STAFF: readonly string[] = ['OWNER', 'ADMIN', 'TEACHER'] satisfies Actor['role'][]

export const toSession = (row: SessionColumns, actor: Pick<Actor, 'role'>): SessionAnswer => ({
  ...toStamps(row),
  sectionId: row.sectionId,
  academicYearId: row.academicYearId,
  kind: row.kind,
  startsAt: row.startsAt.toISOString(),
  endsAt: row.endsAt.toISOString(),
  localDate: toDate(row.localDate),
  subjectId: row.subjectId,
  roomId: row.roomId,
  status: row.status,
  // Why a lesson fell out may be about a teacher: not for every family.
  cancelReason: STAFF.includes(actor.role) ? row.cancelReason : null,
  teachers: row.teachers.map(({ teacherUserId, duty }) => ({ teacherUserId, role: duty })),
  registerTakenAt: toInstantOrNull(row.registerTakenAt),
})
