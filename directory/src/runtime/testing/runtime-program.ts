import { pino } from 'pino'
import { createProcessRuntime } from '../process.ts'
import { buildSchoolBundle } from '../school-bundle.ts'
import type { SchoolSpec } from '../school-runtime.ts'

// A program of its own that runs schools, for a test to kill.
const dataDir = process.env['DATA_DIR'] ?? ''
const specs = JSON.parse(process.env['SPECS'] ?? '[]') as SchoolSpec[]
const bundle = await buildSchoolBundle({ dataDir })
const runtime = createProcessRuntime({ dataDir, bundle, log: pino({ level: 'silent' }) })
await Promise.all(specs.map((spec) => runtime.ensure(spec)))
process.send?.('started')
