/**
 * Holds schools' migrations to what an upgrade without a pause needs: while one release takes over from the other both serve from
 * one database, and going back must stay possible. So a migration only adds. What removes or narrows comes a release later, when
 * nobody runs the older one any more, and says so in the line before: `-- contract: <why nobody needs it>`.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../../school-api/prisma/migrations')

/** What a release that does not know of it would trip over. */
const NARROWS: readonly [what: string, pattern: RegExp][] = [
  ['drops a table', /\bDROP\s+TABLE\b/i],
  ['drops a column', /\bDROP\s+COLUMN\b/i],
  ['drops or replaces a type', /\bDROP\s+TYPE\b/i],
  ['renames', /\bRENAME\s+(TO|COLUMN|CONSTRAINT|VALUE)\b/i],
  ['changes the type of a column', /\bALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE\b/i],
  ['makes a column required', /\bALTER\s+COLUMN\s+\S+\s+SET\s+NOT\s+NULL\b/i],
  ['drops a default', /\bALTER\s+COLUMN\s+\S+\s+DROP\s+DEFAULT\b/i],
  [
    'adds a required column without a default',
    /\bADD\s+COLUMN\b(?![^;,]*\bDEFAULT\b)[^;,]*\bNOT\s+NULL\b/i,
  ],
  [
    'adds a rule to rows that are there',
    /\bALTER\s+TABLE\b[^;]*\bADD\s+CONSTRAINT\b(?![^;]*\bNOT\s+VALID\b)/i,
  ],
]

/** Faults of one migration's SQL: the statement and what it does. */
function faultsOf(sql: string): string[] {
  const created = new Set(
    [...sql.matchAll(/\bCREATE\s+TABLE\s+"?(\w+)"?/gi)].map(([, table]) => table),
  )
  return sql.split(';').flatMap((statement) => {
    if (/^\s*--\s*contract:\s*\S/m.test(statement)) return []
    const code = statement.replace(/--.*$/gm, '')
    const table = /\bALTER\s+TABLE\s+"?(\w+)"?/i.exec(code)?.[1]
    // On a table of its own a migration may do what it likes.
    if (table !== undefined && created.has(table)) return []
    return NARROWS.filter(([, pattern]) => pattern.test(code)).map(
      ([what]) => `${what}: ${code.trim().split('\n')[0]}`,
    )
  })
}

/** A checker that finds nothing must be able to find something. */
const PLANTED = [
  'ALTER TABLE "section" DROP COLUMN "name"',
  'ALTER TABLE "section" ADD COLUMN "x" TEXT NOT NULL',
  'ALTER TABLE "section" RENAME COLUMN "name" TO "title"',
  'ALTER TABLE "section" ADD CONSTRAINT "c" CHECK ("capacity" > 0)',
]
const FINE = [
  'ALTER TABLE "section" ADD COLUMN "x" INTEGER NOT NULL DEFAULT 0',
  '-- contract: no release since 0.2 reads it\nALTER TABLE "section" DROP COLUMN "name"',
  'CREATE TABLE "n" ("a" TEXT NOT NULL);ALTER TABLE "n" ADD CONSTRAINT "c" CHECK ("a" <> \'\')',
]

const problems = [
  ...PLANTED.filter((sql) => faultsOf(sql).length === 0).map((sql) => `not found: ${sql}`),
  ...FINE.filter((sql) => faultsOf(sql).length > 0).map((sql) => `wrongly found: ${sql}`),
]
const folders = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
for (const folder of folders)
  for (const fault of faultsOf(readFileSync(join(FOLDER, folder, 'migration.sql'), 'utf8')))
    problems.push(`${folder} ${fault}`)
for (const problem of problems) console.error(problem)
if (problems.length > 0 || folders.length === 0) process.exit(1)
console.log(`migrations: ${folders.length} of the school API only add`)
