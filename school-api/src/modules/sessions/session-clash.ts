import { conflict } from '@usms/service-kit/errors/app-error'
import { databaseFailure } from '@usms/service-kit/db/prisma-errors'
import type { Db, DbOrTx } from '#src/db.ts'
import type { Prisma } from '#src/generated/prisma/client.ts'

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

type ClashWith = 'section' | 'teacher' | 'room'

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
 * @throws AppError 409 `session_clash`, details `{ sessionId, sectionId, startsAt, endsAt, with }`
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
    const inTheWay = found && place && (await findClash(db, place, found))
    // Gone again meanwhile: then the constraint's own answer stands.
    if (!inTheWay) throw error
    const { startsAt, endsAt, ...rest } = inTheWay
    throw conflict('session_clash', MESSAGE[inTheWay.with], {
      ...rest,
      startsAt: startsAt.toISOString(),
      endsAt: endsAt.toISOString(),
    })
  }
}

interface Clash {
  sessionId: string
  sectionId: string
  startsAt: Date
  endsAt: Date
  with: ClashWith
}

async function findClash(
  db: DbOrTx,
  { sessionId, sectionId, roomId, teacherUserIds, startsAt, endsAt }: SessionPlace,
  expected: ClashWith,
): Promise<Clash | undefined> {
  const [clash] = await db.$queryRaw<Clash[]>`
    select c.id as "sessionId", c.section_id as "sectionId", c.starts_at as "startsAt", c.ends_at as "endsAt", w.with
      from class_session c cross join lateral (
        select 'section' as with where c.section_id = ${sectionId}::uuid
        union all
        select 'room' where c.room_id = ${roomId}::uuid
        union all
        select 'teacher' where exists (
          select 1 from session_teacher t
           where t.class_session_id = c.id and t.teacher_user_id = any(${[...teacherUserIds]}::uuid[]))
      ) w
     where c.status <> 'CANCELLED' and c.id is distinct from ${sessionId}::uuid
       and c.starts_at < ${endsAt.toISOString()}::timestamptz and c.ends_at > ${startsAt.toISOString()}::timestamptz
     order by w.with = ${expected} desc, c.starts_at, c.id
     limit 1`
  return clash
}

/**
 * One writer of the timetable at a time. Without it two clashing writers each wait for the other inside the exclusion
 * constraint, and one is ended as a deadlock a second later instead of hearing what is in the way.
 */
export async function lockTimetable(tx: Prisma.TransactionClient): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('timetable'))`
}
