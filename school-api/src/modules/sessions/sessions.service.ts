import { notFound } from '@usms/service-kit/errors/app-error'
import { fromDate } from '@usms/service-kit/http/fields'
import { keyset, type Page, toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import { inSectionsWithin, reachOf } from '#src/auth/reach.ts'
import type { Db } from '#src/db.ts'
import type { Prisma } from '#src/generated/prisma/client.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import type { SchoolTime } from '#src/modules/settings/school-time.ts'
import { cancelSession, changeSession } from './change-session.ts'
import { createSession } from './create-session.ts'
import { createRecurring } from './create-recurring.ts'
import { readRegister } from './read-register.ts'
import { toSession, withTeachers } from './session-answer.ts'
import type {
  RecurringBody,
  RecurringMade,
  RegisterAnswer,
  SessionAnswer,
  SessionBody,
  SessionList,
  SessionPatch,
  SessionWithWarnings,
} from './sessions.schema.ts'

export interface SessionsDeps {
  db: Db
  audit: Audit
  schoolTime: SchoolTime
  now: () => Date
}

export interface SessionsService {
  list(actor: Actor, query: SessionList): Promise<Page<SessionAnswer>>
  read(actor: Actor, id: string): Promise<SessionAnswer>
  /**
   * @throws AppError 403; 409 `session_clash`; 422 `unknown_reference`, `outside_year`, `times_out_of_order`,
   * `session_too_long` or `not_a_homeroom`
   */
  create(actor: Actor, body: SessionBody): Promise<SessionWithWarnings>
  /**
   * A lesson of every week. A date that cannot be is told with its reason and refuses no other.
   * @throws AppError 403; 422 `unknown_reference`, `outside_year`, `not_a_homeroom` or `no_dates`
   */
  createRecurring(actor: Actor, body: RecurringBody): Promise<RecurringMade>
  /** @throws AppError as `create`; also 409 `session_cancelled` or `entries_exist` */
  update(actor: Actor, id: string, patch: SessionPatch): Promise<SessionWithWarnings>
  /** @throws AppError 403, 409 `session_cancelled` or `entries_exist` */
  cancel(actor: Actor, id: string, reason: string): Promise<SessionAnswer>
  register(actor: Actor, id: string): Promise<RegisterAnswer>
}

export function createSessionsService(deps: SessionsDeps): SessionsService {
  const { db } = deps
  return {
    async list(actor, query) {
      const { where, orderBy, take } = keyset(query, [
        { field: 'startsAt', kind: 'time' },
        { field: 'id', kind: 'uuid' },
      ])
      const filter = { AND: [inSectionsWithin(await reachOf(db, actor)), toFilter(query)] }
      const [rows, total] = await Promise.all([
        db.classSession.findMany({
          where: { AND: [where, filter] },
          orderBy,
          take,
          include: withTeachers,
        }),
        query.count ? db.classSession.count({ where: filter }) : undefined,
      ])
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.startsAt.toISOString(), row.id],
        toItem: (row) => toSession(row, actor),
        total,
      })
    },

    async read(actor, id) {
      const row = await db.classSession.findFirst({
        where: { AND: [{ id }, inSectionsWithin(await reachOf(db, actor))] },
        include: withTeachers,
      })
      if (!row) throw notFound('class session')
      return toSession(row, actor)
    },

    create: (actor, body) => createSession(deps, actor, body),
    createRecurring: (actor, body) => createRecurring(deps, actor, body),
    update: (actor, id, patch) => changeSession(deps, actor, id, patch),
    cancel: (actor, id, reason) => cancelSession(deps, actor, id, reason),
    register: (actor, id) => readRegister(deps, actor, id),
  }
}

const toFilter = ({
  sectionId,
  teacherId,
  roomId,
  from,
  to,
}: SessionList): Prisma.ClassSessionWhereInput => ({
  ...(sectionId && { sectionId }),
  ...(roomId && { roomId }),
  ...(teacherId && { teachers: { some: { teacherUserId: teacherId } } }),
  localDate: { ...(from && { gte: fromDate(from) }), ...(to && { lte: fromDate(to) }) },
})
