import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { PRISMA_DIR, schemaLevel } from '@usms/school-api/provision'
import type { SchoolRuntime } from '#src/runtime/school-runtime.ts'
import { readUpgrade } from '../operation-input.ts'
import type { Step } from '../step.ts'

/** Finds out once which release that is, and brings it here. */
export const fetchReleaseStep =
  ({ runtime }: { runtime: SchoolRuntime }): Step =>
  async ({ operation, say, keep }) => {
    const { release: name, target } = readUpgrade(operation)
    const found = await runtime.fetchRelease(target?.id ?? name)
    requireItsMigrations(found)
    if (!target) await keep({ target: found })
    await say(`Release ${found.version} (${found.id}) is here`)
  }

/** A release needs the schema it was built with, and only migrations that are at hand can be applied. */
function requireItsMigrations(release: { version: string; schemaLevel: string | null }) {
  const level = release.schemaLevel
  if (level === null || readdirSync(join(PRISMA_DIR, 'migrations')).includes(level)) return
  throw new Error(
    `Release ${release.version} needs the schema ${level}, and this provisioner knows up to ${schemaLevel()}: ` +
      'upgrade the provisioner first',
  )
}
