import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { createPasswords } from '@usms/service-kit/auth/passwords'
import { cloneDatabase } from '@usms/service-kit/testing/postgres'
import { pino } from 'pino'
import { composeDirectory, type DirectoryOverrides } from '#src/compose-directory.ts'
import { readDirectoryConfig } from '#src/config.ts'
import { createDb, type Db } from '#src/db.ts'
import type { TenantStatus } from '#src/generated/prisma/enums.ts'
import { createOwner } from '#src/modules/owners/create-owner.ts'
import { createDirectoryRole } from './directory-role.ts'

const prismaDir = fileURLToPath(new URL('../../prisma', import.meta.url))

export interface Answer<Body> {
  status: number
  headers: Headers
  /** Parsed JSON, text where it is none, undefined where there is none. */
  body: Body
}

export interface CallOptions {
  token?: string
  body?: unknown
  headers?: Record<string, string>
}

export interface TestDirectory {
  url: string
  /** As superuser; the directory itself has no more than its role. */
  databaseUrl: string
  /** A client of the test's own, to look and to play the provisioner. */
  db: Db
  owner: { id: string; email: string; password: string }
  call<Body = Record<string, unknown>>(
    method: string,
    path: string,
    options?: CallOptions,
  ): Promise<Answer<Body>>
  /** @returns an access token of the owner */
  signIn(): Promise<string>
  /** A school of its own for a test, in a state. */
  school(status?: TenantStatus): Promise<{ id: string; code: string }>
  stop(): Promise<void>
}

interface TestOptions extends DirectoryOverrides {
  /** Settings besides those every test directory has. */
  env?: Record<string, string>
  /** Puts something between the directory and its database. @returns the URL to use */
  through?: (databaseUrl: string) => Promise<string>
}

/** A directory of its own on a free port, with its own database and one owner. Nothing is delivered unless told. */
export async function startDirectory({
  env = {},
  through = async (databaseUrl) => databaseUrl,
  ...overrides
}: TestOptions = {}): Promise<TestDirectory> {
  const database = await cloneDatabase({ prismaDir })
  const role = await createDirectoryRole(database)
  const db = createDb(database.url, 5, 'test')
  const config = readDirectoryConfig({
    PORT: '0',
    PUBLIC_URL: 'http://localhost:4000',
    DATABASE_URL: await through(role.url),
    OWNER_JWT_SECRET: randomBytes(32).toString('hex'),
    OWNER_REFRESH_KEY: randomBytes(32).toString('hex'),
    ROUTER_KEY: randomBytes(32).toString('hex'),
    BCRYPT_COST: '4',
    ...env,
  })
  const owner = await createOwner(
    { db, passwords: createPasswords({ cost: 4 }) },
    { email: 'Owner@Example.org', password: 'correct horse battery' },
  )
  if (!owner) throw new Error('the cloned database has an owner already')
  const log = pino({ level: 'silent' })
  const directory = await composeDirectory(config, log, {
    deliver: async () => undefined,
    ...overrides,
  })

  const call: TestDirectory['call'] = async <Body>(
    method: string,
    path: string,
    { token, body, headers = {} }: CallOptions = {},
  ) => {
    const response = await fetch(directory.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    const parsed: unknown = isJson ? JSON.parse(text) : text === '' ? undefined : text
    return { status: response.status, headers: response.headers, body: parsed as Body }
  }

  return {
    url: directory.url,
    databaseUrl: database.url,
    db,
    owner,
    call,
    async signIn() {
      const { email, password } = owner
      const answer = await call<{ accessToken: string }>('POST', '/owner/auth/login', {
        body: { email, password },
      })
      if (answer.status !== 200) throw new Error(`sign-in answered ${answer.status}`)
      return answer.body.accessToken
    },
    school: (status = 'PENDING') =>
      db.tenant.create({
        data: {
          code: `S${randomBytes(6).toString('hex').toUpperCase()}`,
          name: 'A school',
          status,
        },
        select: { id: true, code: true },
      }),
    async stop() {
      await directory.close()
      await db.$disconnect()
      await database.drop()
      await role.drop()
    },
  }
}
