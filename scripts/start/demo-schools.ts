import { randomBytes } from 'node:crypto'
import { fillSchool } from '../demo/fill-school.ts'
import { BRITISH_NAMES, INDIAN_NAMES, type NamePool } from '../demo/names.ts'
import { showPeople, type SignIn } from '../demo/show-people.ts'
import { createOwnerClient, type OwnerClient } from '../owner/owner-client.ts'
import type { CredentialsFile } from './credentials.ts'
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
  const owner = createOwnerClient({ url, ...credentials.owner })
  await owner.signIn().catch((error: Error) => {
    throw new StartError(
      `The demo schools cannot be onboarded with the owner's password in ${file.path} (${error.message}). ` +
        'Write the right one there, or start with DEMO=0.',
      { cause: error },
    )
  })

  for (const school of missing) {
    await terminal.during(`onboarding ${school.name}`, async () => {
      const id = await createAndProvision(owner, school)
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
  owner: OwnerClient,
  { code, name, timezone, locale }: DemoSchool,
): Promise<string> {
  type School = { id: string; code: string; status: string }
  const found = await owner.all<School>(`/owner/schools?q=${code}`)
  const school =
    found.find((item) => item.code === code) ??
    (await owner.call<School>('POST', '/owner/schools', { code, name, timezone, locale }))
  if (school.status === 'ACTIVE') return school.id
  const { jobId } = await owner.call<{ jobId: string }>(
    'POST',
    `/owner/schools/${school.id}/provision`,
  )
  const { status, reason } = await owner.job(jobId)
  if (status === 'FAILED') throw new Error(`${code} could not be provisioned: ${reason}`)
  return school.id
}

async function acceptAdminInvite(
  url: string,
  owner: OwnerClient,
  school: { id: string; code: string },
): Promise<SignIn> {
  const password = newPassword()
  const { username, token } = await owner.call<{ username: string; token: string }>(
    'POST',
    `/owner/schools/${school.id}/admin-invite`,
    {},
  )
  // Not by the owner's client: a school must never see the owner's token.
  const answer = await fetch(`${url}/proxy/${school.code}/auth/accept-invite`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token, password }),
  })
  if (!answer.ok)
    throw new Error(`${school.code} refused its admin's invite: ${await answer.text()}`)
  return { username, password }
}
