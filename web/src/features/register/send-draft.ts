import type { MarkAnswer } from '@usms/school-api/modules/attendance/attendance.schema'
import type { Api } from '#src/lib/http/api.ts'
import { isPassing, Problem } from '#src/lib/http/problem.ts'
import type { Drafts, Sending } from './drafts.ts'

const TIMEOUT_MS = 30_000

export type SendOutcome =
  | { kind: 'sent'; answer: MarkAnswer; sending: Sending }
  /** The school said no. */
  | { kind: 'refused' }
  /** Nothing came of it; later it may. */
  | { kind: 'delayed' }
  /** Sent by somebody else meanwhile, or taken back. */
  | { kind: 'nothing' }

/** Sends the save of a draft that has one. Over all tabs of this browser one is sent at a time. Never throws. */
export const sendDraft = (
  { api, drafts, lock }: { api: Api; drafts: Drafts; lock: string },
  sessionId: string,
): Promise<SendOutcome> =>
  alone(lock, async () => {
    const sending = drafts.get(sessionId)?.sending
    if (!sending || sending.refusal) return { kind: 'nothing' }
    // It may have become another save while this one was under way.
    const unlessReplaced = (next: Sending | undefined) =>
      drafts.update(sessionId, ({ sending: now, ...draft }) => {
        const kept = now?.key === sending.key ? next : now
        return { ...draft, ...(kept && { sending: kept }) }
      })
    try {
      const answer = await api.post<MarkAnswer>(
        '/attendance/mark',
        {
          classSessionId: sessionId,
          entries: sending.entries,
          ...(sending.reason && { reason: sending.reason }),
        },
        { headers: { 'idempotency-key': sending.key }, signal: AbortSignal.timeout(TIMEOUT_MS) },
      )
      unlessReplaced(undefined)
      return { kind: 'sent', answer, sending }
    } catch (error) {
      if (!isRefusal(error)) {
        unlessReplaced({ ...sending, delayed: true })
        return { kind: 'delayed' }
      }
      unlessReplaced({ ...sending, refusal: { code: error.code, message: error.message } })
      return { kind: 'refused' }
    }
  })

/** What would be refused again, however often it is sent. Signed out is not among it: one signs in again. */
const isRefusal = (error: unknown): error is Problem =>
  error instanceof Problem &&
  error.status >= 400 &&
  error.status < 500 &&
  error.status !== 401 &&
  error.code !== 'request_in_progress' &&
  !isPassing(error)

/** Without the lock (no secure context) the Idempotency-Key alone keeps a save from being done twice. */
const alone = <T>(name: string, work: () => Promise<T>): Promise<T> =>
  'locks' in navigator ? navigator.locks.request(name, work) : work()
