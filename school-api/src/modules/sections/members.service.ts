import {
  AppError,
  conflict,
  forbidden,
  notFound,
  unprocessable,
} from '@usms/service-kit/errors/app-error'
import { fromDate, toDate, toDateOrNull, toStamps } from '@usms/service-kit/http/fields'
import { keyset, type Page, toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import { reachesSection, reachOf } from '#src/auth/reach.ts'
import type { Db } from '#src/db.ts'
import type { GroupMembership, Prisma } from '#src/generated/prisma/client.ts'
import { unknownReference } from '#src/http/unknown-reference.ts'
import {
  dateOutsideYear,
  lastLeavingDay,
} from '#src/modules/academic-years/academic-years.policy.ts'
import {
  yearContaining,
  type YearDates,
  yearsForDating,
} from '#src/modules/academic-years/academic-years.queries.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import { checkOverride } from './capacity.policy.ts'
import type { MemberAnswer, MemberList, MemberPatch, MembersBody } from './members.schema.ts'
import { capacityExceeded, isTakenOn, lockSections, takenSeats } from './seats.queries.ts'

export interface MembersService {
  /** In the order in which they were added. */
  list(actor: Actor, sectionId: string, query: MemberList): Promise<Page<MemberAnswer>>
  /** All of them or none. @throws AppError 422 `not_a_group`, 409 `already_member` or `capacity_exceeded` */
  add(actor: Actor, sectionId: string, body: MembersBody): Promise<{ items: MemberAnswer[] }>
  close(
    actor: Actor,
    params: { id: string; memberId: string },
    patch: MemberPatch,
  ): Promise<MemberAnswer>
}

interface MembersDeps {
  db: Db
  audit: Audit
  /** The school's calendar date. */
  today: () => Promise<string>
}

type Tx = Prisma.TransactionClient

const WITH_NAMES = {
  student: {
    select: { user: { select: { firstName: true, lastName: true, preferredName: true } } },
  },
} as const

export function createMembersService({ db, audit, today }: MembersDeps): MembersService {
  return {
    async list(actor, sectionId, query) {
      const reach = await reachOf(db, actor)
      const section = await db.section.findUnique({ where: { id: sectionId } })
      if (!section || !reachesSection(reach, sectionId)) throw notFound('section')
      const { where, orderBy, take } = keyset(query, [{ field: 'id', kind: 'uuid' }])
      const matching = { sectionId, ...(query.date !== undefined && openOn(query.date)) }
      const [rows, total] = await Promise.all([
        db.groupMembership.findMany({
          where: { AND: [matching, where] },
          orderBy,
          take,
          include: WITH_NAMES,
        }),
        query.count ? db.groupMembership.count({ where: matching }) : undefined,
      ])
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.id],
        toItem: toMember,
        total,
      })
    },

    async add(actor, sectionId, body) {
      checkOverride(actor, body)
      const reach = await reachOf(db, actor)
      const date = await today()
      return db.$transaction(async (tx) => {
        const section = (await lockSections(tx, [sectionId])).get(sectionId)
        if (!section) throw notFound('section')
        if (!reachesSection(reach, sectionId)) throw forbidden()
        if (section.kind !== 'GROUP')
          throw unprocessable('not_a_group', 'Students are enrolled in a homeroom, not added to it')
        const { year, joinedOn } = await whenJoined(tx, body.joinedOn, date)
        const studentIds = body.studentUserIds ?? (body.studentUserId ? [body.studentUserId] : [])
        const pathOf = (id: string) =>
          body.studentUserIds ? `studentUserIds.${studentIds.indexOf(id)}` : 'studentUserId'
        await checkStudents(tx, { sectionId, year, joinedOn, studentIds, pathOf })
        if (section.capacity !== null && !body.overrideCapacity) {
          const seats = await takenSeats(tx, [sectionId], date)
          const from = joinedOn > date ? joinedOn : date
          const enrolled = seats.filter(
            (seat) => seat.academicYearId === year.id && isTakenOn(seat, from),
          ).length
          if (enrolled + studentIds.length > section.capacity)
            throw capacityExceeded({ sectionId, capacity: section.capacity, enrolled })
        }
        const rows = await tx.groupMembership.createManyAndReturn({
          data: studentIds.map((studentUserId) => ({
            studentUserId,
            sectionId,
            academicYearId: year.id,
            joinedOn: fromDate(joinedOn),
            reason: body.reason ?? null,
          })),
          include: WITH_NAMES,
        })
        await audit.record(tx, actor, {
          action: body.overrideCapacity ? 'member.add-over-capacity' : 'member.add',
          subjectType: 'student',
          subjectIds: studentIds,
          fields: ['memberships'],
        })
        const rowOf = new Map(rows.map((row) => [row.studentUserId, row]))
        return { items: studentIds.flatMap((id) => rowOf.get(id) ?? []).map(toMember) }
      })
    },

    async close(actor, { id: sectionId, memberId }, patch) {
      const reach = await reachOf(db, actor)
      const date = await today()
      return db.$transaction(async (tx) => {
        const [before] = await tx.$queryRaw<{ academicYearId: string; leftOn: Date | null }[]>`
          select academic_year_id as "academicYearId", left_on as "leftOn" from group_membership
           where id = ${memberId}::uuid and section_id = ${sectionId}::uuid for update`
        if (!before) throw notFound('member')
        if (!reachesSection(reach, sectionId)) throw forbidden()
        if (before.leftOn !== null)
          throw conflict('membership_closed', 'The student has left this group already')
        const leftOn = patch.leftOn ?? date
        const year = (await yearsForDating(tx, [before.academicYearId])).get(before.academicYearId)
        if (year && leftOn > lastLeavingDay(year)) throw dateOutsideYear('leftOn', year)
        const row = await tx.groupMembership.update({
          where: { id: memberId },
          data: {
            leftOn: fromDate(leftOn),
            reason: patch.reason ?? null,
            version: { increment: 1 },
          },
          include: WITH_NAMES,
        })
        await audit.record(tx, actor, {
          action: 'member.close',
          subjectType: 'student',
          subjectIds: [row.studentUserId],
          fields: ['memberships'],
        })
        return toMember(row)
      })
    },
  }
}

const openOn = (date: string): Prisma.GroupMembershipWhereInput => ({
  joinedOn: { lte: fromDate(date) },
  OR: [{ leftOn: null }, { leftOn: { gt: fromDate(date) } }],
  academicYear: { endsOn: { gte: fromDate(date) } },
})

/** A group has no year of its own: it is the year of the day. Before the current year begins, its first day is meant. */
async function whenJoined(
  tx: Tx,
  named: string | undefined,
  today: string,
): Promise<{ year: YearDates; joinedOn: string }> {
  const joinedOn = named ?? today
  const year = await yearContaining(tx, joinedOn)
  if (year) return { year, joinedOn }
  const current = await tx.academicYear.findFirst({ where: { isCurrent: true } })
  if (named === undefined && current && toDate(current.startsOn) > today) {
    const coming = await yearContaining(tx, toDate(current.startsOn))
    if (coming) return { year: coming, joinedOn: coming.startsOn }
  }
  throw unprocessable('date_outside_year', `No academic year covers ${joinedOn}`, {
    issues: [{ path: 'joinedOn', message: 'is inside no academic year' }],
  })
}

/** Names every student who is not there or is a member in that time already. The lock on the section keeps the answer true. */
async function checkStudents(
  tx: Tx,
  {
    sectionId,
    year,
    joinedOn,
    studentIds,
    pathOf,
  }: {
    sectionId: string
    year: YearDates
    joinedOn: string
    studentIds: string[]
    pathOf: (id: string) => string
  },
): Promise<void> {
  const known = await tx.studentProfile.findMany({
    where: { userId: { in: studentIds } },
    select: {
      userId: true,
      memberships: {
        where: {
          sectionId,
          academicYearId: year.id,
          OR: [{ leftOn: null }, { leftOn: { gt: fromDate(joinedOn) } }],
        },
        select: { id: true },
      },
    },
  })
  const ids = new Set(known.map((student) => student.userId))
  const missing = studentIds.filter((id) => !ids.has(id))
  if (missing.length > 0)
    throw unknownReference(Object.fromEntries(missing.map((id) => [pathOf(id), 'student'])))
  const members = known.filter((student) => student.memberships.length > 0)
  if (members.length > 0)
    throw new AppError(
      'conflict',
      'already_member',
      'The student is in this group in that time already',
      { issues: members.map(({ userId }) => ({ path: pathOf(userId), message: 'is a member' })) },
    )
}

type MemberRow = GroupMembership & {
  student: { user: { firstName: string; lastName: string | null; preferredName: string | null } }
}

const toMember = ({ student, ...row }: MemberRow): MemberAnswer => ({
  ...toStamps(row),
  sectionId: row.sectionId,
  academicYearId: row.academicYearId,
  studentUserId: row.studentUserId,
  ...student.user,
  joinedOn: toDate(row.joinedOn),
  leftOn: toDateOrNull(row.leftOn),
  reason: row.reason,
})
