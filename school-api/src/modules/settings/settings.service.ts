import { invalidInput } from '@usms/service-kit/errors/app-error'
import { type ExpectedVersions, requireVersion } from '@usms/service-kit/http/if-match'
import type { Actor } from '#src/auth/actor.ts'
import type { Db, DbOrTx } from '#src/db.ts'
import type { SchoolSettings } from '#src/generated/prisma/client.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import type { SettingsAnswer, SettingsPatch } from './settings.schema.ts'

export interface SettingsService {
  read(): Promise<SettingsAnswer>
  /** @throws AppError 400 for a time zone that PostgreSQL does not know, 412 when they are at none of `versions` */
  update(actor: Actor, patch: SettingsPatch, versions?: ExpectedVersions): Promise<SettingsAnswer>
}

export function createSettingsService({ db, audit }: { db: Db; audit: Audit }): SettingsService {
  return {
    read: async () => toSettings(await db.schoolSettings.findFirstOrThrow()),

    update: (actor, patch, versions) =>
      db.$transaction(async (tx) => {
        const [before] = await tx.$queryRaw<{ version: number }[]>`
          select version from school_settings for update`
        if (before) requireVersion(before.version, versions)
        const timezone =
          patch.timezone === undefined ? undefined : await spelledZone(tx, patch.timezone)
        const row = await tx.schoolSettings.update({
          where: { id: true },
          data: { ...patch, ...(timezone && { timezone }), version: { increment: 1 } },
        })
        await audit.record(tx, actor, {
          action: 'settings.update',
          subjectType: 'settings',
          fields: Object.keys(patch),
        })
        return toSettings(row)
      }),
  }
}

/**
 * The zone as PostgreSQL spells it. Both have to know it, since dates are computed in SQL and here; the runtime's own canonical
 * name is of no use, being an outdated one for some (Asia/Calcutta).
 */
async function spelledZone(tx: DbOrTx, name: string): Promise<string> {
  const [zone] = await tx.$queryRaw<{ name: string }[]>`
    select name from pg_timezone_names where lower(name) = lower(${name})`
  if (!zone)
    throw invalidInput([
      { path: 'timezone', message: 'must be an IANA time zone, such as Asia/Kolkata' },
    ])
  return zone.name
}

const toSettings = (row: SchoolSettings): SettingsAnswer => ({
  name: row.name,
  code: row.code,
  timezone: row.timezone,
  locale: row.locale,
  correctionDays: row.correctionDays,
  version: row.version,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
})
