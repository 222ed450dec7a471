import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'

/** What a school's process runs: one file with everything in it but the native parts, which lie beside it. */
export interface SchoolBundle {
  entry: string
  /** Hash of everything it was made of: the name under which a school records what it runs. */
  release: string
  /** V8's compiled code of the bundle: halves the time from spawn to ready. */
  compileCacheDir: string
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const INPUTS = ['school-api/src', 'school-api/prisma', 'service-kit/src', 'package-lock.json']
/** Raise it when the way of bundling changes: sources alone do not tell. */
const RECIPE = 1
const RELEASES_KEPT = 3

/**
 * Bundles the school API of this source tree into `<dataDir>/releases/<release>/main.mjs`, unless it is there already.
 * From sources a school needs twice the time to start and a third more memory. A release that was built half (kill -9)
 * is not seen: the folder gets its name last.
 * @throws Error when the sources do not compile or the folder cannot be written
 */
export async function buildSchoolBundle({ dataDir }: { dataDir: string }): Promise<SchoolBundle> {
  const release = await releaseOf(INPUTS)
  const releasesDir = join(dataDir, 'releases')
  const dir = join(releasesDir, release)
  const bundle = {
    entry: join(dir, 'main.mjs'),
    release,
    compileCacheDir: join(dir, 'compile-cache'),
  }
  if (existsSync(bundle.entry)) return bundle
  await mkdir(releasesDir, { recursive: true })
  const building = await mkdtemp(join(releasesDir, '.building-'))
  try {
    await bundleInto(building)
    // Two provisioners may have built the same release: whoever comes second uses the first one's.
    await rename(building, dir).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(bundle.entry)) throw error
    })
  } finally {
    await rm(building, { recursive: true, force: true })
  }
  await removeOldReleases(releasesDir, release)
  return bundle
}

/** Of those before, some stay to go back to; every change of the sources makes another one. */
async function removeOldReleases(releasesDir: string, current: string): Promise<void> {
  const others = (await readdir(releasesDir)).filter((name) => name !== current)
  const dated = await Promise.all(
    others.map(async (name) => ({ name, at: (await stat(join(releasesDir, name))).mtimeMs })),
  )
  for (const { name } of dated.toSorted((a, b) => b.at - a.at).slice(RELEASES_KEPT))
    await rm(join(releasesDir, name), { recursive: true, force: true })
}

/** Paths and contents of everything a bundle is made of, and of what it is made for (it has native parts). */
async function releaseOf(inputs: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  hash.update(JSON.stringify([RECIPE, process.version, process.platform, process.arch]))
  for (const input of inputs)
    for (const file of await filesOf(join(ROOT, input)))
      hash.update(`\0${file.slice(ROOT.length)}\0`).update(await readFile(file))
  return hash.digest('hex').slice(0, 16)
}

async function filesOf(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

// The cache of compiled code is written when a process ends; schools run for weeks, so the first one writes it when it listens.
const ENTRY = `import { flushCompileCache } from 'node:module'
await import('./src/main.ts')
flushCompileCache()
`

// CommonJS packages inside ask for Node's own modules, for their folder and for the native part of bcrypt.
const COMMONJS_IN_ESM = `import { createRequire as createRequireHere } from 'node:module'
const require = createRequireHere(import.meta.url), __dirname = import.meta.dirname`

async function bundleInto(dir: string): Promise<void> {
  await build({
    stdin: { contents: ENTRY, resolveDir: join(ROOT, 'school-api'), sourcefile: 'entry.mjs' },
    absWorkingDir: ROOT,
    outfile: join(dir, 'main.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Every process keeps the text on its heap. Names stay, and lines short, for stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 160,
    legalComments: 'none',
    loader: { '.node': 'copy' },
    assetNames: '[name]',
    banner: { js: COMMONJS_IN_ESM },
    plugins: [nodeModulesByRequire, nativeBcrypt, queryCompiler, oneOfEachTable],
    logLevel: 'silent',
  })
}

/**
 * Importing a module of Node's as ESM evaluates everything it exports; of node:http that is a WebSocket client, 15 % of a start.
 * Required, what is not used is not loaded.
 */
const nodeModulesByRequire: Plugin = {
  name: 'node-modules-by-require',
  setup(bundling) {
    bundling.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'node-module' } : undefined,
    )
    bundling.onLoad({ filter: /.*/, namespace: 'node-module' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
    }))
  },
}

/** bcrypt looks for its native part relative to its own folder, which a bundle does not have. */
const nativeBcrypt: Plugin = {
  name: 'native-bcrypt',
  setup(bundling) {
    bundling.onResolve({ filter: /^node-gyp-build$/ }, ({ importer }) => ({
      path: importer,
      namespace: 'native',
    }))
    bundling.onLoad({ filter: /.*/, namespace: 'native' }, ({ path: importer }) => {
      const { path: nativePartOf } = createRequire(importer)('node-gyp-build') as {
        path(packageDir: string): string
      }
      return {
        contents: `module.exports = () => require(${JSON.stringify(nativePartOf(dirname(importer)))})`,
        resolveDir: dirname(importer),
      }
    })
  },
}

/** Prisma's query compiler comes as 4.5 MB of base64 inside a module, which every process would keep on its heap: a file does. */
const queryCompiler: Plugin = {
  name: 'query-compiler',
  setup(bundling) {
    bundling.onLoad({ filter: /\.wasm-base64\.mjs$/ }, ({ path }) => ({
      // The generated client decodes it as base64, which leaves bytes as they are.
      contents: `
        import { readFileSync } from 'node:fs'
        import file from 'query_compiler.wasm'
        export const wasm = readFileSync(new URL(file, import.meta.url))`,
      pluginData: path,
      resolveDir: dirname(path),
    }))
    bundling.onResolve({ filter: /^query_compiler\.wasm$/ }, ({ pluginData }) => ({
      path: 'query_compiler.wasm',
      namespace: 'query-compiler',
      pluginData: pluginData as string,
    }))
    bundling.onLoad({ filter: /.*/, namespace: 'query-compiler' }, async ({ pluginData }) => {
      const { wasm } = (await import(pathToFileURL(pluginData as string).href)) as { wasm: string }
      return { contents: Buffer.from(wasm, 'base64'), loader: 'file' }
    })
  },
}

/** npm nests several equal copies of the table of media types; one is enough. */
const oneOfEachTable: Plugin = {
  name: 'one-of-each-table',
  setup(bundling) {
    const firstOf = new Map<string, string>()
    bundling.onLoad({ filter: /\.json$/ }, async ({ path }) => {
      const contents = await readFile(path, 'utf8')
      const first = firstOf.get(contents) ?? path
      firstOf.set(contents, first)
      if (first === path) return { contents, loader: 'json' }
      return { contents: `module.exports = require(${JSON.stringify(first)})`, loader: 'js' }
    })
  },
}
