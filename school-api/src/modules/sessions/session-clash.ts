import { conflict } from '@usms/service-kit/errors/app-error'
import { databaseFailure } from '@usms/service-kit/db/prisma-errors'
import { toDate } from '@usms/service-kit/http/fields'
import type { Db, DbOrTx } from '#src/db.ts'
import type { Prisma } from '#src/generated/prisma/client.ts'
import { nameColumns } from './session-answer.ts'
import type { SessionClash } from './sessions.schema.ts'

/** Where and when a session wants to be. */
export interface SessionPlace {
  /** Itself, when it is there already. */
  sessionId: string | null
  sectionId: string
  roomId: string | null
  teacherUserIds: readonly string[]
  startsAt: Date
  endsAt: Date
}

type ClashWith = SessionClash['with']

const CLASH_OF_CONSTRAINT: Record<string, ClashWith> = {
  class_session_section_excl: 'section',
  class_session_room_excl: 'room',
  session_teacher_excl: 'teacher',
}

const MESSAGE: Record<ClashWith, string> = {
  section: 'The section has another session in that time',
  teacher: 'A teacher has another session in that time',
  room: 'The room has another session in that time',
}

/**
 * Runs a write that the exclusion constraints may refuse, and then names the session in the way. The constraints decide; the
 * look-up afterwards only finds words for it.
 * @param placeOf the place the write wanted, known once it has read what is there
 * @throws AppError 409 `session_clash`, details a `SessionClash`
 */
export async function namingClashes<T>(
  db: Db,
  placeOf: () => SessionPlace | undefined,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write()
  } catch (error) {
    const found = CLASH_OF_CONSTRAINT[databaseFailure(error)?.constraint ?? '']
    const place = placeOf()
    const inTheWay =
      found && place && (await findClashes(db, place, { times: [place], expected: found })).get(0)
    // Gone again meanwhile: then the constraint's own answer stands.
    if (!inTheWay) throw error
    const { code, detail, details } = toClashAnswer(inTheWay)
    throw conflict(code, detail, details)
  }
}

type Clash = Omit<SessionClash, 'startsAt' | 'endsAt' | 'localDate'> &
  Record<'startsAt' | 'endsAt' | 'localDate', Date>

/** What is said about a session in the way, whether it refuses a request or one date of it. */
export const toClashAnswer = ({ startsAt, endsAt, localDate, ...rest }: Clash) => ({
  code: 'session_clash' as const,
  detail: MESSAGE[rest.with],
  details: {
    ...rest,
    startsAt: startsAt.toISOString(),
    endsAt: endsAt.toISOString(),
    localDate: toDate(localDate),
  } satisfies SessionClash,
})

interface ClashQuestion {
  /** When the place is wanted. */
  times: readonly Pick<SessionPlace, 'startsAt' | 'endsAt'>[]
  /** What to name first when several things clash; otherwise the section, then the room. */
  expected?: ClashWith
}

/**
 * What is in the way of a place at each of many times, by their index; those that are free are left out. One statement, that
 * asks the indexes of the exclusion constraints what the constraints would ask them.
 */
export async function findClashes(
  db: DbOrTx,
  { sessionId, sectionId, roomId, teacherUserIds }: Omit<SessionPlace, 'startsAt' | 'endsAt'>,
  { times, expected }: ClashQuestion,
): Promise<Map<number, Clash>> {
  const wanted = JSON.stringify(
    times.map(({ startsAt, endsAt }, n) => ({ n, starts_at: startsAt, ends_at: endsAt })),
  )
  const rows = await db.$queryRaw<(Clash & { n: number })[]>`
    select w.n, c.*
      from jsonb_to_recordset(${wanted}::jsonb) as w (n int, starts_at timestamptz, ends_at timestamptz)
     cross join lateral (
       select c.id as "sessionId", c.section_id as "sectionId", c.starts_at as "startsAt", c.ends_at as "endsAt",
              c.local_date as "localDate", found.with, ${nameColumns}
         from (
           select s.id, 'section' as with, 1 as rank from class_session s
            where s.section_id = ${sectionId}::uuid and s.status <> 'CANCELLED'
              and tstzrange(s.starts_at, s.ends_at, '[)') && tstzrange(w.starts_at, w.ends_at, '[)')
           union all
           select r.id, 'room', 2 from class_session r
            where r.room_id = ${roomId}::uuid and r.room_id is not null and r.status <> 'CANCELLED'
              and tstzrange(r.starts_at, r.ends_at, '[)') && tstzrange(w.starts_at, w.ends_at, '[)')
           union all
           select t.class_session_id, 'teacher', 3
             from unnest(${[...teacherUserIds]}::uuid[]) as wanted_teacher (id)
             join session_teacher t on t.teacher_user_id = wanted_teacher.id and t.status <> 'CANCELLED'
              and tstzrange(t.starts_at, t.ends_at, '[)') && tstzrange(w.starts_at, w.ends_at, '[)')
         ) found join class_session c on c.id = found.id
        where c.id is distinct from ${sessionId}::uuid
        order by (found.with = ${expected ?? null}) desc, found.rank, c.starts_at, c.id
        limit 1
     ) c`
  return new Map(rows.map(({ n, ...clash }) => [n, clash]))
}

/**
 * One writer of the timetable at a time. Without it two clashing writers each wait for the other inside the exclusion
 * constraint, and one is ended as a deadlock a second later instead of hearing what is in the way.
 */
export async function lockTimetable(tx: Prisma.TransactionClient): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('timetable'))`
}
