import { hashToken, newOpaqueToken, successorOf } from './opaque-token.ts'

/**
 * Sign-in sessions and their rotating refresh tokens, kept in `auth_session` and `refresh_token`: the directory (owners) and
 * every school (users) have both tables with the same columns. A session is a family of tokens: each is spent once.
 */
export interface Sessions {
  open(
    userId: string,
    client: { ip: string | undefined; userAgent: string | undefined },
  ): Promise<{ sessionId: string; refreshToken: string }>
  rotate(refreshToken: string): Promise<Rotation>
  /** Ends the session a refresh token belongs to; an unknown token is not an error. */
  endByToken(refreshToken: string): Promise<{ sessionId: string; userId: string } | null>
  /** Ends live sessions of a user; answers with their ids. */
  end(which: SessionsToEnd): Promise<string[]>
  /** The same inside a transaction: what is decided and its trace stand or fall together. */
  on(tx: SqlClient): Sessions
}

export interface SessionsToEnd {
  userId: string
  /** Only this session. */
  only?: string
  /** All but this one. */
  except?: string
  /** Kept with the session. */
  reason: string
}

export type Rotation =
  | { outcome: 'rotated'; sessionId: string; userId: string; refreshToken: string }
  /** A spent token came back: the family was ended. Worth an audit row. */
  | { outcome: 'reused'; sessionId: string; userId: string }
  | { outcome: 'unknown' }

/** The raw-SQL half of a Prisma client or of one of its transactions. */
export interface SqlClient {
  $queryRawUnsafe<T = unknown>(query: string, ...values: unknown[]): Promise<T>
}

interface SessionOptions {
  db: SqlClient
  /** Keys the derivation of successors; never leaves the server. */
  refreshKey: string
  /** Absolute life of a session in days, however often it is refreshed. */
  lifetimeDays?: number
  /** How long a spent token may be repeated while its successor is unused: two tabs, a lost answer. Seconds. */
  graceSeconds?: number
}

export function createSessions({
  db,
  refreshKey,
  lifetimeDays = 30,
  graceSeconds = 30,
}: SessionOptions): Sessions {
  async function open(
    userId: string,
    client: { ip: string | undefined; userAgent: string | undefined },
  ) {
    const refreshToken = newOpaqueToken()
    const [session] = await db.$queryRawUnsafe<{ id: string }[]>(
      `with session as (
         insert into auth_session (id, user_id, expires_at, ip, user_agent)
         values (uuidv7(), $1::uuid, now() + make_interval(days => $2::int), $3, left($4, 300))
         returning id
       ), token as (
         insert into refresh_token (token_hash, session_id) select $5, id from session
       )
       select id from session`,
      userId,
      lifetimeDays,
      client.ip ?? null,
      client.userAgent ?? null,
      hashToken(refreshToken),
    )
    if (!session) throw new Error('the session was not stored')
    return { sessionId: session.id, refreshToken }
  }

  /**
   * One statement decides, so that fifty requests with the same token get one successor: the UPDATE of the token row is the lock.
   * Spent again inside the grace period, the same successor is derived again, unless somebody has used it.
   */
  async function rotate(refreshToken: string): Promise<Rotation> {
    const successor = successorOf(refreshToken, refreshKey)
    const [row] = await db.$queryRawUnsafe<
      { session_id: string; user_id: string; accepted: boolean }[]
    >(
      `with presented as (
         select t.token_hash, t.session_id, s.user_id
           from refresh_token t join auth_session s on s.id = t.session_id
          where t.token_hash = $1 and s.revoked_at is null and s.expires_at > now()
            for update of t
       ), spent as (
         update refresh_token t set spent_at = coalesce(t.spent_at, now())
           from presented p
          where t.token_hash = p.token_hash
            and (t.spent_at is null
                 or (t.spent_at > now() - make_interval(secs => $3::int)
                     and not exists (select 1 from refresh_token n where n.token_hash = $2 and n.spent_at is not null)))
         returning t.session_id
       ), stored as (
         insert into refresh_token (token_hash, session_id)
         select $2, session_id from spent
         on conflict (token_hash) do nothing
       ), used as (
         update auth_session s set last_used_at = now() from spent where s.id = spent.session_id
       ), ended as (
         update auth_session s set revoked_at = now(), revoked_reason = 'refresh token reused'
           from presented p
          where s.id = p.session_id and not exists (select 1 from spent)
       )
       select p.session_id, p.user_id, exists (select 1 from spent) as accepted from presented p`,
      hashToken(refreshToken),
      hashToken(successor),
      graceSeconds,
    )
    if (!row) return { outcome: 'unknown' }
    const session = { sessionId: row.session_id, userId: row.user_id }
    if (!row.accepted) return { outcome: 'reused', ...session }
    return { outcome: 'rotated', ...session, refreshToken: successor }
  }

  async function endByToken(refreshToken: string) {
    const [row] = await db.$queryRawUnsafe<{ id: string; user_id: string }[]>(
      `update auth_session s set revoked_at = now(), revoked_reason = 'signed out'
         from refresh_token t
        where t.token_hash = $1 and s.id = t.session_id and s.revoked_at is null
       returning s.id, s.user_id`,
      hashToken(refreshToken),
    )
    return row ? { sessionId: row.id, userId: row.user_id } : null
  }

  return {
    open,
    rotate,
    endByToken,
    end: (which) => endSessions(db, which),
    on: (tx) => createSessions({ db: tx, refreshKey, lifetimeDays, graceSeconds }),
  }
}

/** Ends live sessions where there is no service at hand that opens them; answers with their ids. */
export async function endSessions(
  db: SqlClient,
  { userId, only, except, reason }: SessionsToEnd,
): Promise<string[]> {
  const rows = await db.$queryRawUnsafe<{ id: string }[]>(
    `update auth_session set revoked_at = now(), revoked_reason = $4
      where user_id = $1::uuid and revoked_at is null and expires_at > now()
        and ($2::uuid is null or id = $2::uuid) and ($3::uuid is null or id <> $3::uuid)
     returning id`,
    userId,
    only ?? null,
    except ?? null,
    reason,
  )
  return rows.map((row) => row.id)
}
