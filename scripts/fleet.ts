/** `npm run fleet -- upgrade`: brings every school to a release, canaries first, through the owner API. */
import { parseArgs } from 'node:util'
import { createOwnerClient } from './owner/owner-client.ts'
import { upgradeFleet } from './fleet/upgrade.ts'
import { readFleetSettings } from './fleet/settings.ts'
import { printReport } from './fleet/report.ts'

const USAGE = `Usage: npm run fleet -- upgrade --release <version or digest> [--canary CODE,CODE] [--wave N]
  --release  what the schools shall run: a version (a tag of the school image) or a digest
  --canary   the schools that go first, one after the other; if one of them fails nothing else is touched.
             Without it: the school that was idle for longest
  --wave     how many schools at once after that (default 5); the next wave begins when all of one have ended
  --dry-run  says what would be done

Run again it goes on where it was: schools that run the release already are left alone, failed ones are tried again.
Settings: USMS_URL (http://127.0.0.1:4000); USMS_DATA_DIR (.usms), whose credentials.json names the owner, or OWNER_EMAIL with
OWNER_PASSWORD or OWNER_PASSWORD_FILE.`

const { values, positionals } = readArguments()
const wave = Number(values.wave)
if (positionals.join(' ') !== 'upgrade' || !values.release || !Number.isInteger(wave) || wave < 1) {
  console.error(USAGE)
  process.exit(2)
}
try {
  const owner = createOwnerClient(readFleetSettings(process.env))
  const results = await upgradeFleet(owner, {
    release: values.release,
    canaries: values.canary?.split(',').map((code) => code.trim().toUpperCase()),
    wave,
    dryRun: values['dry-run'],
    say: (line) => console.log(line),
  })
  printReport(results, (line) => console.log(line))
  if (results.some(({ outcome }) => outcome === 'failed' || outcome === 'untouched'))
    process.exitCode = 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        release: { type: 'string' },
        canary: { type: 'string' },
        wave: { type: 'string', default: '5' },
        'dry-run': { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`)
    process.exit(2)
  }
}
