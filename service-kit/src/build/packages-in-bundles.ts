import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'esbuild'

/** What packages do that a single file cannot. */

/**
 * Importing a module of Node's as ESM evaluates everything it exports; of node:http that is a WebSocket client, 15 % of a start.
 * Required, what is not used is not loaded.
 */
export const nodeModulesByRequire: Plugin = {
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
export const nativeBcrypt: Plugin = {
  name: 'native-bcrypt',
  setup(bundling) {
    bundling.onResolve({ filter: /^node-gyp-build$/ }, ({ importer }) => ({
      path: 'bcrypt',
      namespace: 'native',
      pluginData: importer,
    }))
    bundling.onLoad({ filter: /.*/, namespace: 'native' }, ({ pluginData }) => {
      const importer = pluginData as string
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
export const queryCompiler: Plugin = {
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
export const oneOfEachTable: Plugin = {
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

/** Packages whose code is replaced by an empty object: what needs them is loaded and never called. */
export const nothingOf = (packages: readonly string[]): Plugin => ({
  name: 'nothing-of',
  setup(bundling) {
    bundling.onResolve({ filter: /^[^./]/ }, ({ path }) =>
      packages.includes(path) ? { path, namespace: 'nothing' } : undefined,
    )
    bundling.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({
      contents: 'module.exports = {}',
    }))
  },
})
