/** `npm run bench -- <name>`: measures, beside a named peer where there is one. Numbers are this machine's; ratios travel. */
import { benchProvision } from './bench/provision.ts'
import { benchRouter } from './bench/router.ts'
import { benchSchoolProcess } from './bench/school-process.ts'
import { benchSchools } from './bench/schools.ts'

const BENCHES: Record<string, () => Promise<void>> = {
  provision: benchProvision,
  router: benchRouter,
  'school-process': benchSchoolProcess,
  schools: benchSchools,
}

const bench = BENCHES[process.argv[2] ?? '']
if (!bench) {
  console.error(`Usage: npm run bench -- <${Object.keys(BENCHES).join(' | ')}>`)
  process.exit(2)
}
await bench()
