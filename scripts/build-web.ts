/**
 * `node scripts/build-web.ts [FOLDER [CHECKOUT]]`: builds the front end; into `web/dist`, unless it is current, where nothing is said. A
 * failure is told in one line. Run by infra/Dockerfile and, as a process of its own, by scripts/web/build-web.ts.
 */
import { resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { buildWeb, ensureWebBuilt } from './web/build-web.ts'

const [folder, checkout] = process.argv.slice(2)
try {
  if (folder === undefined) await ensureWebBuilt()
  else await buildWeb(resolve(folder), checkout)
} catch (error) {
  process.stderr.write(`${oneLine(error)}\n`)
  process.exitCode = 1
}

/** Bundlers draw what they found over many lines: what is wrong comes first, then where. */
function oneLine(error: unknown): string {
  const text = stripVTControlCharacters(error instanceof Error ? error.message : String(error))
  const [what = 'it does not build'] = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('Build failed with'))
  const place = /\[ (\S+:\d+:\d+) \]/.exec(text)?.[1]
  return place ? `${what} (${place})` : what
}
