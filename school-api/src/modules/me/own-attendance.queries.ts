import { decodeCursor } from '@usms/service-kit/http/list'
import type { DbOrTx } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import type { Range } from '#src/modules/attendance/attendance.queries.ts'
import type { OwnAttendanceAnswer, OwnAttendanceQuery } from './me.schema.ts'
import { instantSql, sectionAndSubject } from './own-sessions.queries.ts'

type OwnEntry = OwnAttendanceAnswer['items'][number]

/** A pupil's entries as a screen shows them, newest session first. One row more than the page has. */
export function ownEntries(
  db: DbOrTx,
  pupilId: string,
  { from, to }: Range,
  { show, limit, cursor }: Pick<OwnAttendanceQuery, 'show' | 'limit' | 'cursor'>,
): Promise<OwnEntry[]> {
  const [startsAt, id] = cursor === undefined ? [] : decodeCursor(cursor, ['time', 'uuid'])
  const older =
    cursor === undefined
      ? Prisma.empty
      : Prisma.sql`and (c.starts_at, e.id) < (${startsAt}::timestamptz, ${id}::uuid)`
  const notable = show === 'notable' ? Prisma.sql`and e.status <> 'PRESENT'` : Prisma.empty
  return db.$queryRaw`
    select e.id, e.status, k.name, k.counts_present as "countsPresent", k.counts_possible as "countsPossible",
           e.minutes_late as "minutesLate", e.note, c.kind, ${instantSql(Prisma.sql`c.starts_at`)} as "startsAt",
           ${instantSql(Prisma.sql`c.ends_at`)} as "endsAt", c.local_date::text as "localDate", ${sectionAndSubject}
      from attendance_entry e
      join attendance_code k on k.code = e.status
      join class_session c on c.id = e.class_session_id
      join section s on s.id = c.section_id
      left join subject b on b.id = c.subject_id
     where e.student_user_id = ${pupilId}::uuid and c.local_date between ${from}::date and ${to}::date ${notable} ${older}
     order by c.starts_at desc, e.id desc
     limit ${limit + 1}`
}
