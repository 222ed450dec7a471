import { conflict, forbidden, notFound } from '@usms/service-kit/errors/app-error'
import { fromDate } from '@usms/service-kit/http/fields'
import { type ExpectedVersions, requireVersion } from '@usms/service-kit/http/if-match'
import { type Actor, isOffice } from '#src/auth/actor.ts'
import { reachesSection, reachOf } from '#src/auth/reach.ts'
import type { Prisma } from '#src/generated/prisma/client.ts'
import { namedTeachers, toWarnings, withPaths } from './create-session.ts'
import { type SessionColumns, toSession } from './session-answer.ts'
import { lockTimetable, namingClashes, type SessionPlace } from './session-clash.ts'
import { sessionTimes } from './session-times.ts'
import { canChangeSession, canChangeTeachers } from './sessions.policy.ts'
import {
  checkReferences,
  doubleBookedStudents,
  findSession,
  lockSession,
  yearOf,
} from './sessions.queries.ts'
import type {
  OnSession,
  SessionAnswer,
  SessionPatch,
  SessionWithWarnings,
} from './sessions.schema.ts'
import type { SessionsDeps } from './sessions.service.ts'

export async function changeSession(
  { db, audit, schoolTime }: SessionsDeps,
  actor: Actor,
  id: string,
  patch: SessionPatch,
  versions: ExpectedVersions,
): Promise<SessionWithWarnings> {
  let place: SessionPlace | undefined
  return namingClashes(
    db,
    () => place,
    () =>
      db.$transaction(async (tx) => {
        await lockTimetable(tx)
        const row = await findToChange(tx, actor, { id, versions })
        const teachersBefore = row.teachers
        const named = namedTeachers(patch)
        const teachers: readonly OnSession[] = named ?? teachersBefore
        if (named && !canChangeTeachers(actor, { before: teachersBefore, after: named }))
          throw forbidden('Who else is on a session is for the office to change')
        const newTimes = {
          startsAt: patch.startsAt === undefined ? row.startsAt : new Date(patch.startsAt),
          endsAt: patch.endsAt === undefined ? row.endsAt : new Date(patch.endsAt),
        }
        const columns = {
          subjectId: patch.subjectId === undefined ? row.subjectId : patch.subjectId,
          roomId: patch.roomId === undefined ? row.roomId : patch.roomId,
        }
        const moves = !sameTime(newTimes, row)
        const changesTeachers = !sameTeachers(teachersBefore, teachers)
        const changed = [
          ...(['startsAt', 'endsAt'] as const).filter(
            (field) => newTimes[field].getTime() !== row[field].getTime(),
          ),
          ...(['subjectId', 'roomId'] as const).filter((field) => columns[field] !== row[field]),
          ...(changesTeachers ? ['teachers'] : []),
        ]
        if (changed.length === 0) return { ...toSession(row, actor), warnings: [] }

        place = {
          sessionId: id,
          sectionId: row.sectionId,
          roomId: columns.roomId,
          teacherUserIds: teachers.map(({ teacherUserId }) => teacherUserId),
          ...newTimes,
        }
        await checkReferences(tx, {
          sectionId: row.sectionId,
          subjectId: patch.subjectId,
          roomId: patch.roomId,
          teachers: withPaths(patch, named ?? []),
        })
        // Off first, on last: otherwise somebody who leaves would clash at the new time.
        if (changesTeachers) await tx.sessionTeacher.deleteMany({ where: { classSessionId: id } })
        await tx.classSession.update({
          where: { id },
          data: {
            ...columns,
            ...(moves && (await movedTo(tx, row, newTimes))),
            ...(changesTeachers && isOffice(actor) && { byOffice: true }),
            version: { increment: 1 },
          },
          select: { id: true },
        })
        if (changesTeachers)
          await tx.sessionTeacher.createMany({
            data: teachers.map(({ teacherUserId, role }) => ({
              classSessionId: id,
              teacherUserId,
              duty: role,
              status: row.status,
              ...newTimes,
            })),
          })
        await audit.record(tx, actor, {
          action: 'class-session.update',
          subjectType: 'class-session',
          subjectIds: [id],
          fields: changed,
        })
        return {
          ...toSession(await saved(tx, id), actor),
          warnings: moves ? toWarnings((await doubleBookedStudents(tx, [id])).get(id)) : [],
        }
      }),
  )

  /** The columns of a new time. A session with entries stays: they are about that lesson. */
  async function movedTo(
    tx: Prisma.TransactionClient,
    row: SessionColumns,
    wanted: { startsAt: Date; endsAt: Date },
  ) {
    await refuseMarked(tx, row.id)
    const { lastDate, localDate, ...times } = sessionTimes(wanted, await schoolTime.zone(tx))
    return {
      ...times,
      localDate: fromDate(localDate),
      academicYearId: await yearOf(tx, localDate, lastDate),
    }
  }
}

export const cancelSession = (
  { db, audit }: SessionsDeps,
  actor: Actor,
  { id, reason, versions }: { id: string; reason: string; versions: ExpectedVersions },
): Promise<SessionAnswer> =>
  db.$transaction(async (tx) => {
    await findToChange(tx, actor, { id, versions })
    await refuseMarked(tx, id)
    await tx.classSession.update({
      where: { id },
      data: { status: 'CANCELLED', cancelReason: reason, version: { increment: 1 } },
      select: { id: true },
    })
    await audit.record(tx, actor, {
      action: 'class-session.cancel',
      subjectType: 'class-session',
      subjectIds: [id],
      fields: ['status', 'cancelReason'],
    })
    return toSession(await saved(tx, id), actor)
  })

async function saved(tx: Prisma.TransactionClient, id: string): Promise<SessionColumns> {
  const row = await findSession(tx, id)
  if (!row) throw new Error('what was changed is there')
  return row
}

/** The session, locked, when the actor may change it. */
async function findToChange(
  tx: Prisma.TransactionClient,
  actor: Actor,
  { id, versions }: { id: string; versions: ExpectedVersions },
): Promise<SessionColumns> {
  const row = (await lockSession(tx, id)) && (await findSession(tx, id))
  if (!row) throw notFound('class session')
  const sectionReached = reachesSection(await reachOf(tx, actor), row.sectionId)
  if (!canChangeSession(actor, { sectionReached, teachers: row.teachers }))
    throw forbidden('Only a teacher of the session, or the office, may change it')
  requireVersion(row.version, versions)
  if (row.status === 'CANCELLED')
    throw conflict('session_cancelled', 'The session has been cancelled')
  return row
}

async function refuseMarked(tx: Prisma.TransactionClient, id: string) {
  const entry = await tx.attendanceEntry.findFirst({
    where: { classSessionId: id },
    select: { id: true },
  })
  if (entry) throw conflict('entries_exist', 'The register of this session has entries')
}

const sameTime = (
  a: { startsAt: Date; endsAt: Date },
  b: { startsAt: Date; endsAt: Date },
): boolean =>
  a.startsAt.getTime() === b.startsAt.getTime() && a.endsAt.getTime() === b.endsAt.getTime()

function sameTeachers(before: readonly OnSession[], after: readonly OnSession[]): boolean {
  const spelled = (teachers: readonly OnSession[]) =>
    teachers
      .map(({ teacherUserId, role }) => `${teacherUserId} ${role}`)
      .sort()
      .join()
  return spelled(before) === spelled(after)
}
