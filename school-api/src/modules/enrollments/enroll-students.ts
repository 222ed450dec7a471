import { forbidden } from '@usms/service-kit/errors/app-error'
import { fromDate, toDate } from '@usms/service-kit/http/fields'
import type { Actor } from '#src/auth/actor.ts'
import { reachesSection, type Reach } from '#src/auth/reach.ts'
import type { Prisma, StudentEnrollment } from '#src/generated/prisma/client.ts'
import { outsideYear, yearContains } from '#src/modules/academic-years/academic-years.policy.ts'
import {
  type YearDates,
  yearsForDating,
} from '#src/modules/academic-years/academic-years.queries.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import { checkOverride } from '#src/modules/sections/capacity.policy.ts'
import { lockSections, takenSeats } from '#src/modules/sections/seats.queries.ts'
import { type Fault, refusal } from './enrollments.policy.ts'
import type { EnrollmentBulk } from './enrollments.schema.ts'
import { giveSeats } from './give-seats.ts'

type Tx = Prisma.TransactionClient
type Enrolling = EnrollmentBulk['enrollments'][number]

interface EnrollStudents {
  audit: Audit
  actor: Actor
  reach: Reach
  /** The school's calendar date. */
  today: string
  body: EnrollmentBulk
  /** Where a fault stands in the request. */
  pathOf: (fault: Pick<Fault, 'index' | 'field'>) => string
}

/**
 * Enrolls students, all or none, with as many statements for two hundred as for one. The sections are locked, so that the last seat and
 * a roll number are given once; that a student has one open enrollment a year is held by the database.
 * @returns the enrollments in the order of the request
 */
export async function enrollStudents(
  tx: Tx,
  { audit, actor, reach, today, body, pathOf }: EnrollStudents,
): Promise<StudentEnrollment[]> {
  checkOverride(actor, body)
  const { enrollments, overrideCapacity, reason } = body
  const years = await yearsForDating(
    tx,
    enrollments.map((one) => one.academicYearId),
  )
  const sections = await lockSections(
    tx,
    enrollments.map((one) => one.sectionId),
  )
  if (enrollments.some(({ sectionId }) => !reachesSection(reach, sectionId)))
    throw forbidden('You may not enroll into this section')

  const requests = enrollments.map((one) => ({
    ...one,
    joinedOn: one.joinedOn ?? firstDay(years.get(one.academicYearId), today),
  }))
  const seats = await takenSeats(tx, [...sections.keys()], today)
  const { rollNos, faults, overfull } = giveSeats(requests, sections, seats, today)
  // First: who is enrolled already and asks again is told that, and not that the own roll number is taken.
  faults.unshift(...(await studentFaults(tx, requests)))
  requests.forEach((request, index) => {
    const refuse = (field: string, code: string, message: string) =>
      faults.push({ index, field, kind: 'unprocessable', code, message })
    const year = years.get(request.academicYearId)
    const section = sections.get(request.sectionId)
    if (!year) refuse('academicYearId', 'unknown_reference', 'no such academic year')
    else if (!yearContains(year, request.joinedOn))
      refuse('joinedOn', 'date_outside_year', outsideYear(year))
    if (!section) refuse('sectionId', 'unknown_reference', 'no such section')
    else if (section.kind !== 'HOMEROOM')
      refuse('sectionId', 'not_a_homeroom', 'students are enrolled in homerooms')
  })
  if (!overrideCapacity) faults.push(...overfull)
  if (faults.length > 0)
    throw refusal(
      faults.sort((a, b) => a.index - b.index),
      pathOf,
    )

  const rows = await tx.studentEnrollment.createManyAndReturn({
    data: requests
      .map((request, index) => ({
        studentUserId: request.studentUserId,
        academicYearId: request.academicYearId,
        sectionId: request.sectionId,
        rollNo: rollNos[index] ?? null,
        joinedOn: fromDate(request.joinedOn),
        reason: reason ?? null,
      }))
      // In one order, or two requests with the same students in other sections would wait for each other.
      .sort((a, b) => (a.studentUserId < b.studentUserId ? -1 : 1)),
  })
  await audit.record(tx, actor, {
    action: overfull.length > 0 ? 'enrollment.create-over-capacity' : 'enrollment.create',
    subjectType: 'enrollment',
    subjectIds: rows.map((row) => row.id),
  })
  const rowOf = new Map(rows.map((row) => [`${row.studentUserId} ${row.academicYearId}`, row]))
  return requests.flatMap((one) => rowOf.get(`${one.studentUserId} ${one.academicYearId}`) ?? [])
}

/** Today; before the year begins, its first day. */
const firstDay = (year: YearDates | undefined, today: string): string =>
  year && today < year.startsOn ? year.startsOn : today

/** Students who are not there, or are enrolled that year in that time. One that races past this is held by the database. */
async function studentFaults(
  tx: Tx,
  requests: readonly (Enrolling & { joinedOn: string })[],
): Promise<Fault[]> {
  const students = await tx.studentProfile.findMany({
    where: { userId: { in: requests.map((request) => request.studentUserId) } },
    select: {
      userId: true,
      enrollments: {
        where: { academicYearId: { in: requests.map((request) => request.academicYearId) } },
        select: { academicYearId: true, leftOn: true },
      },
    },
  })
  const enrolled = new Map(students.map((student) => [student.userId, student.enrollments]))
  return requests.flatMap(({ studentUserId, academicYearId, joinedOn }, index): Fault[] => {
    const enrollments = enrolled
      .get(studentUserId)
      ?.filter((enrollment) => enrollment.academicYearId === academicYearId)
    const at = { index, field: 'studentUserId' }
    if (!enrollments)
      return [
        { ...at, kind: 'unprocessable', code: 'unknown_reference', message: 'no such student' },
      ]
    if (enrollments.some(({ leftOn }) => leftOn === null))
      return [
        {
          ...at,
          kind: 'conflict',
          code: 'already_enrolled',
          message: 'is enrolled in this year already',
        },
      ]
    if (enrollments.some(({ leftOn }) => leftOn !== null && toDate(leftOn) > joinedOn))
      return [
        {
          index,
          field: 'joinedOn',
          kind: 'conflict',
          code: 'enrollment_overlap',
          message: 'the student is enrolled in a homeroom in that time already',
        },
      ]
    return []
  })
}
