import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bundleProgram } from './bundle-program.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const run = promisify(execFile)

/** A source tree like ours, and a folder far from it that the bundle runs in. */
let root: string
let elsewhere: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'usms-sources-'))
  elsewhere = await mkdtemp(join(tmpdir(), 'usms-bundle-'))
  await mkdir(join(root, 'school/src'), { recursive: true })
  await mkdir(join(root, 'school/data'))
  await writeFile(join(root, 'school/data/word.txt'), 'beside')
})
afterAll(async () => {
  for (const dir of [root, elsewhere]) await rm(dir, { recursive: true, force: true })
})

async function bundled(text: string, options: { external?: string[]; without?: string[] } = {}) {
  const outDir = await mkdtemp(join(elsewhere, 'out-'))
  await writeFile(join(root, 'school/src/program.ts'), text)
  const outFile = join(outDir, 'main.mjs')
  await bundleProgram({ root, entry: 'school/src/program.ts', outFile, ...options })
  return { outDir, outFile, run: async () => (await run(process.execPath, [outFile])).stdout }
}

it('finds the files of a module at its place below the bundle’s folder', async () => {
  const program = await bundled(`
    import { readFileSync } from 'node:fs'
    process.stdout.write(readFileSync(new URL('../data/word.txt', import.meta.url), 'utf8'))`)
  await expect(program.run()).rejects.toThrow('ENOENT')
  await cp(join(root, 'school/data'), join(program.outDir, 'school/data'), { recursive: true })
  expect(await program.run()).toBe('beside')
})

it('runs a program that loads an external package only when it needs it, where there is none', async () => {
  const program = await bundled(
    `if (process.argv.length > 5) await import('esbuild')
     process.stdout.write('ran')`,
    { external: ['esbuild'] },
  )
  expect(await program.run()).toBe('ran')
})

it('leaves nothing of a package that it is to do without', async () => {
  const program = await bundled(
    `import engine from 'far-away-engine'
     process.stdout.write(JSON.stringify(engine))`,
    { without: ['far-away-engine'] },
  )
  expect(await program.run()).toBe('{}')
})

it('keeps what bcrypt and the schema engine need beside the bundle', async () => {
  const outDir = await mkdtemp(join(elsewhere, 'real-'))
  const entry = 'service-kit/src/testing/bundled-program.ts'
  await bundleProgram({ root: ROOT, entry, outFile: join(outDir, 'main.mjs') })
  const { stdout } = await run(process.execPath, [join(outDir, 'main.mjs')], { cwd: outDir })
  expect(stdout).toContain('CREATE TABLE "Pupil"')
  expect(stdout).toContain('the password is right: true')
  expect(await readFile(join(outDir, 'main.mjs'), 'utf8')).not.toContain(ROOT)
})

it('says what does not compile', async () => {
  await expect(bundled(`import './not-there.ts'`)).rejects.toThrow('not-there.ts')
})
