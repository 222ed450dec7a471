import { notFound } from '@usms/service-kit/errors/app-error'
import type { ExpectedVersions } from '@usms/service-kit/http/if-match'
import { type Page, toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import { reachesSection, reachOf } from '#src/auth/reach.ts'
import type { Db } from '#src/db.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import type { SchoolTime } from '#src/modules/settings/school-time.ts'
import { cancelSession, changeSession } from './change-session.ts'
import { createSession } from './create-session.ts'
import { createRecurring } from './create-recurring.ts'
import { readRegister } from './read-register.ts'
import { toSession } from './session-answer.ts'
import { countSessions, findSession, findSessions } from './sessions.queries.ts'
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
  /** @throws AppError as `create`; also 409 `session_cancelled` or `entries_exist`, 412 when it is at none of `versions` */
  update(
    actor: Actor,
    id: string,
    patch: SessionPatch,
    versions?: ExpectedVersions,
  ): Promise<SessionWithWarnings>
  /** @throws AppError 403, 409 `session_cancelled` or `entries_exist`, 412 when it is at none of `versions` */
  cancel(
    actor: Actor,
    id: string,
    reason: string,
    versions?: ExpectedVersions,
  ): Promise<SessionAnswer>
  register(actor: Actor, id: string): Promise<RegisterAnswer>
}

export function createSessionsService(deps: SessionsDeps): SessionsService {
  const { db } = deps
  return {
    async list(actor, query) {
      const reach = await reachOf(db, actor)
      const [rows, total] = await Promise.all([
        findSessions(db, reach, query),
        query.count ? countSessions(db, reach, query) : undefined,
      ])
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.startsAt.toISOString(), row.id],
        toItem: (row) => toSession(row, actor),
        total,
      })
    },

    async read(actor, id) {
      const [reach, row] = await Promise.all([reachOf(db, actor), findSession(db, id)])
      if (!row || !reachesSection(reach, row.sectionId)) throw notFound('class session')
      return toSession(row, actor)
    },

    create: (actor, body) => createSession(deps, actor, body),
    createRecurring: (actor, body) => createRecurring(deps, actor, body),
    update: (actor, id, patch, versions) => changeSession(deps, actor, id, patch, versions),
    cancel: (actor, id, reason, versions) => cancelSession(deps, actor, { id, reason, versions }),
    register: (actor, id) => readRegister(deps, actor, id),
  }
}
