/**
 * Holds the arrows of docs/architecture.md: runs dependency-cruiser over the code, then over a planted violation of every rule — a
 * checker that cruises nothing also finds nothing.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const cli = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')

interface Report {
  summary: {
    totalCruised: number
    violations: { from: string; to: string; rule: { name: string } }[]
  }
}

function cruise(cwd: string): Report {
  const run = spawnSync(
    process.execPath,
    [
      cli,
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
      'service-kit',
      'directory',
      'school-api',
      'scripts',
      'web',
    ],
    { cwd, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
  )
  if (!run.stdout.startsWith('{'))
    throw new Error(`dependency-cruiser did not run: ${run.stderr || run.stdout}`)
  return JSON.parse(run.stdout) as Report
}

/** One file that breaks each rule: the rule's name, where the file stands, what it says. */
const PLANTED: [rule: string, path: string, code: string][] = [
  [
    'kit-imports-nothing-of-ours',
    'service-kit/src/planted.ts',
    `import '../../directory/src/target.ts'`,
  ],
  [
    'services-do-not-know-each-other',
    'directory/src/planted.ts',
    `import '../../school-api/src/target.ts'`,
  ],
  [
    'school-does-not-know-the-directory',
    'school-api/src/planted.ts',
    `import '../../directory/src/target.ts'`,
  ],
  [
    'no-foreign-service',
    'school-api/src/modules/a/a.service.ts',
    `import { b } from '../b/b.service.ts'\nexport const a = b`,
  ],
  [
    'queries-do-not-import-services',
    'school-api/src/modules/b/b.queries.ts',
    `import { b } from './b.service.ts'\nexport const q = b`,
  ],
  ['only-compose-constructs', 'school-api/src/app.ts', `import './modules/b/b.routes.ts'`],
  [
    'one-importer-of-the-proxy-library',
    'directory/src/proxying.ts',
    `import 'http-proxy-middleware'`,
  ],
  ['one-importer-of-the-engine-library', 'directory/src/engines.ts', `import 'dockerode'`],
  [
    'web-knows-contracts-alone',
    'web/src/lib/planted.ts',
    `import type { b } from '../../../school-api/src/modules/b/b.service.ts'\nexport type B = typeof b`,
  ],
  [
    'web-takes-types-alone',
    'web/src/lib/valued.ts',
    `import { s } from '../../../school-api/src/modules/b/b.schema.ts'\nexport const v = s`,
  ],
  [
    'web-app-features-ui-lib',
    'web/src/features/a/page.tsx',
    `import { page } from '../../app/page.tsx'\nexport const a = page`,
  ],
  [
    'web-ground-knows-no-feature',
    'web/src/ui/button.tsx',
    `import { f } from '../features/b/f.tsx'\nexport const a = f`,
  ],
  [
    'web-lib-knows-no-ui',
    'web/src/lib/shown.ts',
    `import { a } from '../ui/button.tsx'\nexport const b = a`,
  ],
  [
    'web-features-do-not-know-each-other',
    'web/src/features/a/a.tsx',
    `import { f } from '../b/f.tsx'\nexport const a = f`,
  ],
  ['nobody-imports-the-web', 'directory/src/webbed.ts', `import '../../web/src/app/page.tsx'`],
  ['no-test-code-in-production', 'school-api/src/tested.ts', `import './testing/kit.ts'`],
  ['no-circular', 'scripts/circle-a.ts', `import './circle-b.ts'\nexport const a = 1`],
]

const TARGETS: [path: string, code: string][] = [
  ['directory/src/target.ts', 'export const target = 1'],
  ['school-api/src/target.ts', 'export const target = 1'],
  ['school-api/src/modules/b/b.service.ts', 'export const b = 1'],
  ['school-api/src/modules/b/b.routes.ts', 'export const routes = 1'],
  ['school-api/src/modules/b/b.schema.ts', 'export const s = 1'],
  ['web/src/app/page.tsx', 'export const page = 1'],
  ['web/src/features/b/f.tsx', 'export const f = 1'],
  ['school-api/src/testing/kit.ts', 'export const kit = 1'],
  ['scripts/circle-b.ts', `import { a } from './circle-a.ts'\nexport const b = a`],
  [
    'node_modules/http-proxy-middleware/package.json',
    '{"name":"http-proxy-middleware","version":"4.0.0","type":"module","exports":"./index.js"}',
  ],
  ['node_modules/http-proxy-middleware/index.js', 'export const proxy = 1'],
  [
    'node_modules/dockerode/package.json',
    '{"name":"dockerode","version":"5.0.0","type":"module","exports":"./index.js"}',
  ],
  ['node_modules/dockerode/index.js', 'export const docker = 1'],
]

function selfTest(): string[] {
  const copy = mkdtempSync(join(tmpdir(), 'usms-planted-'))
  try {
    for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json'])
      cpSync(join(root, file), join(copy, file))
    for (const [path, code] of [
      ...TARGETS,
      ...PLANTED.map(([, path, code]): [string, string] => [path, code]),
    ]) {
      mkdirSync(dirname(join(copy, path)), { recursive: true })
      writeFileSync(join(copy, path), `${code}\n`)
    }
    const found = new Set(cruise(copy).summary.violations.map((violation) => violation.rule.name))
    return PLANTED.map(([rule]) => rule).filter((rule) => !found.has(rule))
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

const { summary } = cruise(root)
for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} → ${to}`)
const blind = selfTest()
for (const rule of blind)
  console.error(`the planted violation of ${rule} was not found: the checker is blind`)
if (summary.totalCruised < 50) console.error(`only ${summary.totalCruised} modules were looked at`)
if (summary.violations.length > 0 || blind.length > 0 || summary.totalCruised < 50) process.exit(1)
console.log(
  `boundaries: ${summary.totalCruised} modules, ${PLANTED.length} rules, no violation; every planted one was found`,
)
