import { randomBytes } from 'node:crypto'
import type { ComposeStack } from '../../testing/compose-stack.ts'
import { call } from '../../testing/owner.ts'

const STUDENTS = 20
const SESSIONS = 40
const STATUSES = ['PRESENT', 'ABSENT', 'LATE'] as const

interface Mark {
  sessionId: string
  studentUserId: string
  status: string
}

/** A school with its admin signed in, twenty pupils in one section and forty lessons behind them. */
export interface OpenSchool {
  id: string
  code: string
  /** Under which its API is reached through the router. */
  url: string
  /** Of its admin. */
  headers: Record<string, string>
  asAdmin<Body>(method: string, path: string, body?: object): Promise<Body>
  /** A mark that nobody has made before: one pupil in one lesson. */
  nextMark(turn: number): { body: object; marks: Mark[] }
  /** Every mark that the school has, by `<session> <pupil>`. */
  attendance(): Promise<Map<string, string>>
}

export async function openSchool(
  { url: base, asOwner }: ComposeStack,
  id: string,
  code: string,
): Promise<OpenSchool> {
  const url = `${base}/proxy/${code}`
  const password = randomBytes(12).toString('base64url')
  const invite = await asOwner<{ username: string; token: string }>(
    'POST',
    `/owner/schools/${id}/admin-invite`,
    {},
  )
  await call(`${url}/auth/accept-invite`, 'POST', { token: invite.token, password })
  const { accessToken } = await call<{ accessToken: string }>(`${url}/auth/login`, 'POST', {
    username: invite.username,
    password,
  })
  const headers = { authorization: `Bearer ${accessToken}` }
  const asAdmin = <Body>(method: string, path: string, body?: object) =>
    call<Body>(url + path, method, body, headers)
  const make = async (path: string, body: object) =>
    (await asAdmin<{ id: string }>('POST', path, body)).id

  const year = new Date().getUTCFullYear()
  const academicYearId = await make('/academic-years', {
    code: String(year),
    name: `Year ${year}`,
    startsOn: `${year - 1}-01-01`,
    endsOn: `${year + 1}-12-31`,
    isCurrent: true,
  })
  const gradeId = await make('/grades', { code: '6', name: 'Grade 6', orderNo: 6 })
  const sectionId = await make('/sections', { gradeId, name: '6A' })
  const students: string[] = []
  for (let n = 1; n <= STUDENTS; n++) {
    const pupil = { username: `pupil${n}`, firstName: 'Pupil', lastName: `No ${n}` }
    const studentUserId = await make('/students', pupil)
    const joinedOn = `${year - 1}-01-01`
    await make('/enrollments', { studentUserId, academicYearId, sectionId, joinedOn })
    students.push(studentUserId)
  }
  const sessions: string[] = []
  for (let n = 1; n <= SESSIONS; n++) {
    const at = (minutes: number) =>
      new Date(Date.now() - n * 3_600_000 + minutes * 60_000).toISOString()
    sessions.push(await make('/sessions', { sectionId, startsAt: at(0), endsAt: at(40) }))
  }

  let given = 0
  return {
    id,
    code,
    url,
    headers,
    asAdmin,
    nextMark(turn) {
      const cell = given++ % (STUDENTS * SESSIONS)
      const mark = {
        sessionId: sessions[Math.floor(cell / STUDENTS)] ?? '',
        studentUserId: students[cell % STUDENTS] ?? '',
        status: STATUSES[turn % STATUSES.length] ?? 'PRESENT',
      }
      const { sessionId: classSessionId, studentUserId, status } = mark
      const entry = { studentUserId, status, ...(status === 'LATE' && { minutesLate: 5 }) }
      return { body: { classSessionId, entries: [entry] }, marks: [mark] }
    },
    async attendance() {
      const found = new Map<string, string>()
      for (const sessionId of sessions) {
        const { items } = await asAdmin<{ items: { studentUserId: string; status: string }[] }>(
          'GET',
          `/attendance?classSessionId=${sessionId}&limit=200`,
        )
        for (const { studentUserId, status } of items)
          found.set(`${sessionId} ${studentUserId}`, status)
      }
      return found
    },
  }
}
