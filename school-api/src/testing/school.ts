import { createAccessTokens } from '@usms/service-kit/auth/access-token'
import { createSessions } from '@usms/service-kit/auth/sessions'
import { createLogger } from '@usms/service-kit/log'
import { cloneDatabase } from '@usms/service-kit/testing/postgres'
import request, { type Test } from 'supertest'
import { compose } from '#src/compose.ts'
import { readConfig } from '#src/config.ts'
import { PRISMA_DIR, seedSchool } from '#src/provision.ts'
import type { Role } from '#src/generated/prisma/enums.ts'

type Method = 'get' | 'post' | 'patch' | 'delete'

/** Requests as one signed-in person (or nobody), with what the router adds. */
export type Client = Record<Method, (path: string) => Test>

export interface TestSchool extends Awaited<ReturnType<typeof compose>> {
  url: string
  code: string
  anonymous: Client
  /** A live session of this user, made without a password. */
  as(user: { id: string; role: Role }): Promise<Client>
  /** The clock the school lives by; set `.now` to travel. */
  clock: { now: Date | null }
  stop(): Promise<void>
}

interface TestSchoolOptions {
  code?: string
  timezone?: string
  /** Settings laid over those below. */
  env?: Record<string, string>
}

/** A whole school on a database of its own, listening on a free port. */
export async function startSchool({
  code = 'TEST',
  timezone = 'Asia/Kolkata',
  env = {},
}: TestSchoolOptions = {}): Promise<TestSchool> {
  const database = await cloneDatabase({ prismaDir: PRISMA_DIR })
  await seedSchool(database.url, {
    code,
    name: 'Test School',
    timezone,
    locale: 'en-IN',
    adminEmail: null,
  })
  const config = readConfig({
    PORT: '0',
    SCHOOL_CODE: code,
    DATABASE_URL: database.url,
    JWT_SECRET: 'test-only-jwt-secret-of-sufficient-length',
    REFRESH_KEY: 'test-only-refresh-key-of-sufficient-length',
    HOP_SECRET: 'test-only-hop-secret-of-sufficient-length',
    BCRYPT_COST: '4',
    LOG_LEVEL: 'silent',
    ...env,
  })
  const clock: TestSchool['clock'] = { now: null }
  const log = createLogger({ service: 'school-api', level: config.LOG_LEVEL, schoolCode: code })
  const school = await compose(config, log, { now: () => clock.now ?? new Date() })
  const url = `http://127.0.0.1:${school.port}`
  const sessions = createSessions({ db: school.db, refreshKey: config.REFRESH_KEY })
  // Ten years: a test may set the school's clock to any day without signing in again.
  const tokens = createAccessTokens({
    secret: config.JWT_SECRET,
    audience: `school:${code}`,
    expiresInSeconds: 315_360_000,
  })
  const hop = {
    'X-School-Code': code,
    'X-School-Secret': config.HOP_SECRET,
    'X-Forwarded-Prefix': `/proxy/${code}`,
  }

  const client = (headers: Record<string, string>): Client => {
    const send = (method: Method) => (path: string) => request(url)[method](path).set(headers)
    return { get: send('get'), post: send('post'), patch: send('patch'), delete: send('delete') }
  }

  return {
    ...school,
    url,
    code,
    clock,
    anonymous: client(hop),
    async as(user) {
      const { sessionId } = await sessions.open(user.id, { ip: undefined, userAgent: 'test' })
      const accessToken = tokens.sign({ sub: user.id, sid: sessionId, role: user.role })
      return client({ ...hop, Authorization: `Bearer ${accessToken}` })
    },
    async stop() {
      await school.lifecycle.close()
      await database.drop()
    },
  }
}
