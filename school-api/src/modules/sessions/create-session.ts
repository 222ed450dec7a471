import { forbidden, unprocessable } from '@usms/service-kit/errors/app-error'
import { fromDate } from '@usms/service-kit/http/fields'
import { type Actor, isOffice } from '#src/auth/actor.ts'
import { reachesSection, reachOf } from '#src/auth/reach.ts'
import type { DbOrTx } from '#src/db.ts'
import type { SectionKind } from '#src/generated/prisma/enums.ts'
import { toSession } from './session-answer.ts'
import { lockTimetable, namingClashes } from './session-clash.ts'
import { sessionTimes } from './session-times.ts'
import { canCreateSession } from './sessions.policy.ts'
import { checkReferences, doubleBookedStudents, findSession, yearOf } from './sessions.queries.ts'
import type {
  OnSession,
  SessionBody,
  SessionPatch,
  SessionWithWarnings,
} from './sessions.schema.ts'
import type { SessionsDeps } from './sessions.service.ts'

export async function createSession(
  { db, audit, schoolTime }: SessionsDeps,
  actor: Actor,
  body: SessionBody,
): Promise<SessionWithWarnings> {
  const teachers = await teachersOfNew(db, actor, body)
  const { lastDate, ...times } = sessionTimes(
    { startsAt: new Date(body.startsAt), endsAt: new Date(body.endsAt) },
    await schoolTime.zone(),
  )
  const columns = {
    sectionId: body.sectionId,
    subjectId: body.subjectId ?? null,
    roomId: body.roomId ?? null,
    kind: body.kind,
  }
  const place = {
    ...columns,
    ...times,
    sessionId: null,
    teacherUserIds: teachers.map(({ teacherUserId }) => teacherUserId),
  }

  return namingClashes(
    db,
    () => place,
    () =>
      db.$transaction(async (tx) => {
        await lockTimetable(tx)
        const { sectionKind } = await checkReferences(tx, {
          ...columns,
          teachers: withPaths(body, teachers),
        })
        checkKind(body.kind, sectionKind)
        const { id } = await tx.classSession.create({
          data: {
            ...columns,
            academicYearId: await yearOf(tx, times.localDate, lastDate),
            startsAt: times.startsAt,
            endsAt: times.endsAt,
            localDate: fromDate(times.localDate),
            createdById: actor.userId,
            byOffice: isOffice(actor),
            teachers: {
              create: teachers.map(({ teacherUserId, role }) => ({ teacherUserId, duty: role })),
            },
          },
          select: { id: true },
        })
        await audit.record(tx, actor, {
          action: 'class-session.create',
          subjectType: 'class-session',
          subjectIds: [id],
        })
        const row = await findSession(tx, id)
        if (!row) throw new Error('what was created is there')
        return {
          ...toSession(row, actor),
          warnings: toWarnings((await doubleBookedStudents(tx, [id])).get(id)),
        }
      }),
  )
}

/**
 * Who is on a session that the actor makes: those named; when nobody is, a teacher is on the own.
 * @throws AppError 403 for a section that a teacher does not teach, or somebody else
 */
export async function teachersOfNew(
  db: DbOrTx,
  actor: Actor,
  body: Pick<SessionBody, 'sectionId' | 'teachers' | 'teacherUserIds'>,
): Promise<OnSession[]> {
  const named = namedTeachers(body)
  const sectionReached = reachesSection(await reachOf(db, actor), body.sectionId)
  if (!canCreateSession(actor, { sectionReached, named: named ?? [] }))
    throw forbidden('A teacher makes sessions for sections taught, and names nobody else')
  return named ?? (isOffice(actor) ? [] : [self(actor)])
}

/** @throws AppError 422 `not_a_homeroom` */
export function checkKind(kind: SessionBody['kind'], sectionKind: SectionKind): void {
  if (kind === 'REGISTRATION' && sectionKind !== 'HOMEROOM')
    throw unprocessable('not_a_homeroom', 'Only a homeroom has a registration')
}

/** Who a body names, in either spelling; undefined when it names nobody. */
export const namedTeachers = (
  body: Pick<SessionPatch, 'teachers' | 'teacherUserIds'>,
): OnSession[] | undefined =>
  body.teachers ??
  body.teacherUserIds?.map((teacherUserId) => ({ teacherUserId, role: 'MAIN' as const }))

/** Each teacher with the path at which the body names them. */
export const withPaths = (body: Pick<SessionPatch, 'teachers'>, teachers: readonly OnSession[]) =>
  teachers.map(({ teacherUserId }, i) => ({
    id: teacherUserId,
    path: body.teachers ? `teachers.${i}.teacherUserId` : `teacherUserIds.${i}`,
  }))

type Warnings = SessionWithWarnings['warnings']

export const toWarnings = (students: Warnings[number]['students'] = []): Warnings =>
  students.length === 0
    ? []
    : [
        {
          code: 'students_double_booked',
          studentUserIds: students.map(({ studentUserId }) => studentUserId),
          students,
        },
      ]

const self = (actor: Actor): OnSession => ({
  teacherUserId: actor.userId,
  role: 'MAIN',
})
