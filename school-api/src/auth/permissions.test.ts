import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { User } from '#src/generated/prisma/client.ts'
import type { Role } from '#src/generated/prisma/enums.ts'
import { buildParent, buildStudent, buildTeacher, buildUser } from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'
import type { SchoolEndpoint } from './endpoint.ts'
import { type Action, ACTIONS, type Scope } from './permissions.ts'

const ROLES = ['OWNER', 'ADMIN', 'TEACHER', 'STUDENT', 'PARENT'] as const satisfies Role[]

type Row = readonly [Scope, Scope, Scope, Scope, Scope]

/** What a school starts with, written out: a change of the rows has to be made here as well, knowingly. */
// prettier-ignore
const TABLE = {
  //                          OWNER  ADMIN  TEACHER   STUDENT PARENT
  'structure.read':          ['all', 'all', 'all',    'none', 'none'],
  'structure.write':         ['all', 'all', 'none',   'none', 'none'],
  'users.read':              ['all', 'all', 'none',   'none', 'none'],
  'users.write':             ['all', 'all', 'none',   'none', 'none'],
  'invites.issue':           ['all', 'all', 'taught', 'none', 'none'],
  'teachers.read':           ['all', 'all', 'self',   'none', 'none'],
  'teachers.write':          ['all', 'all', 'none',   'none', 'none'],
  'students.read':           ['all', 'all', 'taught', 'self', 'child'],
  'students.write':          ['all', 'all', 'none',   'none', 'none'],
  'guardians.read':          ['all', 'all', 'none',   'none', 'none'],
  'guardians.write':         ['all', 'all', 'none',   'none', 'none'],
  'enrollments.read':        ['all', 'all', 'taught', 'self', 'child'],
  'enrollments.write':       ['all', 'all', 'none',   'none', 'none'],
  'rosters.read':            ['all', 'all', 'taught', 'none', 'none'],
  'sessions.read':           ['all', 'all', 'taught', 'self', 'child'],
  'sessions.write':          ['all', 'all', 'taught', 'none', 'none'],
  'registers.read':          ['all', 'all', 'taught', 'none', 'none'],
  'attendance.mark':         ['all', 'all', 'taught', 'none', 'none'],
  'attendance.read':         ['all', 'all', 'taught', 'none', 'none'],
  'student-attendance.read': ['all', 'all', 'taught', 'self', 'child'],
  'assignments.read':        ['all', 'all', 'taught', 'self', 'child'],
  'assignments.write':       ['all', 'all', 'taught', 'none', 'none'],
  'submissions.read':        ['all', 'all', 'taught', 'self', 'child'],
  'submissions.submit':      ['none', 'none', 'none', 'self', 'none'],
  'submissions.grade':       ['all', 'all', 'taught', 'none', 'none'],
  'announcements.read':      ['all', 'all', 'taught', 'self', 'child'],
  'announcements.write':     ['all', 'all', 'taught', 'none', 'none'],
  'announcements.mark-read': ['all', 'all', 'taught', 'self', 'child'],
  'settings.read':           ['all', 'all', 'all',    'none', 'none'],
  'settings.write':          ['all', 'all', 'none',   'none', 'none'],
  'audit.read':              ['all', 'all', 'none',   'none', 'none'],
} as const satisfies Record<Action, Row>

/** Answered without a token; everything else takes one. */
const PUBLIC = [
  'post /auth/accept-invite',
  'post /auth/login',
  'post /auth/logout',
  'post /auth/refresh',
]

let school: TestSchool
let users: Record<Role, User>

beforeAll(async () => {
  school = await startSchool()
  const student = await buildStudent(school.db)
  users = {
    OWNER: await buildUser(school.db, 'OWNER'),
    ADMIN: await buildUser(school.db, 'ADMIN'),
    TEACHER: await buildTeacher(school.db),
    STUDENT: student,
    PARENT: await buildParent(school.db, [student.id]),
  }
})
afterAll(() => school.stop())

const nameOf = ({ method, path }: SchoolEndpoint) => `${method} ${path}`

const scopeOf = (role: Role, action: Action): Scope => TABLE[action][ROLES.indexOf(role)] ?? 'none'

const mayCall = (role: Role, { access }: SchoolEndpoint): boolean =>
  access === 'public' || access === 'signed-in' || scopeOf(role, access) !== 'none'

/** To objects that do not exist, with an empty body: passing the permission is seen, and nothing is done. */
function call(client: Client, { method, path, body }: SchoolEndpoint) {
  const request = client[method](path.replace(/:\w+/g, () => randomUUID()))
  return body ? request.send({}) : request
}

type Outcome = 'let in' | 'asked to sign in' | 'refused to the role'

function outcomeOf({
  status,
  body,
}: {
  status: number
  body: { code?: string; detail?: string }
}): Outcome {
  // Other 401 and 403 are answers of a handler: a bad refresh token, a section not taught.
  if (
    status === 401 &&
    body.code !== 'invalid_refresh_token' &&
    body.code !== 'invalid_credentials'
  )
    return 'asked to sign in'
  if (status === 403 && /^A \w+ may not do this$/.test(body.detail ?? ''))
    return 'refused to the role'
  return 'let in'
}

describe('the table of permissions', () => {
  it('holds exactly the rows written out here', async () => {
    const rows = await school.db.rolePermission.findMany()
    const expected = ACTIONS.flatMap((action) =>
      ROLES.map((role) => `${role} ${action} ${scopeOf(role, action)}`),
    ).filter((row) => !row.endsWith(' none'))
    expect(rows.map(({ role, action, scope }) => `${role} ${action} ${scope}`).sort()).toEqual(
      expected.sort(),
    )
  })

  it('has no action that no route asks for', () => {
    const asked = new Set(school.endpoints.map(({ access }) => access))
    expect(ACTIONS.filter((action) => !asked.has(action))).toEqual([])
  })
})

describe('every route', () => {
  it('asks for a token, but for those named here', () => {
    const open = school.endpoints.filter(({ access }) => access === 'public').map(nameOf)
    expect(open.sort()).toEqual(PUBLIC)
  })

  it('reads under a reading permission and changes under another one', () => {
    const wrong = school.endpoints.filter(
      ({ method, access }) =>
        access !== 'public' &&
        access !== 'signed-in' &&
        (method === 'get') !== access.endsWith('.read'),
    )
    expect(wrong.map(nameOf)).toEqual([])
  })

  it('answers 401 to nobody in particular, but for the public ones', async () => {
    const wrong: string[] = []
    for (const endpoint of school.endpoints) {
      const answer = await call(school.anonymous, endpoint)
      const expected: Outcome = endpoint.access === 'public' ? 'let in' : 'asked to sign in'
      if (outcomeOf(answer) !== expected) wrong.push(`${nameOf(endpoint)}: ${answer.status}`)
    }
    expect(wrong).toEqual([])
  })

  it.each(ROLES)(
    'answers 403 to a role without its permission and lets the others in: %s',
    async (role) => {
      const wrong: string[] = []
      for (const endpoint of school.endpoints) {
        // A session each: some routes end it.
        const answer = await call(await school.as(users[role]), endpoint)
        const expected: Outcome = mayCall(role, endpoint) ? 'let in' : 'refused to the role'
        if (outcomeOf(answer) !== expected || answer.status >= 500)
          wrong.push(`${nameOf(endpoint)}: ${answer.status} ${answer.body?.detail}`)
      }
      expect(wrong).toEqual([])
    },
  )
})
