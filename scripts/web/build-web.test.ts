import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureWebBuilt, isWebBuilt } from './build-web.ts'

/** A checkout as far as a build looks at it. */
let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'usms-checkout-'))
  await write('package-lock.json', '{}')
  await write('tsconfig.json', '{}')
  await write('directory/src/schools.schema.ts', 'export const one = 1')
  await write('directory/src/schools.service.ts', '')
  await write('school-api/src/me.schema.ts', '')
  await write('web/vite.config.ts', `export default { root: import.meta.dirname, base: '/app/' }`)
  await write('web/index.html', '<!doctype html><script type="module" src="/src/main.ts"></script>')
  await write('web/src/main.ts', 'console.log("first")')
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function write(path: string, text: string) {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
}
async function scripts() {
  const dir = join(root, 'web/dist/assets')
  return Promise.all((await readdir(dir)).map((name) => readFile(join(dir, name), 'utf8')))
}
const left = async () => (await readdir(join(root, 'web'))).filter((name) => name.startsWith('.'))

describe('the front end', () => {
  it('is built where it is not, and built again when a source, a contract or a library is another', async () => {
    expect(await isWebBuilt(root)).toBe(false)
    expect(await ensureWebBuilt({ root })).toBe(join(root, 'web/dist'))
    expect(await isWebBuilt(root)).toBe(true)
    expect(await scripts()).toMatchObject([expect.stringContaining('first')])
    for (const [path, text] of [
      ['web/src/main.ts', 'console.log("second")'],
      ['web/src/more.css', ''],
      ['directory/src/schools.schema.ts', 'export const one = 2'],
      ['package-lock.json', '{"name":"x"}'],
    ] as const) {
      await write(path, text)
      expect([path, await isWebBuilt(root)]).toEqual([path, false])
      await ensureWebBuilt({ root })
      expect(await isWebBuilt(root)).toBe(true)
    }
    expect(await scripts()).toMatchObject([expect.stringContaining('second')])
    for (const path of [
      'directory/src/schools.service.ts',
      'web/src/main.test.ts',
      'web/e2e/x.ts',
      'web/node_modules/x.js',
    ]) {
      await write(path, 'changed')
      expect([path, await isWebBuilt(root)]).toEqual([path, true])
    }
    expect(await left()).toEqual([])
  })

  it('is whole for each of several programs that begin at once', async () => {
    const page = async () => {
      const dist = await ensureWebBuilt({ root })
      return readFile(join(dist, 'index.html'), 'utf8')
    }
    const pages = await Promise.all([page(), page(), page()])
    expect(new Set(pages).size).toBe(1)
    expect(await scripts()).toHaveLength(1)
    expect(await left()).toEqual([])
  })

  it('stays as it was when the sources do not build, and the reason is one line', async () => {
    await ensureWebBuilt({ root })
    await write('web/src/main.ts', 'import "./none.ts"')
    await expect(ensureWebBuilt({ root })).rejects.toThrow(
      /^\[UNRESOLVED_IMPORT\] Could not resolve '.\/none.ts' in \S*main.ts \(\S*main.ts:1:8\)$/,
    )
    await write('web/src/main.ts', 'const a = (')
    await expect(ensureWebBuilt({ root })).rejects.toThrow(/^.* \(\S*main.ts:1:\d+\)$/)
    expect(await scripts()).toMatchObject([expect.stringContaining('first')])
    expect(await left()).toEqual([])
  })

  it('is given up when it is no longer wanted', async () => {
    const ending = new AbortController()
    const building = ensureWebBuilt({ root, signal: ending.signal })
    ending.abort()
    await expect(building).rejects.toThrow()
    expect(existsSync(join(root, 'web/dist'))).toBe(false)
    expect(await left()).toEqual([])
  })

  it('waits for nobody who was killed while it put a build in its place', async () => {
    const lock = join(root, 'web/.build-lock')
    await mkdir(lock)
    const aMinuteAgo = new Date(Date.now() - 60_000)
    await utimes(lock, aMinuteAgo, aMinuteAgo)
    await ensureWebBuilt({ root })
    expect(await left()).toEqual([])
  })
})
