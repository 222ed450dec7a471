import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { modulesInPlace, schemaEngine } from './files-of-modules.ts'
import {
  nativeBcrypt,
  nodeModulesByRequire,
  nothingOf,
  oneOfEachTable,
  queryCompiler,
} from './packages-in-bundles.ts'

export interface ProgramToBundle {
  /** The folder of package.json: paths below are in it. */
  root: string
  /** The module that runs the program when it is loaded, as `school-api/src/main.ts`. */
  entry: string
  outFile: string
  /** Packages that are left outside; what is imported statically of them must be there when the program starts. */
  external?: readonly string[]
  /** Packages whose code is replaced by nothing, since what needs them is never reached. */
  without?: readonly string[]
}

// CommonJS packages inside ask for Node's own modules, for their folder and for the native part of bcrypt.
const COMMONJS_IN_ESM = `import { createRequire as createRequireHere } from 'node:module'
const require = createRequireHere(import.meta.url), __dirname = import.meta.dirname`

// The cache of compiled code is written when a process ends; ours run for weeks, so the first one writes it when it has started.
const entryOf = (entry: string) => `import { flushCompileCache } from 'node:module'
await import(${JSON.stringify(`./${entry}`)})
flushCompileCache()
`

/**
 * Makes one file of a program and everything it imports; native and WebAssembly parts lie beside it. Modules of ours that look for
 * files beside themselves look below the bundle's folder, at the same place as below `root`: `directory/prisma` is found at
 * `<folder of outFile>/directory/prisma`, for whoever puts it there.
 * @throws Error when the sources do not compile or the folder cannot be written
 */
export async function bundleProgram({
  root,
  entry,
  outFile,
  external = [],
  without = [],
}: ProgramToBundle): Promise<void> {
  // Here, so that a program that can bundle others runs without the bundler where it does not.
  const { build } = await import('esbuild')
  await mkdir(dirname(outFile), { recursive: true })
  await build({
    stdin: { contents: entryOf(entry), resolveDir: root, sourcefile: 'entry.mjs' },
    absWorkingDir: root,
    outfile: outFile,
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
    external: [...external],
    plugins: [
      nothingOf(without),
      nodeModulesByRequire,
      nativeBcrypt,
      queryCompiler,
      oneOfEachTable,
      schemaEngine(dirname(outFile)),
      modulesInPlace(root),
    ],
    logLevel: 'silent',
  })
}
