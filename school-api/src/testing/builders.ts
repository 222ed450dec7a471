import { fromDate } from '@usms/service-kit/http/fields'
import type { Db } from '#src/db.ts'
import type { Prisma, User } from '#src/generated/prisma/client.ts'
import type { Role } from '#src/generated/prisma/enums.ts'
import { AROUND_TODAY, day } from './days.ts'

/** Test data, written straight into the database. Every builder takes overrides; names count up so that nothing clashes. */
let counter = 0
const next = () => ++counter

type UserOverrides = Partial<Prisma.UserUncheckedCreateInput>

export async function buildUser(db: Db, role: Role, overrides: UserOverrides = {}): Promise<User> {
  const username = overrides.username ?? `${role.toLowerCase()}${next()}`
  return db.user.create({
    data: {
      usernameKey: username.toLowerCase(),
      firstName: 'Asha',
      lastName: `Rao ${next()}`,
      role,
      ...overrides,
      username,
    },
  })
}

export const buildAdmin = (db: Db, overrides?: UserOverrides) => buildUser(db, 'ADMIN', overrides)

export async function buildTeacher(
  db: Db,
  overrides: UserOverrides & { teacherCode?: string } = {},
): Promise<User> {
  const { teacherCode, ...user } = overrides
  const teacher = await buildUser(db, 'TEACHER', user)
  await db.teacherProfile.create({
    data: { userId: teacher.id, teacherCode: teacherCode ?? `T-${next()}` },
  })
  return teacher
}

export async function buildStudent(db: Db, overrides: UserOverrides = {}): Promise<User> {
  const student = await buildUser(db, 'STUDENT', overrides)
  await db.studentProfile.create({ data: { userId: student.id, admissionNo: `A-${next()}` } })
  return student
}

export async function buildParent(
  db: Db,
  childIds: string[],
  overrides: UserOverrides = {},
): Promise<User> {
  const parent = await buildUser(db, 'PARENT', overrides)
  await db.guardianLink.createMany({
    data: childIds.map((studentUserId) => ({ guardianUserId: parent.id, studentUserId })),
  })
  return parent
}

/** The current year, five months around today unless told otherwise: tests must pass in any year. */
export const buildYear = (
  db: Db,
  { startsOn = AROUND_TODAY.startsOn, endsOn = AROUND_TODAY.endsOn, isCurrent = true } = {},
) =>
  db.academicYear.create({
    data: {
      code: `Y${next()}`,
      name: 'A year',
      startsOn: fromDate(startsOn),
      endsOn: fromDate(endsOn),
      isCurrent,
    },
  })

export const buildGrade = (db: Db) =>
  db.grade.create({ data: { code: `G${next()}`, name: 'A grade', orderNo: next() } })

export async function buildHomeroom(
  db: Db,
  overrides: Partial<Prisma.SectionUncheckedCreateInput> = {},
) {
  const gradeId = overrides.gradeId ?? (await buildGrade(db)).id
  return db.section.create({
    data: { kind: 'HOMEROOM', name: `Section ${next()}`, ...overrides, gradeId },
  })
}

export const buildGroup = (db: Db, overrides: Partial<Prisma.SectionUncheckedCreateInput> = {}) =>
  db.section.create({ data: { kind: 'GROUP', name: `Group ${next()}`, ...overrides } })

export const buildEnrollment = (
  db: Db,
  {
    studentId,
    yearId,
    sectionId,
    joinedOn = AROUND_TODAY.startsOn,
    leftOn,
  }: { studentId: string; yearId: string; sectionId: string; joinedOn?: string; leftOn?: string },
) =>
  db.studentEnrollment.create({
    data: {
      studentUserId: studentId,
      academicYearId: yearId,
      sectionId,
      joinedOn: fromDate(joinedOn),
      leftOn: leftOn ? fromDate(leftOn) : null,
    },
  })

/** An open assignment of a teacher to a section. */
export const buildTeaching = (
  db: Db,
  {
    teacherId,
    sectionId,
    yearId,
    startsOn = AROUND_TODAY.startsOn,
  }: { teacherId: string; sectionId: string; yearId: string; startsOn?: string },
) =>
  db.teachingAssignment.create({
    data: {
      teacherUserId: teacherId,
      sectionId,
      academicYearId: yearId,
      startsOn: fromDate(startsOn),
    },
  })

/** A session four days ago, 10:00 to 10:45 in Kolkata, unless told otherwise. */
export const buildSession = (
  db: Db,
  {
    sectionId,
    yearId,
    teacherIds,
    createdById,
    byOffice = true,
    startsAt = `${day(-4)}T04:30:00Z`,
    endsAt = `${day(-4)}T05:15:00Z`,
    localDate = day(-4),
  }: {
    sectionId: string
    yearId: string
    teacherIds: string[]
    createdById: string
    byOffice?: boolean
    startsAt?: string
    endsAt?: string
    localDate?: string
  },
) =>
  db.classSession.create({
    data: {
      sectionId,
      academicYearId: yearId,
      createdById,
      byOffice,
      startsAt: new Date(startsAt),
      endsAt: new Date(endsAt),
      localDate: fromDate(localDate),
      teachers: {
        create: teacherIds.map((teacherUserId) => ({ teacherUserId, duty: 'MAIN' as const })),
      },
    },
  })
