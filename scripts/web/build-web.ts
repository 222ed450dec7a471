import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { fingerprintOf } from './web-sources.ts'

/** This checkout; everything below takes another one as well. */
const CHECKOUT = fileURLToPath(new URL('../../', import.meta.url))

const BUILD_PROGRAM = fileURLToPath(new URL('../build-web.ts', import.meta.url))
/** What a folder was built from. Begins with a dot, like everything that is not served. */
const FINGERPRINT = '.fingerprint'
/** Putting a finished build in its place takes no longer: a lock that is older was left behind. */
const LOCK_MS = 5_000

const webOf = (root: string) => join(root, 'web')
const distOf = (root: string) => join(root, 'web/dist')

/**
 * Builds the front end with everything it needs to be served. In this process, which the bundler leaves large: a program that runs on
 * uses `ensureWebBuilt`.
 * @param outDir emptied first
 * @throws the bundler's error when the sources do not build
 */
export async function buildWeb(outDir: string, root: string = CHECKOUT): Promise<void> {
  const fingerprint = await fingerprintOf(root)
  // Who builds within a test would otherwise get the libraries' development halves.
  process.env['NODE_ENV'] = 'production'
  // Here, so that a program with a front end that is built runs without the bundler.
  const { build } = await import('vite')
  await build({
    configFile: join(webOf(root), 'vite.config.ts'),
    logLevel: 'warn',
    // Relative: plugins of ours look for it below the bundler's own root.
    build: { outDir: relative(webOf(root), outDir), emptyOutDir: true },
  })
  await writeFile(join(outDir, FINGERPRINT), fingerprint)
}

/** Whether `web/dist` is what the sources of now would build. */
export const isWebBuilt = async (root: string = CHECKOUT): Promise<boolean> =>
  (await readFingerprint(root)) === (await fingerprintOf(root))

/**
 * The folder of the built front end, `web/dist`; built first where it is missing or older than its sources. Programs of one checkout
 * may do so at the same time: each builds in a folder of its own, and what is current already is left where it is.
 * @param signal ends the build
 * @throws Error that says in one line why it does not build
 */
export async function ensureWebBuilt({
  signal,
  root = CHECKOUT,
}: { signal?: AbortSignal; root?: string } = {}): Promise<string> {
  const dist = distOf(root)
  const wanted = await fingerprintOf(root)
  if ((await readFingerprint(root)) === wanted) return dist
  const workshop = await mkdtemp(join(webOf(root), '.build-'))
  try {
    // Named like the other one: git leaves out what has this name.
    const built = join(workshop, 'dist')
    await runBuild(built, root, signal)
    await locked(root, async () => {
      if ((await readFingerprint(root)) === wanted) return
      await rename(dist, join(workshop, 'old')).catch(ignoreMissing)
      await rename(built, dist)
    })
    return dist
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
}

const readFingerprint = (root: string) =>
  readFile(join(distOf(root), FINGERPRINT), 'utf8').catch(ignoreMissing)

/** In a process of its own, whose memory goes with it. */
async function runBuild(outDir: string, root: string, signal: AbortSignal | undefined) {
  const child = spawn(process.execPath, [BUILD_PROGRAM, outDir, root], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(signal && { signal }),
  })
  let said = ''
  child.stderr?.on('data', (text: Buffer) => (said += text.toString()))
  let failure: Error | undefined
  child.once('error', (error) => (failure = error))
  // Also when it is given up: its folder is removed next, and it must not be writing there any more.
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  if (failure) throw failure
  // What it says last; warnings come before.
  if (code !== 0) throw new Error(said.trim().split('\n').at(-1) || 'the build was ended')
}

/** One at a time among all programs of this checkout. A folder: making one either works or does not, and git sees no empty ones. */
async function locked(root: string, work: () => Promise<void>): Promise<void> {
  const lock = join(webOf(root), '.build-lock')
  const unlock = () => rm(lock, { recursive: true, force: true })
  for (;;)
    try {
      await mkdir(lock)
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const since = await stat(lock).catch(ignoreMissing)
      if (since && Date.now() - since.mtimeMs > LOCK_MS) await unlock()
      else await sleep(20)
    }
  try {
    await work()
  } finally {
    await unlock()
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
