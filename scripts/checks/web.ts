/**
 * Holds the front end to its weight: what a browser fetches of JavaScript before somebody can sign in, and that every further page comes
 * in a chunk of its own. Builds it into a folder that goes again, and reads what Vite says of the chunks.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

/** Compressed (gzip; browsers get Brotli, which is smaller still), in every language. */
const SIGN_IN_LIMIT_BYTES = 150_000
const SIGN_IN_PAGE = 'src/app/auth/login-page.tsx'
const SIGN_IN_TEXTS = ['common', 'auth']
/** Of an area; those beside the areas are a few lines that the entry needs itself. */
const PAGE = /^src\/app\/[^/]+\/.*-page\.tsx$/

interface Chunk {
  file: string
  imports?: string[]
  isEntry?: boolean
  isDynamicEntry?: boolean
}

const web = join(import.meta.dirname, '../../web')
const folder = mkdtempSync(join(tmpdir(), 'usms-web-check-'))
const faults: string[] = []
try {
  await build({
    configFile: join(web, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  })
  const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8')) as Record<
    string,
    Chunk
  >
  const entry = Object.keys(manifest).find((key) => manifest[key]?.isEntry)
  if (!entry) throw new Error('the build has no entry')

  const pages = filesBelow('src/app').filter((path) => PAGE.test(path))
  for (const page of pages)
    if (!manifest[page]?.isDynamicEntry) faults.push(`${page} has no chunk of its own`)

  const languages = readdirSync(join(web, 'src/locales'), { withFileTypes: true })
    .filter((found) => found.isDirectory())
    .map(({ name }) => name)
  const sizes = languages.map((language) => {
    const texts = SIGN_IN_TEXTS.map((name) => `src/locales/${language}/${name}.json`)
    const files = filesOf([entry, SIGN_IN_PAGE, ...texts], manifest)
    return { language, bytes: files.reduce((sum, file) => sum + weightOf(file), 0) }
  })
  for (const { language, bytes } of sizes)
    if (bytes > SIGN_IN_LIMIT_BYTES)
      faults.push(
        `the sign-in page takes ${bytes} bytes of JavaScript in ${language}, more than ${SIGN_IN_LIMIT_BYTES}`,
      )
  for (const fault of faults) console.error(fault)
  if (faults.length === 0)
    console.log(
      `web: sign-in takes ${sizes.map(({ language, bytes }) => `${(bytes / 1_000).toFixed(1)} kB (${language})`).join(', ')} of at most ${SIGN_IN_LIMIT_BYTES / 1_000} kB of JavaScript; ${pages.length} pages, each in its own chunk`,
    )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (faults.length > 0) process.exit(1)

/** The files of these chunks and of all that they import, each once. */
function filesOf(keys: string[], manifest: Record<string, Chunk>): string[] {
  const found = new Map<string, Chunk>()
  const visit = (key: string) => {
    if (found.has(key)) return
    const chunk = manifest[key]
    if (!chunk) throw new Error(`the build has no chunk of ${key}`)
    found.set(key, chunk)
    chunk.imports?.forEach(visit)
  }
  keys.forEach(visit)
  return [...found.values()].map(({ file }) => file)
}

function weightOf(file: string): number {
  return gzipSync(readFileSync(join(folder, file)), { level: 9 }).length
}

/** Paths from `web/` on. */
function filesBelow(path: string): string[] {
  return readdirSync(join(web, path), { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(web.length + 1))
}
