import { conflict, notFound } from '@usms/service-kit/errors/app-error'
import { toStamps } from '@usms/service-kit/http/fields'
import { type ExpectedVersions, versionIn, versionMismatch } from '@usms/service-kit/http/if-match'
import { toPage } from '@usms/service-kit/http/list'
import type { OwnerActor } from '#src/auth/endpoint.ts'
import type { Db, Tx } from '#src/db.ts'
import type { Tenant } from '#src/generated/prisma/client.ts'
import { recordAudit } from '#src/modules/audit/record-audit.ts'
import { requireNoneOf } from '#src/modules/operations/request-operation.ts'
import type { RequireTimezone } from './known-timezones.ts'
import { refusal } from './schools.policy.ts'
import { countSchools, cursorKeyOf, listSchools } from './schools.queries.ts'
import { type SchoolWithRuntime, toRuntimeSummary, withRuntime } from './schools.runtime.ts'
import type {
  SchoolAnswer,
  SchoolBody,
  SchoolList,
  SchoolPatch,
  SchoolsAnswer,
  SchoolStatus,
  StatusCounts,
} from './schools.schema.ts'

export interface SchoolsService {
  /** Without the erased ones unless they are asked for. @throws AppError 400 for a cursor of another order */
  list(query: SchoolList): Promise<SchoolsAnswer>
  /** @throws AppError 404 */
  read(id: string): Promise<SchoolAnswer>
  /** @throws AppError 409 `code_taken`, `subdomain_taken` */
  create(actor: OwnerActor, body: SchoolBody): Promise<SchoolAnswer>
  /**
   * @param versions one of which the school must have; undefined: any
   * @throws AppError 404, 409 `subdomain_taken`, `wrong_state` for an erased school, `operation_running` while it is erased, 412
   */
  update(
    actor: OwnerActor,
    id: string,
    patch: SchoolPatch,
    versions: ExpectedVersions,
  ): Promise<SchoolAnswer>
  /** ACTIVE ⇄ SUSPENDED. @throws AppError 404, 409 `wrong_state`, `operation_running` where that would be undone */
  suspend(actor: OwnerActor, id: string): Promise<SchoolAnswer>
  resume(actor: OwnerActor, id: string): Promise<SchoolAnswer>
}

interface SchoolsDeps {
  db: Db
  requireTimezone: RequireTimezone
  urlFor: (school: { code: string }) => string
  /** First labels under the base domain that are the platform's own. */
  reservedLabels: readonly string[]
}

export function createSchoolsService({
  db,
  requireTimezone,
  urlFor,
  reservedLabels,
}: SchoolsDeps): SchoolsService {
  const toSchool = (row: SchoolWithRuntime): SchoolAnswer => ({
    ...toStamps(row),
    code: row.code,
    name: row.name,
    plan: row.plan,
    subdomain: row.subdomain,
    timezone: row.timezone,
    locale: row.locale,
    adminEmail: row.adminEmail,
    group: row.group,
    listed: row.listed,
    status: row.status,
    apiBaseUrl: urlFor(row),
    schemaLevel: row.schemaLevel,
    ...toRuntimeSummary(row),
  })

  /**
   * A label leads to one school, as its code or as its subdomain. No unique index spans the two columns, so claims of labels go
   * one after the other.
   */
  async function claimLabels(
    tx: Tx,
    { id, code, subdomain }: { id?: string; code?: string; subdomain?: string | null | undefined },
  ) {
    if (code === undefined && !subdomain) return
    if (subdomain && reservedLabels.includes(subdomain)) throw subdomainTaken()
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('usms.school-labels'))`
    const others = id === undefined ? {} : { id: { not: id } }
    if (code !== undefined) {
      const taken = await tx.tenant.count({ where: { subdomain: code.toLowerCase() } })
      if (taken > 0) throw conflict('code_taken', 'The code is the subdomain of another school')
    }
    if (subdomain) {
      const taken = await tx.tenant.count({ where: { ...others, code: subdomain.toUpperCase() } })
      if (taken > 0) throw subdomainTaken()
    }
  }

  const move = (actor: OwnerActor, id: string, verb: 'suspend' | 'resume') =>
    db.$transaction(async (tx) => {
      const school = await lockSchool(tx, id)
      const refused = refusal(verb, school.status)
      if (refused) throw refused
      // It would be put into service while it is taken apart. To suspend is always possible: what is under way for a school in
      // service only starts it, and the reconciler stops it afterwards.
      if (verb === 'resume') await requireNoneOf(tx, id, { in: ['ARCHIVE'] })
      const row = await tx.tenant.update({
        where: { id },
        data: {
          status: verb === 'suspend' ? 'SUSPENDED' : 'ACTIVE',
          version: { increment: 1 },
        },
        include: withRuntime,
      })
      await recordAudit(tx, {
        ownerId: actor.ownerId,
        action: `school.${verb}`,
        tenantId: id,
        fields: ['status'],
      })
      return toSchool(row)
    })

  return {
    async list(query) {
      const [rows, statusCounts] = await Promise.all([
        listSchools(db, query),
        query.count ? countSchools(db, query) : undefined,
      ])
      const { limit, status } = query
      const total = statusCounts && totalOf(statusCounts, status)
      const page = toPage(rows, { limit, keyOf: cursorKeyOf(query), toItem: toSchool, total })
      return { ...page, ...(statusCounts && { statusCounts }) }
    },

    async read(id) {
      const row = await db.tenant.findUnique({ where: { id }, include: withRuntime })
      if (!row) throw notFound('school')
      return toSchool(row)
    },

    async create(actor, body) {
      if (body.timezone !== undefined) await requireTimezone(body.timezone)
      return db.$transaction(async (tx) => {
        await claimLabels(tx, body)
        const row = await tx.tenant.create({ data: body })
        await recordAudit(tx, {
          ownerId: actor.ownerId,
          action: 'school.create',
          tenantId: row.id,
          fields: Object.keys(body),
        })
        return toSchool(row)
      })
    },

    async update(actor, id, patch, versions) {
      if (patch.timezone !== undefined) await requireTimezone(patch.timezone)
      return db.$transaction(async (tx) => {
        await claimLabels(tx, { id, subdomain: patch.subdomain })
        const { status } = await lockSchool(tx, id)
        const refused = refusal('change', status)
        if (refused) throw refused
        // It would name somebody again in what was just scrubbed, and written anew.
        await requireNoneOf(tx, id, { in: ['ERASE'] })
        const { count } = await tx.tenant.updateMany({
          where: { id, ...versionIn(versions) },
          data: { ...patch, version: { increment: 1 } },
        })
        if (count === 0) throw versionMismatch()
        await recordAudit(tx, {
          ownerId: actor.ownerId,
          action: 'school.update',
          tenantId: id,
          fields: Object.keys(patch),
        })
        return toSchool(await tx.tenant.findUniqueOrThrow({ where: { id }, include: withRuntime }))
      })
    },

    suspend: (actor, id) => move(actor, id, 'suspend'),
    resume: (actor, id) => move(actor, id, 'resume'),
  }
}

/** As the list itself: without the erased ones unless they are asked for. */
const totalOf = (counts: StatusCounts, status: SchoolStatus | undefined): number =>
  status
    ? counts[status]
    : Object.values(counts).reduce((sum, count) => sum + count, 0) - counts.ERASED

const subdomainTaken = () =>
  conflict('subdomain_taken', 'Another school, or the platform, is reached under this subdomain')

/**
 * Holds a school's row until the end of the transaction, so that two requests about its state go one after the other.
 * @throws AppError 404
 */
export async function lockSchool(tx: Tx, id: string): Promise<Pick<Tenant, 'code' | 'status'>> {
  // Not FOR UPDATE: the provisioner may go on adding rows that refer to the school.
  const [school] = await tx.$queryRaw<Pick<Tenant, 'code' | 'status'>[]>`
    select code, status from tenant where id = ${id}::uuid for no key update`
  if (!school) throw notFound('school')
  return school
}
