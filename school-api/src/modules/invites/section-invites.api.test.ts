import { hashToken } from '@usms/service-kit/auth/opaque-token'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  buildAdmin,
  buildEnrollment,
  buildGroup,
  buildHomeroom,
  buildParent,
  buildStudent,
  buildTeacher,
  buildTeaching,
  buildYear,
} from '#src/testing/builders.ts'
import { day } from '#src/testing/days.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'
import { whileHeld } from '#src/testing/while-held.ts'
import type { SectionInvitesAnswer } from './invites.schema.ts'

let school: TestSchool
let admin: Client
let yearId: string

beforeAll(async () => {
  school = await startSchool({ env: { DATABASE_POOL_SIZE: '8' } })
  admin = await school.as(await buildAdmin(school.db))
  yearId = (await buildYear(school.db, { startsOn: day(-100), endsOn: day(100) })).id
})
afterAll(() => school.stop())

async function enrol(
  sectionId: string,
  {
    rollNo,
    joinedOn = day(-90),
    leftOn,
    ...user
  }: { rollNo?: number; joinedOn?: string; leftOn?: string } & Parameters<
    typeof buildStudent
  >[1] = {},
) {
  const student = await buildStudent(school.db, user)
  const { id } = await buildEnrollment(school.db, {
    studentId: student.id,
    yearId,
    sectionId,
    joinedOn,
    ...(leftOn && { leftOn }),
  })
  if (rollNo) await school.db.studentEnrollment.update({ where: { id }, data: { rollNo } })
  return student
}

const issue = (client: Client, sectionId: string, body: object = { who: 'students' }) =>
  client.post(`/sections/${sectionId}/invites`).send(body)

async function issued(sectionId: string, body?: object): Promise<SectionInvitesAnswer['items']> {
  const answer = await issue(admin, sectionId, body).expect(201)
  return answer.body.items
}

const idsOf = (items: SectionInvitesAnswer['items']) => items.map(({ userId }) => userId)

const openInvitesOf = (userId: string) =>
  school.db.invite.findMany({ where: { userId, closedAt: null } })

const invitesMade = () => school.db.invite.count()

describe('invites for the students of a section', () => {
  it('are made for everybody who is there or will be, by roll number, each with a link that sets a password', async () => {
    const section = await buildHomeroom(school.db)
    const second = await enrol(section.id, { rollNo: 2, preferredName: 'Ash' })
    const first = await enrol(section.id, { rollNo: 1 })
    const toCome = await enrol(section.id, { joinedOn: day(5) })
    await enrol(section.id, { leftOn: day(-1) })
    await enrol(section.id, { isActive: false })
    const items = await issued(section.id)
    expect(idsOf(items)).toEqual([first.id, second.id, toCome.id])
    expect(items[1]).toMatchObject({
      role: 'STUDENT',
      username: second.username,
      firstName: second.firstName,
      lastName: second.lastName,
      preferredName: 'Ash',
      rollNo: 2,
      token: expect.stringMatching(/^[\w-]{43}$/),
      url: expect.stringContaining(`#token=${items[1]?.token}`),
    })
    expect(items[1]).not.toHaveProperty('children')
    const [invite] = await openInvitesOf(second.id)
    expect(invite?.tokenHash).toBe(hashToken(items[1]?.token ?? ''))
    expect(invite?.expiresAt.toISOString()).toBe(items[1]?.expiresAt)
    await school.anonymous
      .post('/auth/accept-invite')
      .send({ token: items[1]?.token, password: 'a quiet river bends' })
      .expect(204)
    await school.anonymous
      .post('/auth/login')
      .send({ username: second.username, password: 'a quiet river bends' })
      .expect(200)
  })

  it('close the ones before, and leave those of others alone', async () => {
    const section = await buildHomeroom(school.db)
    const pupil = await enrol(section.id)
    const other = await enrol((await buildHomeroom(school.db)).id)
    await admin.post(`/users/${other.id}/invite`).expect(201)
    const [before] = await issued(section.id)
    const [after] = await issued(section.id)
    expect(await openInvitesOf(pupil.id)).toMatchObject([
      { tokenHash: hashToken(after?.token ?? '') },
    ])
    const refused = await school.anonymous
      .post('/auth/accept-invite')
      .send({ token: before?.token, password: 'a quiet river bends' })
    expect(refused.status).toBeGreaterThanOrEqual(400)
    expect(await openInvitesOf(other.id)).toHaveLength(1)
  })

  it('are for those who never signed in alone, when that is asked for', async () => {
    const section = await buildHomeroom(school.db)
    const never = await enrol(section.id)
    await enrol(section.id, { lastLoginAt: new Date() })
    expect(idsOf(await issued(section.id, { who: 'students', onlyNew: true }))).toEqual([never.id])
    expect(await issued(section.id)).toHaveLength(2)
  })

  it('are made for the members of a group, and for nobody in an empty section', async () => {
    const group = await buildGroup(school.db)
    expect(await issued(group.id)).toEqual([])
    const member = await buildStudent(school.db)
    await school.db.groupMembership.create({
      data: {
        studentUserId: member.id,
        sectionId: group.id,
        academicYearId: yearId,
        joinedOn: new Date(day(-90)),
      },
    })
    expect(await issued(group.id)).toMatchObject([{ userId: member.id, rollNo: null }])
  })

  it('leave out a year that is over, though nobody closed its rows, and name nobody twice', async () => {
    const section = await buildHomeroom(school.db)
    const pupil = await enrol(section.id, { rollNo: 7 })
    const last = await buildYear(school.db, {
      startsOn: day(-400),
      endsOn: day(-120),
      isCurrent: false,
    })
    const next = await buildYear(school.db, {
      startsOn: day(120),
      endsOn: day(400),
      isCurrent: false,
    })
    const gone = await buildStudent(school.db)
    for (const [studentId, year] of [
      [gone.id, last],
      [pupil.id, last],
      [pupil.id, next],
    ] as const)
      await buildEnrollment(school.db, {
        studentId,
        yearId: year.id,
        sectionId: section.id,
        joinedOn: year.startsOn.toISOString().slice(0, 10),
      })
    expect(await issued(section.id)).toMatchObject([{ userId: pupil.id, rollNo: 7 }])
  })

  it('are in the audit, as one event about all of them', async () => {
    const section = await buildHomeroom(school.db)
    const pupils = [await enrol(section.id), await enrol(section.id)]
    await issued(section.id)
    const events = await school.db.auditEvent.findMany({
      where: { action: 'user.invite', subjectIds: { has: pupils[0]?.id ?? '' } },
    })
    expect(events.map((event) => [...event.subjectIds].sort())).toEqual([
      pupils.map(({ id }) => id).sort(),
    ])
  })

  it('leave out whoever is deactivated while they are made', async () => {
    const section = await buildHomeroom(school.db)
    const stays = await enrol(section.id)
    const leaves = await enrol(section.id)
    const [answer] = await whileHeld(
      school.db,
      (tx) => tx.user.update({ where: { id: leaves.id }, data: { isActive: false } }),
      () => [issue(admin, section.id)],
    )
    expect(answer?.status).toBe(201)
    expect(idsOf(answer?.body.items)).toEqual([stays.id])
    expect(await openInvitesOf(leaves.id)).toEqual([])
  })

  it('take as many statements for forty as for one', async () => {
    const one = await buildHomeroom(school.db)
    const forty = await buildHomeroom(school.db)
    await enrol(one.id)
    for (let i = 0; i < 40; i++) await enrol(forty.id)
    const statementsOf = async (sectionId: string) => {
      const before = await statements()
      await issued(sectionId)
      return (await statements()) - before
    }
    await statementsOf(one.id)
    expect(await statementsOf(forty.id)).toBe(await statementsOf(one.id))
  })
})

/** Statements that changed rows of the tables written to: each fires a statement trigger of the test's once. */
async function statements(): Promise<number> {
  await school.db.$executeRaw`create table if not exists statement_count (n int)`
  await school.db.$executeRaw`
    create or replace function count_statement() returns trigger language plpgsql as
      'begin insert into statement_count values (1); return null; end'`
  for (const table of ['invite', 'audit_event'])
    await school.db.$executeRawUnsafe(
      `create or replace trigger count_${table} after insert or update on ${table}
         for each statement execute function count_statement()`,
    )
  const [row] = await school.db.$queryRaw<{ n: number }[]>`
    select count(*)::int as n from statement_count`
  return row?.n ?? 0
}

describe('invites for the guardians of a section', () => {
  it('are made once for each, with the children in this section, by the first of them', async () => {
    const section = await buildHomeroom(school.db)
    const second = await enrol(section.id, { rollNo: 2, firstName: 'Bina' })
    const first = await enrol(section.id, { rollNo: 1, firstName: 'Arun' })
    const elsewhere = await enrol((await buildHomeroom(school.db)).id)
    const gone = await enrol(section.id, { isActive: false })
    const ofSecond = await buildParent(school.db, [second.id])
    const ofBoth = await buildParent(school.db, [second.id, first.id, elsewhere.id])
    await buildParent(school.db, [elsewhere.id])
    await buildParent(school.db, [gone.id])
    await buildParent(school.db, [first.id], { isActive: false })
    const items = await issued(section.id, { who: 'guardians' })
    expect(items).toMatchObject([
      {
        userId: ofBoth.id,
        role: 'PARENT',
        children: [
          { studentUserId: first.id, firstName: 'Arun' },
          { studentUserId: second.id, firstName: 'Bina' },
        ],
      },
      { userId: ofSecond.id, children: [{ studentUserId: second.id }] },
    ])
    expect(items[0]).not.toHaveProperty('rollNo')
    expect(await openInvitesOf(first.id)).toEqual([])
  })

  it('are for those who never signed in alone, when that is asked for', async () => {
    const section = await buildHomeroom(school.db)
    const pupil = await enrol(section.id)
    await buildParent(school.db, [pupil.id], { lastLoginAt: new Date() })
    const never = await buildParent(school.db, [pupil.id])
    const items = await issued(section.id, { who: 'guardians', onlyNew: true })
    expect(idsOf(items)).toEqual([never.id])
  })
})

describe('who may issue them', () => {
  it('is a class teacher, for pupils of the own homeroom alone', async () => {
    const { db } = school
    const teacher = await buildTeacher(db)
    const client = await school.as(teacher)
    const own = await buildHomeroom(db, { classTeacherId: teacher.id })
    const taught = await buildHomeroom(db)
    const group = await buildGroup(db, { classTeacherId: teacher.id })
    await buildTeaching(db, { teacherId: teacher.id, sectionId: taught.id, yearId })
    const pupil = await enrol(own.id)
    await enrol(taught.id)
    const answer = await issue(client, own.id).expect(201)
    expect(idsOf(answer.body.items)).toEqual([pupil.id])
    const made = await invitesMade()
    await issue(client, own.id, { who: 'guardians' }).expect(403)
    for (const { id } of [taught, group, { id: crypto.randomUUID() }])
      await issue(client, id).expect(403)
    expect(await invitesMade()).toBe(made)
  })

  it('is nobody else but the office, which is told 404 for no section', async () => {
    const section = await buildHomeroom(school.db)
    const pupil = await enrol(section.id)
    const parent = await buildParent(school.db, [pupil.id])
    for (const user of [pupil, parent]) await issue(await school.as(user), section.id).expect(403)
    await issue(admin, crypto.randomUUID()).expect(404)
  })
})

it('returns 400 for nobody, for somebody else and for an unknown field', async () => {
  const { id } = await buildHomeroom(school.db)
  for (const body of [{}, { who: 'teachers' }, { who: 'students', limit: 1 }])
    await issue(admin, id, body).expect(400)
})
