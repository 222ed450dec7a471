import { createHash } from 'node:crypto'
import { createPrismaTranslation } from '@usms/service-kit/db/prisma-errors'
import {
  AppError,
  type ErrorKind,
  type InputIssue,
  invalidInput,
  unprocessable,
} from '@usms/service-kit/errors/app-error'
import type { Request, Response } from 'express'
import type { Actor } from '#src/auth/actor.ts'
import type { Db, InTransaction } from '#src/db.ts'
import type { Prisma } from '#src/generated/prisma/client.ts'
import { constraintAnswers } from './constraint-answers.ts'

const KEPT_MS = 24 * 60 * 60 * 1_000
const SWEEP_EVERY_MS = 10 * 60 * 1_000
const SWEPT_AT_ONCE = 5_000

/** 1 to 200 visible characters of ASCII. */
const KEY = /^[\x21-\x7e]{1,200}$/

/**
 * Gives a handler the transaction for its write. When the request names an `Idempotency-Key`, the same actor, route, key and body
 * do the work once: whoever asks again within a day gets the first answer, with `Idempotency-Replayed: true`. Answer and effect are
 * kept in one transaction, so that a crash leaves both or neither. What the work returns must be JSON.
 * @throws AppError 400 for what is no key; 409 `request_in_progress` while the first is under way; 422
 * `idempotency_key_reused` for another body
 */
export type Once = (request: {
  actor: Pick<Actor, 'userId'>
  req: Request
  res: Response
}) => InTransaction

interface KeyedRequest {
  userId: string
  /** Method and path. */
  route: string
  key: string
  bodyHash: string
  at: Date
}

interface KeptRefusal {
  kind: ErrorKind
  code: string
  message: string
  issues?: readonly InputIssue[]
  details?: Record<string, unknown>
}

type Kept = { bodyHash: string } & (
  { refusedWith: null; answer: unknown } | { refusedWith: number; answer: KeptRefusal }
)

type Outcome<T> = { answer: T; isReplay: boolean } | { refusal: AppError; isReplay: boolean }

export function createOnce({ db, now }: { db: Db; now: () => Date }): Once {
  const translate = createPrismaTranslation(constraintAnswers)
  let nextSweepAtMs = 0

  return ({ actor, req, res }) => {
    const key = keyOf(req)
    if (key === undefined) return (work) => db.$transaction(work)
    return async (work) => {
      const at = now()
      const request = {
        userId: actor.userId,
        route: `${req.method} ${req.path}`,
        key,
        bodyHash: hashOf(req.body),
        at,
      }
      await sweep(at)
      const outcome = await db.$transaction((tx) => answerOnce(tx, request, work))
      if (outcome.isReplay) res.setHeader('Idempotency-Replayed', 'true')
      if ('refusal' in outcome) throw outcome.refusal
      return outcome.answer
    }
  }

  async function answerOnce<T>(
    tx: Prisma.TransactionClient,
    request: KeyedRequest,
    work: (tx: Prisma.TransactionClient) => Promise<T>,
  ): Promise<Outcome<T>> {
    await holdKey(tx, request)
    const kept = await keptAnswer(tx, request)
    if (kept) return replay(kept, request)
    // A refusal is kept as well: what was written before it is undone, and the key stays ours meanwhile.
    await tx.$executeRaw`savepoint effect`
    try {
      const answer = await work(tx)
      await keep(tx, request, { refusedWith: null, answer })
      return { answer, isReplay: false }
    } catch (error) {
      const refusal = error instanceof AppError ? error : translate(error)
      if (!refusal || !isKept(refusal)) throw error
      await tx.$executeRaw`rollback to savepoint effect`
      await keep(tx, request, { refusedWith: refusal.status, answer: toKept(refusal) })
      return { refusal, isReplay: false }
    }
  }

  /**
   * Removes what is older than a day, in a transaction of its own that waits for nobody: inside the work's, two that remove each
   * other's keys would wait for each other.
   */
  async function sweep(at: Date): Promise<void> {
    if (at.getTime() < nextSweepAtMs) return
    nextSweepAtMs = at.getTime() + SWEEP_EVERY_MS
    await db.$executeRaw`
      delete from kept_answer where (user_id, route, key) in (
        select user_id, route, key from kept_answer where kept_at <= ${oldest(at)}::timestamptz
         limit ${SWEPT_AT_ONCE} for update skip locked)`
  }
}

function keyOf(req: Request): string | undefined {
  const key = req.get('Idempotency-Key')
  if (key !== undefined && !KEY.test(key))
    throw invalidInput([
      { path: 'Idempotency-Key', message: 'must be 1 to 200 visible ASCII characters' },
    ])
  return key
}

/** Of what the client sent, and not of what the schema made of it: a release later that may have other defaults. */
const hashOf = (body: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(body, (_, value: unknown) => inOrder(value)) ?? '')
    .digest('hex')

/** The order in which an object's fields were sent says nothing. */
const inOrder = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

const oldest = (at: Date): string => new Date(at.getTime() - KEPT_MS).toISOString()

/** A lock of the transaction, and no row that says "under way": that would outlive a crash. */
async function holdKey(
  tx: Prisma.TransactionClient,
  { userId, route, key }: KeyedRequest,
): Promise<void> {
  const [lock] = await tx.$queryRaw<{ isOurs: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtextextended(${`once ${userId} ${route} ${key}`}, 0)) as "isOurs"`
  if (!lock?.isOurs)
    throw new AppError(
      'conflict',
      'request_in_progress',
      'The request with this Idempotency-Key is under way',
      { retryAfterSeconds: 1 },
    )
}

/** After the lock, in a statement of its own, which sees what whoever held it before has kept. */
async function keptAnswer(
  tx: Prisma.TransactionClient,
  { userId, route, key, at }: KeyedRequest,
): Promise<Kept | undefined> {
  const [kept] = await tx.$queryRaw<Kept[]>`
    select body_hash as "bodyHash", refused_with as "refusedWith", answer
      from kept_answer
     where user_id = ${userId}::uuid and route = ${route} and key = ${key}
       and kept_at > ${oldest(at)}::timestamptz`
  return kept
}

function replay<T>(kept: Kept, { bodyHash }: KeyedRequest): Outcome<T> {
  if (kept.bodyHash !== bodyHash)
    throw unprocessable(
      'idempotency_key_reused',
      'This Idempotency-Key came with another body before',
      { issues: [{ path: 'Idempotency-Key', message: 'was used for another body' }] },
    )
  if (kept.refusedWith === null) return { answer: kept.answer as T, isReplay: true }
  const { kind, code, message, issues, details } = kept.answer
  const refusal = new AppError(kind, code, message, {
    ...(issues && { issues }),
    ...(details && { details }),
  })
  return { refusal, isReplay: true }
}

/** Not our own failures, nor one that asks to try again: with the same key that would never help. */
const isKept = ({ status, code }: AppError): boolean => status < 500 && code !== 'try_again'

const toKept = ({ kind, code, message, issues, details }: AppError): KeptRefusal => ({
  kind,
  code,
  message,
  ...(issues && { issues }),
  ...(details && { details }),
})

/** In the place of one that is too old, where it was not removed yet. */
async function keep(
  tx: Prisma.TransactionClient,
  { userId, route, key, bodyHash, at }: KeyedRequest,
  { refusedWith, answer }: { refusedWith: number | null; answer: unknown },
): Promise<void> {
  await tx.$executeRaw`
    insert into kept_answer (user_id, route, key, body_hash, refused_with, answer, kept_at)
    values (${userId}::uuid, ${route}, ${key}, ${bodyHash}, ${refusedWith}::int, ${JSON.stringify(answer ?? null)}::jsonb,
            ${at.toISOString()}::timestamptz)
        on conflict (user_id, route, key) do update
       set body_hash = excluded.body_hash, refused_with = excluded.refused_with, answer = excluded.answer,
           kept_at = excluded.kept_at`
}
