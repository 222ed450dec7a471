import { toDate, toInstantOrNull, toStamps } from '@usms/service-kit/http/fields'
import type { Actor } from '#src/auth/actor.ts'
import { type ClassSession, Prisma } from '#src/generated/prisma/client.ts'
import type { SessionAnswer } from './sessions.schema.ts'

type Names = Pick<SessionAnswer, 'section' | 'subject' | 'room' | 'teachers'>

/** A row of `sessionColumns`. */
export type SessionColumns = Omit<ClassSession, 'createdById' | 'byOffice'> & Names

/** What a session `c` is called by, each as the contract writes it. */
export const nameColumns = Prisma.sql`
  (select json_build_object('id', s.id, 'name', s.name, 'kind', s.kind) from section s where s.id = c.section_id) as section,
  (select json_build_object('id', b.id, 'code', b.code, 'name', b.name) from subject b where b.id = c.subject_id) as subject,
  (select json_build_object('id', o.id, 'code', o.code, 'name', o.name) from room o where o.id = c.room_id) as room,
  (select coalesce(json_agg(json_build_object('teacherUserId', u.id, 'role', t.duty, 'firstName', u.first_name,
                              'lastName', u.last_name, 'preferredName', u.preferred_name)
                            order by t.duty, u.sort_name, u.id), '[]')
     from session_teacher t join app_user u on u.id = t.teacher_user_id where t.class_session_id = c.id) as teachers`

/** What the answer about a session `c` is made of. */
export const sessionColumns = Prisma.sql`
  c.id, c.version, c.created_at as "createdAt", c.updated_at as "updatedAt", c.section_id as "sectionId",
  c.academic_year_id as "academicYearId", c.kind, c.starts_at as "startsAt", c.ends_at as "endsAt",
  c.local_date as "localDate", c.subject_id as "subjectId", c.room_id as "roomId", c.status,
  c.cancel_reason as "cancelReason", c.register_taken_at as "registerTakenAt", ${nameColumns}`

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
  section: row.section,
  subject: row.subject,
  room: row.room,
  teachers: row.teachers,
  status: row.status,
  // Why a lesson fell out may be about a teacher: not for every family.
  cancelReason: STAFF.includes(actor.role) ? row.cancelReason : null,
  registerTakenAt: toInstantOrNull(row.registerTakenAt),
})
