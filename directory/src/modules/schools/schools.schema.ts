import { email, line, searchText, stamps } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'

/** `usms_<code>` is a database of the platform itself. */
const RESERVED_CODES = ['DIRECTORY']

/** Any case; kept in upper case. Checked before folding: `ß` in upper case would be two letters. */
const code = z
  .string()
  .trim()
  .regex(/^[A-Za-z][A-Za-z0-9]{1,15}$/, 'must be 2 to 16 letters and digits, a letter first')
  .transform((text) => text.toUpperCase())
  .refine((text) => !RESERVED_CODES.includes(text), 'is reserved')

const subdomain = z
  .string()
  .trim()
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/,
    'must be a DNS label: letters, digits and hyphens, at most 63',
  )
  .transform((text) => text.toLowerCase())

/** BCP 47, kept in its canonical spelling. */
const locale = z
  .string()
  .trim()
  .min(2, 'must be a language tag like en-IN')
  .max(35)
  .transform((tag, context) => {
    try {
      const [canonical] = Intl.getCanonicalLocales(tag)
      if (canonical !== undefined) return canonical
    } catch {
      // A RangeError says no more than what is said below.
    }
    context.addIssue({ code: 'custom', message: 'must be a language tag like en-IN' })
    return z.NEVER
  })

/** Here only its form; whether PostgreSQL knows it too is asked by the service. */
const timezone = z.string().trim().min(1).max(64).refine(isKnownToRuntime, 'is not a time zone')

function isKnownToRuntime(name: string): boolean {
  // The runtime also takes offsets like +05:30 for zones.
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== null
  } catch {
    return false
  }
}

const changeable = {
  name: line(200),
  plan: line(50),
  subdomain: subdomain.nullable(),
  timezone,
  locale,
  adminEmail: email.nullable(),
  /** District, board or chain the school belongs to. */
  group: line(100).nullable(),
  /** Whether it stands in the public list. */
  listed: z.boolean(),
}

export const schoolPatch = z.strictObject(changeable).partial()
export const schoolBody = schoolPatch.extend({ code, name: changeable.name })

export const schoolStatus = z.enum([
  'PENDING',
  'PROVISIONING',
  'ACTIVE',
  'SUSPENDED',
  'FAILED',
  'ARCHIVED',
  'ERASED',
])

const schoolSort = z.enum(['code', 'name', 'status', 'release', 'lastActivityAt', 'createdAt'])

export const schoolList = listQuery.extend({
  /** Erased schools are listed when asked for alone. */
  status: schoolStatus.optional(),
  group: line(100).optional(),
  /** Part of the name or of the code. */
  q: searchText.optional(),
  sort: schoolSort.default('code'),
  order: z.enum(['asc', 'desc']).default('asc'),
})

const runtimeSummary = {
  /** `starting`: should run and has no address yet; `backing-off`: ended by itself and is started again. */
  runtime: z.enum(['running', 'starting', 'backing-off', 'stopped']),
  /** What it ran last: a source version or an image digest. */
  release: z.string().nullable(),
  /** When the router last sent it a request; a little late. */
  lastActivityAt: z.string().nullable(),
}

export const school = z.object({
  ...stamps,
  code: z.string(),
  name: z.string(),
  plan: z.string(),
  subdomain: z.string().nullable(),
  timezone: z.string(),
  locale: z.string(),
  adminEmail: z.string().nullable(),
  group: z.string().nullable(),
  listed: z.boolean(),
  status: schoolStatus,
  apiBaseUrl: z.string(),
  schemaLevel: z.string().nullable(),
  ...runtimeSummary,
})
/** With `count=true`: how many there are in each state, whichever state was asked for. */
const statusCounts = z.record(schoolStatus, z.number().int())
export const schoolPage = pageOf(school).extend({ statusCounts: statusCounts.optional() })

export const inviteBody = z
  .strictObject({ role: z.enum(['ADMIN', 'OWNER']).default('ADMIN') })
  .default({ role: 'ADMIN' })

export const invite = z.object({
  username: z.string(),
  token: z.string(),
  url: z.string(),
  expiresAt: z.string(),
})

export const runtimeStatus = z.object({
  schoolId: z.string(),
  code: z.string(),
  status: schoolStatus,
  ...runtimeSummary,
  /** What it is meant to run; null: whatever the provisioner starts now. */
  desiredRelease: z.string().nullable(),
  schemaLevel: z.string().nullable(),
  startedAt: z.string().nullable(),
  uptimeSeconds: z.number().int().nullable(),
  databaseSizeBytes: z.number().int().nullable(),
  lastError: z.string().nullable(),
})

export const logsQuery = z.strictObject({
  lines: z.coerce.number().int().min(1).max(1_000).default(200),
  /** `true`: server-sent events, these lines and then every one as it is written. */
  follow: z.enum(['true', 'false']).default('false'),
})
export const logs = z.object({ lines: z.array(z.string()) })

export type SchoolBody = z.output<typeof schoolBody>
export type SchoolPatch = z.output<typeof schoolPatch>
export type SchoolList = z.output<typeof schoolList>
export type SchoolStatus = z.output<typeof schoolStatus>
export type StatusCounts = z.output<typeof statusCounts>
export type SchoolsAnswer = z.output<typeof schoolPage>
export type SchoolSort = z.output<typeof schoolSort>
export type SchoolAnswer = z.output<typeof school>
export type InviteAnswer = z.output<typeof invite>
export type InviteRole = z.output<typeof inviteBody>['role']
export type RuntimeSummary = z.output<z.ZodObject<typeof runtimeSummary>>
export type RuntimeStatus = z.output<typeof runtimeStatus>
