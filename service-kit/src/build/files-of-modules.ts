import { copyFile, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'
import type { Plugin } from 'esbuild'

/** Files that modules of ours look for beside themselves, which a bundle has to give them. */

/** `import.meta.url` of a module of ours is, below the bundle's folder, what it was below the root. */
export const modulesInPlace = (root: string): Plugin => ({
  name: 'modules-in-place',
  setup(bundling) {
    bundling.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const place = relative(root, path)
      if (place.startsWith('..') || place.split(sep).includes('node_modules')) return undefined
      const text = await readFile(path, 'utf8')
      if (!text.includes('import.meta.url')) return undefined
      const url = `new URL(${JSON.stringify(place.split(sep).join('/'))}, import.meta.url).href`
      return { contents: text.replaceAll('import.meta.url', url), loader: 'ts' }
    })
  },
})

const ENGINE = '@prisma/schema-engine-wasm/schema_engine_bg'
const ENGINE_FILE = 'schema_engine_bg.wasm'
/** As it stands in service-kit/src/db/schema-engine.ts. */
const ENGINE_LOOKUP = /createRequire\(import\.meta\.url\)\.resolve\(\s*'([^']+)',?\s*\)/

/** Puts the schema engine's WebAssembly beside the bundle, for programs that migrate. */
export const schemaEngine = (outDir: string): Plugin => ({
  name: 'schema-engine',
  setup(bundling) {
    bundling.onLoad({ filter: /[\\/]db[\\/]schema-engine\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      if (ENGINE_LOOKUP.exec(text)?.[1] !== ENGINE)
        throw new Error(`${path} looks for the schema engine in another way than this plugin knows`)
      const engineDir = dirname(createRequire(path).resolve(ENGINE))
      await copyFile(join(engineDir, ENGINE_FILE), join(outDir, ENGINE_FILE))
      const beside = `new URL(${JSON.stringify(ENGINE_FILE)}, import.meta.url).pathname`
      return { contents: text.replace(ENGINE_LOOKUP, beside), loader: 'ts' }
    })
  },
})
