/** `npm run bench -- <name>`: measures, beside a named peer where there is one. Numbers are this machine's; ratios travel. */
import { parseArgs } from 'node:util'
import { benchProvision } from './bench/provision.ts'
import { benchRouter } from './bench/router.ts'
import { benchSchoolProcess } from './bench/school-process.ts'
import { benchSchools } from './bench/schools.ts'
import { type Runtime, RUNTIMES } from './bench/system.ts'

/** Those that measure the whole system take what schools run in. */
const BENCHES: Record<string, (runtime: Runtime) => Promise<void>> = {
  provision: benchProvision,
  router: benchRouter,
  'school-process': benchSchoolProcess,
  schools: benchSchools,
}

const { positionals, values } = readArguments()
const bench = BENCHES[positionals[0] ?? '']
const runtime = RUNTIMES.find((name) => name === values.runtime)
if (!bench || !runtime) refuse()
await bench(runtime)

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { runtime: { type: 'string', default: 'process' } },
    })
  } catch (error) {
    console.error((error as Error).message)
    return refuse()
  }
}

function refuse(): never {
  console.error(
    `Usage: npm run bench -- <${Object.keys(BENCHES).join(' | ')}> [--runtime ${RUNTIMES.join(' | ')}]
--runtime is for provision and schools; docker needs an engine and the images (npm run images).`,
  )
  process.exit(2)
}
