import type { BrowserContext } from 'playwright-core'
import { call, signedInOwner } from '../../../scripts/testing/owner.ts'
import type { System } from './global-setup.ts'

export const PASSWORD = 'a quiet river bends'

export interface Person {
  id: string
  username: string
}

/** A school made for a test, through the API that everybody has. */
export interface School {
  code: string
  name: string
  id: string
  admin: Person
  /** Calls the school's API as its admin. @throws Error unless the answer is a success */
  asAdmin<Answer = { id: string }>(method: string, path: string, body?: object): Promise<Answer>
  /** Creates a person and sets PASSWORD: `('teachers', { username, firstName, … })`. */
  addPerson(resource: string, body: { username: string; firstName: string }): Promise<Person>
  /** Signs somebody in, in a browser of theirs, as the sign-in page does. */
  signIn(context: BrowserContext, person: { username: string }): Promise<void>
  /** The address of a page of the school's part: `('/timetable')`. */
  page(path?: string): string
  /** The school's date, days from today. */
  day(offset: number): string
  /** An instant on the school's wall clock: today at `hour`. It is about noon there now, whenever the test runs. */
  at(hour: number, minute?: number, dayOffset?: number): string
}

/** Onboards a school in which it is about noon now: sessions of the morning are over, those of the afternoon to come. */
export async function makeSchool(
  system: System,
  code: string,
  name: string,
  locale = 'en-IN',
): Promise<School> {
  const { asOwner, follow } = signedInOwner(system.url, async () => ({
    owner: system.owner,
    schools: [],
  }))
  const offsetHours = 12 - new Date().getUTCHours()
  const timezone = `Etc/GMT${offsetHours > 0 ? '-' : '+'}${Math.abs(offsetHours)}`
  const { id } = await asOwner<{ id: string }>('POST', '/owner/schools', {
    code,
    name,
    timezone,
    locale,
  })
  const { jobId } = await asOwner<{ jobId: string }>('POST', `/owner/schools/${id}/provision`)
  await follow(jobId)
  const invite = await asOwner<{ token: string }>('POST', `/owner/schools/${id}/admin-invite`, {})
  const base = `${system.url}/proxy/${code}`
  const accept = (token: string) =>
    call(`${base}/auth/accept-invite`, 'POST', { token, password: PASSWORD })
  await accept(invite.token)
  const { accessToken, user } = await call<{ accessToken: string; user: Person }>(
    `${base}/auth/login`,
    'POST',
    { username: 'admin', password: PASSWORD },
  )
  const asAdmin: School['asAdmin'] = (method, path, body) =>
    call(base + path, method, body, { authorization: `Bearer ${accessToken}` })

  const now = Date.now() + offsetHours * 3_600_000
  const day = (offset: number) => new Date(now + offset * 86_400_000).toISOString().slice(0, 10)
  return {
    code,
    name,
    id,
    admin: user,
    asAdmin,
    async addPerson(resource, body) {
      const made = await asAdmin<Person & { invite: { token: string } }>(
        'POST',
        `/${resource}`,
        body,
      )
      await accept(made.invite.token)
      return made
    },
    async signIn(context, { username }) {
      const answer = await context.request.post(`${base}/auth/login`, {
        data: { username, password: PASSWORD },
        headers: { 'x-token-transport': 'cookie' },
      })
      if (!answer.ok()) throw new Error(`sign-in of ${username}: ${await answer.text()}`)
    },
    page: (path = '') => `${system.url}/app/school/${code}${path}`,
    day,
    at: (hour, minute = 0, dayOffset = 0) =>
      new Date(
        Date.parse(`${day(dayOffset)}T00:00:00Z`) +
          (hour - offsetHours) * 3_600_000 +
          minute * 60_000,
      ).toISOString(),
  }
}

/** A year around today, a grade and a homeroom in it. */
export async function makeClass(school: School, sectionName = '6-A') {
  const year = await school.asAdmin('POST', '/academic-years', {
    code: 'Y1',
    name: 'This year',
    startsOn: school.day(-120),
    endsOn: school.day(120),
    isCurrent: true,
  })
  const grade = await school.asAdmin('POST', '/grades', { code: '6', name: 'Grade 6', orderNo: 6 })
  const section = await school.asAdmin('POST', '/sections', {
    gradeId: grade.id,
    name: sectionName,
    capacity: 60,
  })
  return { year, grade, section }
}

/** Students with invites not accepted, enrolled since the year began: `Student 01`, `Student 02`, … by roll number. */
export async function enrolStudents(
  school: School,
  { year, section }: { year: { id: string }; section: { id: string } },
  names: readonly string[],
  prefix = 'student',
): Promise<Person[]> {
  const students = await severalAtOnce(names, (name, i) => {
    const [firstName = name, lastName] = name.split(' ')
    return school.asAdmin<Person>('POST', '/students', {
      username: `${prefix}${String(i + 1).padStart(2, '0')}`,
      firstName,
      ...(lastName && { lastName }),
      admissionNo: `${prefix.toUpperCase()}-${i + 1}`,
    })
  })
  await school.asAdmin('POST', '/enrollments/bulk', {
    enrollments: students.map(({ id }, i) => ({
      studentUserId: id,
      academicYearId: year.id,
      sectionId: section.id,
      rollNo: i + 1,
      joinedOn: school.day(-120),
    })),
  })
  return students
}

const AT_ONCE = 8

/** Does the same for every item, a few at a time: one after another takes long, all together are refused. Answers in the items' order. */
export async function severalAtOnce<Item, Made>(
  items: readonly Item[],
  make: (item: Item, i: number) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = []
  while (made.length < items.length) {
    const from = made.length
    const chunk = items.slice(from, from + AT_ONCE)
    made.push(...(await Promise.all(chunk.map((item, i) => make(item, from + i)))))
  }
  return made
}
