import { inviteLink } from '@usms/service-kit/auth/invite-link'
import { hashToken, newOpaqueToken } from '@usms/service-kit/auth/opaque-token'
import { parseConfig, setting } from '@usms/service-kit/config'
import { z } from 'zod'
import { inviteAdmin, migrateSchool, seedSchool } from '#src/provision.ts'

/** Says something to whoever runs the command. */
type Print = (line: string) => void
type Environment = Record<string, string | undefined>

export interface Command {
  name: string
  summary: string
  /** Names of the settings it reads, for the usage. */
  settings: string
  /** @throws Error with something a person can act on */
  run(env: Environment, print: Print, args: { role?: string }): Promise<void>
}

const INVITE_HOURS = 72

const database = { DATABASE_URL: setting.postgresUrl }
const code = z.string().regex(/^[A-Z][A-Z0-9]{1,15}$/, 'must be 2 to 16 of A–Z and 0–9')

/** What is done to a school's database by hand. `DATABASE_URL` is the owner's here, not the role's that the API serves with. */
export const commands: readonly Command[] = [
  {
    name: 'migrate',
    summary: 'bring the database to the schema of this release',
    settings: 'DATABASE_URL (of the role that owns the database)',
    async run(env, print) {
      const { DATABASE_URL } = parseConfig(z.object(database), env)
      const { applied, level } = await migrateSchool(DATABASE_URL)
      for (const name of applied) print(`applied ${name}`)
      print(`The database is at ${level}.`)
    },
  },
  {
    name: 'seed',
    summary: 'write the settings and the first account, leaving what is there',
    settings:
      'DATABASE_URL SCHOOL_CODE SCHOOL_NAME [SCHOOL_TIMEZONE] [SCHOOL_LOCALE] [ADMIN_EMAIL]',
    async run(env, print) {
      const config = parseConfig(
        z.object({
          ...database,
          SCHOOL_CODE: code,
          SCHOOL_NAME: z.string().trim().min(1).max(200),
          SCHOOL_TIMEZONE: z
            .string()
            .refine(isTimezone, 'is no IANA time zone')
            .default('Asia/Kolkata'),
          SCHOOL_LOCALE: z.string().refine(isLocale, 'is no BCP 47 tag').default('en-IN'),
          ADMIN_EMAIL: z.email().optional(),
        }),
        env,
      )
      await seedSchool(config.DATABASE_URL, {
        code: config.SCHOOL_CODE,
        name: config.SCHOOL_NAME,
        timezone: config.SCHOOL_TIMEZONE,
        locale: config.SCHOOL_LOCALE,
        adminEmail: config.ADMIN_EMAIL ?? null,
      }).catch(explain)
      print(`${config.SCHOOL_CODE} has its settings and its first account.`)
    },
  },
  {
    name: 'invite-admin',
    summary: 'print a one-time link with which the first account sets its password',
    settings: 'DATABASE_URL SCHOOL_CODE [APP_URL]; --role OWNER makes it the owner’s account',
    async run(env, print, args) {
      const role = z.enum(['ADMIN', 'OWNER']).safeParse(args.role ?? 'ADMIN')
      if (!role.success) throw new Error('--role is ADMIN or OWNER')
      const config = parseConfig(
        z.object({
          ...database,
          SCHOOL_CODE: code,
          APP_URL: z.url().default('http://localhost:4000/app'),
        }),
        env,
      )
      // Made here: only its hash reaches the database, and nobody can print it a second time.
      const token = newOpaqueToken()
      const expiresAt = new Date(Date.now() + INVITE_HOURS * 3_600_000)
      const { username } = await inviteAdmin(config.DATABASE_URL, {
        role: role.data,
        tokenHash: hashToken(token),
        expiresAt,
      }).catch(explain)
      const appUrl = config.APP_URL.replace(/\/+$/, '')
      print(`Username: ${username}`)
      // In the fragment, which browsers send to no server.
      print(inviteLink(appUrl, config.SCHOOL_CODE, token))
      print(
        `It works once, until ${expiresAt.toISOString()}. Earlier links and sessions have ended.`,
      )
    },
  },
]

/** Names the command that has to come first. */
function explain(cause: unknown): never {
  const { code } = cause as { code?: unknown }
  if (code === 'P2021') throw new Error('The database has no tables yet: run migrate', { cause })
  if (code === 'P2025') throw new Error('The school has no first account yet: run seed', { cause })
  throw cause
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format() !== ''
  } catch {
    return false
  }
}

function isLocale(tag: string): boolean {
  try {
    return new Intl.Locale(tag).language !== ''
  } catch {
    return false
  }
}
