import { notFound } from '@usms/service-kit/errors/app-error'
import { fromDate, toDate } from '@usms/service-kit/http/fields'
import { keyset, type Page, toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import { inSectionsWithin, reachesSection, reachOf, studentsWithin } from '#src/auth/reach.ts'
import type { Db, InTransaction } from '#src/db.ts'
import type { AttendanceChange } from '#src/generated/prisma/client.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import type { SchoolTime } from '#src/modules/settings/school-time.ts'
import {
  countAttendance,
  countMissingRegisters,
  currentYearStart,
  type EntryRow,
  missingRegisters,
  type SessionOfEntry,
  studentEntries,
} from './attendance.queries.ts'
import type {
  EntryAnswer,
  EntryChangeAnswer,
  EntryList,
  HistoryQuery,
  MarkAnswer,
  MarkBody,
  MissingAnswer,
  MissingQuery,
  StudentAttendanceAnswer,
  StudentAttendanceQuery,
} from './attendance.schema.ts'
import { markRegister } from './mark-register.ts'

export interface AttendanceDeps {
  db: Db
  audit: Audit
  schoolTime: SchoolTime
  now: () => Date
}

export interface AttendanceService {
  /**
   * @throws AppError 403, also `correction_window_closed`; 409 `session_cancelled` or `marked_meanwhile`; 422 `session_in_future`,
   * `not_on_roster`, `unknown_code` or `minutes_not_taken`, naming every bad entry
   */
  mark(actor: Actor, body: MarkBody, inTransaction?: InTransaction): Promise<MarkAnswer>
  list(actor: Actor, query: EntryList): Promise<Page<EntryAnswer>>
  ofStudent(
    actor: Actor,
    studentId: string,
    query: StudentAttendanceQuery,
  ): Promise<StudentAttendanceAnswer>
  missing(actor: Actor, query: MissingQuery): Promise<Page<MissingAnswer>>
  history(actor: Actor, entryId: string, query: HistoryQuery): Promise<Page<EntryChangeAnswer>>
}

export function createAttendanceService(deps: AttendanceDeps): AttendanceService {
  const { db, audit, schoolTime, now } = deps
  return {
    mark: (actor, body, inTransaction) => markRegister(deps, actor, body, inTransaction),

    async list(actor, query) {
      const reach = await reachOf(db, actor)
      const filter = await entryFilter(query)
      const { where, orderBy, take } = keyset(query, [
        { field: 'classSessionId', kind: 'uuid' },
        { field: 'id', kind: 'uuid' },
      ])
      const [rows, total] = await Promise.all([
        db.attendanceEntry.findMany({ where: { AND: [where, filter] }, orderBy, take }),
        query.count ? db.attendanceEntry.count({ where: filter }) : undefined,
      ])
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.classSessionId, row.id],
        toItem: toEntry,
        total,
      })

      /** What is not there, or not the actor's to see, is said so: an empty list would look like a register not taken. */
      async function entryFilter({ sectionId, date, classSessionId }: EntryList) {
        if (classSessionId !== undefined) {
          const session = await db.classSession.findFirst({
            where: { AND: [{ id: classSessionId }, inSectionsWithin(reach)] },
            select: { id: true },
          })
          if (!session) throw notFound('class session')
          return { classSessionId }
        }
        const section =
          sectionId !== undefined &&
          reachesSection(reach, sectionId) &&
          (await db.section.findUnique({ where: { id: sectionId }, select: { id: true } }))
        if (!section || date === undefined) throw notFound('section')
        return { session: { sectionId: section.id, localDate: fromDate(date) } }
      }
    },

    async ofStudent(actor, studentId, query) {
      const reach = await reachOf(db, actor)
      const student = await db.studentProfile.findFirst({
        where: { AND: [{ userId: studentId }, studentsWithin(reach, actor)] },
        select: { userId: true },
      })
      if (!student) throw notFound('student')
      const range = await rangeOf(query)
      const [counts, rows] = await Promise.all([
        countAttendance(db, studentId, range),
        studentEntries(db, studentId, range, query),
      ])
      const { present, absent, late, excused } = counts
      if (actor.scope === 'all' || actor.scope === 'taught')
        await audit.record(db, actor, {
          action: 'student-attendance.read',
          subjectType: 'student',
          subjectIds: [studentId],
        })
      return {
        studentUserId: studentId,
        ...range,
        ...counts,
        ...toPage(rows, {
          limit: query.limit,
          keyOf: (row) => [row.startsAt.toISOString(), row.id],
          toItem: (row) => ({
            ...toEntry(row),
            code: row.code,
            session: { ...toSessionOfEntry(row), subject: row.subject },
          }),
          total: query.count ? present + absent + late + excused : undefined,
        }),
      }
    },

    async missing(actor, query) {
      const at = now()
      const [reach, date] = await Promise.all([
        reachOf(db, actor),
        query.date ?? schoolTime.today(at),
      ])
      const asked = { reach, date, now: at }
      const [rows, total] = await Promise.all([
        missingRegisters(db, asked, query),
        query.count ? countMissingRegisters(db, asked) : undefined,
      ])
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.startsAt.toISOString(), row.classSessionId],
        toItem: (row) => ({
          ...toSessionOfEntry(row),
          classSessionId: row.classSessionId,
          subject: row.subject,
          room: row.room,
          teachers: row.teachers,
          rosterSize: row.rosterSize,
          unmarked: row.unmarked,
        }),
        total,
      })
    },

    async history(actor, entryId, query) {
      const reach = await reachOf(db, actor)
      const entry = await db.attendanceEntry.findFirst({
        where: { AND: [{ id: entryId }, { session: inSectionsWithin(reach) }] },
        select: { studentUserId: true },
      })
      if (!entry) throw notFound('attendance entry')
      const { where, orderBy, take } = keyset(query, [
        { field: 'changedAt', kind: 'time', direction: 'desc' },
        { field: 'id', kind: 'uuid', direction: 'desc' },
      ])
      const [rows, total] = await Promise.all([
        db.attendanceChange.findMany({ where: { AND: [where, { entryId }] }, orderBy, take }),
        query.count ? db.attendanceChange.count({ where: { entryId } }) : undefined,
      ])
      await audit.record(db, actor, {
        action: 'attendance-history.read',
        subjectType: 'student',
        subjectIds: [entry.studentUserId],
      })
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.changedAt.toISOString(), row.id],
        toItem: toEntryChange,
        total,
      })
    },
  }

  /** The current year up to today, where the query says nothing. */
  async function rangeOf(query: StudentAttendanceQuery) {
    const to = query.to ?? (await schoolTime.today(now()))
    if (query.from !== undefined) return { from: query.from, to }
    const start = await currentYearStart(db)
    const from = start ? toDate(start) : to
    return { from: from < to ? from : to, to }
  }
}

const toEntry = (row: EntryRow): EntryAnswer => ({
  id: row.id,
  classSessionId: row.classSessionId,
  studentUserId: row.studentUserId,
  status: row.status,
  minutesLate: row.minutesLate,
  note: row.note,
  markedByUserId: row.markedByUserId,
  markedAt: row.markedAt.toISOString(),
  byOffice: row.byOffice,
})

const toSessionOfEntry = (row: SessionOfEntry) => ({
  sectionId: row.sectionId,
  sectionName: row.sectionName,
  kind: row.kind,
  subjectId: row.subjectId,
  startsAt: row.startsAt.toISOString(),
  endsAt: row.endsAt.toISOString(),
  localDate: toDate(row.localDate),
})

const toEntryChange = (row: AttendanceChange): EntryChangeAnswer => ({
  id: row.id,
  changedAt: row.changedAt.toISOString(),
  changedByUserId: row.changedByUserId,
  fromMarkedByUserId: row.fromMarkedByUserId,
  fromMarkedAt: row.fromMarkedAt.toISOString(),
  fromStatus: row.fromStatus,
  toStatus: row.toStatus,
  fromMinutesLate: row.fromMinutesLate,
  toMinutesLate: row.toMinutesLate,
  fromNote: row.fromNote,
  toNote: row.toNote,
  reason: row.reason,
})
