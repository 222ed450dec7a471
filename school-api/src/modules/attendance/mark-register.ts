import {
  AppError,
  conflict,
  forbidden,
  notFound,
  unprocessable,
} from '@usms/service-kit/errors/app-error'
import { toDate } from '@usms/service-kit/http/fields'
import { type Actor, isOffice } from '#src/auth/actor.ts'
import { reachesSection, reachOf } from '#src/auth/reach.ts'
import type { InTransaction } from '#src/db.ts'
import type { Prisma } from '#src/generated/prisma/client.ts'
import { canCorrect, canMark } from './attendance.policy.ts'
import type { MarkAnswer, MarkBody } from './attendance.schema.ts'
import type { AttendanceDeps } from './attendance.service.ts'
import { markFacts, noteRegisterTaken, saveMarks, sessionToMark } from './mark-register.queries.ts'
import { type MarkFault, type MarkPlan, planMarks } from './mark-plan.ts'

/**
 * A whole register in one transaction, with the same few statements for one student and for 500. The session's row is locked
 * first: two calls for one register, and a call beside a cancellation, go one after the other.
 */
export const markRegister = (
  { db, audit, schoolTime, now }: AttendanceDeps,
  actor: Actor,
  { classSessionId, entries, reason }: MarkBody,
  inTransaction: InTransaction = (work) => db.$transaction(work),
): Promise<MarkAnswer> =>
  inTransaction(async (tx) => {
    const at = now()
    const session = await sessionToMark(tx, classSessionId)
    if (!session) throw notFound('class session')
    const sectionReached = reachesSection(await reachOf(tx, actor), session.sectionId)
    if (!canMark(actor, { sectionReached, teachers: session.teachers }))
      throw forbidden('Only a teacher of the session, or the office, may mark its register')
    if (session.status === 'CANCELLED')
      throw conflict('session_cancelled', 'The session has been cancelled')
    if (session.startsAt > at)
      throw unprocessable('session_in_future', 'The session has not begun yet')

    const plan = planMarks(entries, await markFacts(tx, session, entries), {
      userId: actor.userId,
      byOffice: isOffice(actor),
      canCorrect: canCorrect(actor, {
        localDate: toDate(session.localDate),
        today: await schoolTime.today(at, tx),
        correctionDays: session.correctionDays,
      }),
    })
    refuseFaults(plan)
    refuseChanged(plan)
    const registerTaken = await write(tx, plan)
    return {
      classSessionId,
      marked: entries.length - plan.kept,
      kept: plan.kept,
      registerTaken,
      markedAt: at.toISOString(),
    }

    async function write(tx: Prisma.TransactionClient, { writes }: MarkPlan) {
      if (writes.length > 0) {
        await saveMarks(tx, writes, {
          classSessionId,
          markedByUserId: actor.userId,
          byOffice: isOffice(actor),
          at,
          reason: reason ?? null,
        })
        await audit.record(tx, actor, {
          action: 'register.mark',
          subjectType: 'class-session',
          subjectIds: [classSessionId],
          fields: ['entries'],
        })
      }
      return noteRegisterTaken(tx, classSessionId, at)
    }
  })

const FAULT_MESSAGES: [MarkFault, string][] = [
  ['not_on_roster', 'Somebody is not on the roster of this session'],
  ['unknown_code', 'An attendance code is not one of this school’s'],
  ['minutes_not_taken', 'Minutes go only with a code that takes them'],
]

/** What somebody else marked is not overwritten by who has not seen it. */
function refuseChanged({ changedMeanwhile }: MarkPlan) {
  if (changedMeanwhile.length > 0)
    throw new AppError(
      'conflict',
      'marked_meanwhile',
      'Somebody else has marked this register meanwhile; read it again',
      { issues: changedMeanwhile },
    )
}

/** One bad entry refuses the whole call, and every bad one is named. */
function refuseFaults({ faults, tooLate }: MarkPlan) {
  for (const [code, message] of FAULT_MESSAGES)
    if (faults.some((fault) => fault.code === code))
      throw unprocessable(code, message, {
        issues: faults.map(({ path, message: issue }) => ({ path, message: issue })),
      })
  if (tooLate.length > 0)
    throw new AppError(
      'forbidden',
      'correction_window_closed',
      'The time in which a teacher may correct this register is over; ask the office',
      { issues: tooLate },
    )
}
