import { migrate } from '@usms/service-kit/db/migrate'
import { cloneDatabase } from '@usms/service-kit/testing/postgres'
import { PRISMA_DIR, seedSchool } from '@usms/school-api/provision'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { calendarAround } from './calendar.ts'
import { fillSchool } from './fill-school.ts'
import { BRITISH_NAMES } from './names.ts'
import { showPeople } from './show-people.ts'

describe('calendarAround', () => {
  it('holds today and four weeks before it, on every day of a year', () => {
    for (let day = 0; day < 366; day++) {
      const today = new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10)
      const { startsOn, endsOn, mondays } = calendarAround(today)
      expect(startsOn <= today && today <= endsOn, today).toBe(true)
      expect(mondays.filter((monday) => monday < today).length, today).toBeGreaterThanOrEqual(4)
    }
  })
})

describe('fillSchool and showPeople', () => {
  let database: Awaited<ReturnType<typeof cloneDatabase>>
  let client: pg.Client
  const fill = () => fillSchool({ databaseUrl: database.url, names: BRITISH_NAMES, seed: 7 })
  const count = async (sql: string) =>
    Number((await client.query<{ n: string }>(`select count(*) as n from ${sql}`)).rows[0]?.n)

  beforeAll(async () => {
    database = await cloneDatabase({ prismaDir: PRISMA_DIR })
    await migrate({ url: database.url, prismaDir: PRISMA_DIR })
    await seedSchool(database.url, {
      code: 'DEMO',
      name: 'Demo',
      timezone: 'Europe/London',
      locale: 'en-GB',
      adminEmail: null,
    })
    client = new pg.Client({ connectionString: database.url })
    await client.connect()
  })
  afterAll(async () => {
    await client.end()
    await database.drop()
  })

  it('makes a whole school, with registers taken for at least four weeks', async () => {
    await fill()
    expect(await count(`section where kind = 'HOMEROOM'`)).toBe(6)
    expect(await count(`section where kind = 'GROUP'`)).toBe(4)
    expect(await count('student_profile')).toBe(180)
    expect(await count('teacher_profile')).toBe(14)
    expect(await count(`app_user where role = 'PARENT'`)).toBeGreaterThan(100)
    const { rows } = await client.query(
      "select count(distinct date_trunc('week', local_date)) as weeks from class_session where register_taken_at is not null",
    )
    expect(Number(rows[0].weeks)).toBeGreaterThanOrEqual(4)
    expect(await count('attendance_entry')).toBeGreaterThan(20_000)
  })

  it('keeps the wall-clock times of the school', async () => {
    expect(
      await count(
        `class_session where kind = 'REGISTRATION' and to_char(starts_at at time zone 'Europe/London', 'HH24:MI') <> '08:00'`,
      ),
    ).toBe(0)
  })

  it('leaves a school that has students alone', async () => {
    await fill()
    expect(await count('student_profile')).toBe(180)
  })

  it('shows the same people again, with new passwords', async () => {
    let n = 0
    const first = await showPeople(database.url, () => `password ${++n}`)
    const second = await showPeople(database.url, () => `password ${++n}`)
    expect(first.teacher).toMatchObject({ teacherId: 'T-101', password: 'password 1' })
    expect(second.parent).toEqual({ username: first.parent.username, password: 'password 6' })
  })
})
