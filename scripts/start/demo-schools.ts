import { randomBytes } from 'node:crypto'
import { fillSchool } from '../demo/fill-school.ts'
import { BRITISH_NAMES, INDIAN_NAMES, type NamePool } from '../demo/names.ts'
import { showPeople, type SignIn } from '../demo/show-people.ts'
import type { Credentials, CredentialsFile } from './credentials.ts'
import { StartError } from './data-folder.ts'
import type { Terminal } from './terminal.ts'

interface DemoSchool {
  code: string
  name: string
  timezone: string
  locale: string
  names: NamePool
  seed: number
}

const DEMO_SCHOOLS: readonly DemoSchool[] = [
  {
    code: 'GVPS',
    name: 'Green Valley Public School',
    timezone: 'Asia/Kolkata',
    locale: 'en-IN',
    names: INDIAN_NAMES,
    seed: 11,
  },
  {
    code: 'LAKE',
    name: 'Lakeside Academy',
    timezone: 'Europe/London',
    locale: 'en-GB',
    names: BRITISH_NAMES,
    seed: 23,
  },
]

interface DemoDeps {
  /** The directory as a client reaches it. */
  url: string
  credentials: CredentialsFile
  terminal: Terminal
  /** Of the owner of a school's database. */
  schoolDatabaseUrl: (code: string) => string
}

const newPassword = (): string => randomBytes(12).toString('base64url')

/**
 * Onboards the demo schools the way an owner does, through the owner API, and fills them. Each step looks first at what is there: a
 * program that was killed half-way goes on where it was.
 */
export async function onboardDemoSchools({
  url,
  credentials: file,
  terminal,
  schoolDatabaseUrl,
}: DemoDeps): Promise<void> {
  const credentials = file.read()
  if (!credentials) return
  const missing = DEMO_SCHOOLS.filter(
    ({ code }) => !credentials.schools.some((school) => school.code === code),
  )
  if (missing.length === 0) return
  const owner = await signIn(url, credentials.owner).catch((error: Error) => {
    throw new StartError(
      `The demo schools cannot be onboarded with the owner's password in ${file.path} (${error.message}). ` +
        'Write the right one there, or start with DEMO=0.',
      { cause: error },
    )
  })

  for (const school of missing) {
    await terminal.during(`onboarding ${school.name}`, async () => {
      const id = await createAndProvision(url, owner, school)
      const databaseUrl = schoolDatabaseUrl(school.code)
      await fillSchool({ databaseUrl, names: school.names, seed: school.seed })
      credentials.schools.push({
        code: school.code,
        admin: await acceptAdminInvite(url, owner, { id, code: school.code }),
        ...(await showPeople(databaseUrl, newPassword)),
      })
      file.write(credentials)
    })
  }
}

async function createAndProvision(
  url: string,
  owner: string,
  { code, name, timezone, locale }: DemoSchool,
): Promise<string> {
  const page = await call<{ items: { id: string; code: string; status: string }[] }>(
    url,
    'GET',
    `/owner/schools?q=${code}`,
    owner,
  )
  let school = page.items.find((item) => item.code === code)
  school ??= await call<{ id: string; code: string; status: string }>(
    url,
    'POST',
    '/owner/schools',
    owner,
    { code, name, timezone, locale },
  )
  if (school.status === 'ACTIVE') return school.id
  const { jobId } = await call<{ jobId: string }>(
    url,
    'POST',
    `/owner/schools/${school.id}/provision`,
    owner,
  )
  // Two minutes: far more than it takes, and an end for a machine on which it never will.
  for (let waited = 0; waited < 120_000; waited += 100) {
    const job = await call<{ status: string; steps: { error?: string | null }[] }>(
      url,
      'GET',
      `/owner/jobs/${jobId}`,
      owner,
    )
    if (job.status === 'SUCCEEDED') return school.id
    if (job.status === 'FAILED')
      throw new Error(
        `${code} could not be provisioned: ${job.steps.find((step) => step.error)?.error}`,
      )
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${code} was not provisioned within two minutes`)
}

async function acceptAdminInvite(
  url: string,
  owner: string,
  school: { id: string; code: string },
): Promise<SignIn> {
  const password = newPassword()
  const invite = await call<{ username: string; token: string }>(
    url,
    'POST',
    `/owner/schools/${school.id}/admin-invite`,
    owner,
    {},
  )
  await call(url, 'POST', `/proxy/${school.code}/auth/accept-invite`, undefined, {
    token: invite.token,
    password,
  })
  return { username: invite.username, password }
}

async function signIn(url: string, { email, password }: Credentials['owner']): Promise<string> {
  const { accessToken } = await call<{ accessToken: string }>(
    url,
    'POST',
    '/owner/auth/login',
    undefined,
    { email, password },
  )
  return accessToken
}

async function call<T>(
  url: string,
  method: string,
  path: string,
  token?: string,
  body?: unknown,
): Promise<T> {
  const answer = await fetch(url + path, {
    method,
    headers: {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}
