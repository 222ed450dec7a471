import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  bindMigrationAwareSqlAdapterFactory,
} from '@prisma/driver-adapter-utils'
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg'

/**
 * Runs Prisma's schema engine over a driver adapter. The adapter's connections stay the caller's to close.
 * @throws Error with the engine's words, without its colours; the engine's own error is the cause
 */
export async function withSchemaEngine<Result>(
  adapterFactory: SqlMigrationAwareDriverAdapterFactory,
  use: (engine: bindings.SchemaEngine) => Promise<Result>,
): Promise<Result> {
  await instantiate()
  let engine: bindings.SchemaEngine | undefined
  try {
    engine = await bindings.SchemaEngine.new(
      { datamodels: undefined },
      () => {},
      bindMigrationAwareSqlAdapterFactory(adapterFactory),
    )
    return await use(engine)
  } catch (error) {
    throw new Error(wordsOf(error), { cause: error })
  } finally {
    engine?.free()
  }
}

/** The engine ends its message with a trace of its own, in which the migration's name is the one thing of use. */
function wordsOf(error: unknown): string {
  const message = stripVTControlCharacters(error instanceof Error ? error.message : String(error))
  const migration = /migration_name="([^"]+)"/.exec(message)?.[1]
  const words = message.replace(/\n\s*0: [\s\S]*$/, '').replace(/^external connector error\n/, '')
  return migration ? `Migration ${migration}: ${words.trim()}` : words.trim()
}

// State of this module because the generated bindings keep theirs the same way: a second instance would take the memory
// of the first one away from engines that are at work.
let instantiated: Promise<void> | undefined
const instantiate = () => (instantiated ??= instantiateOnce())

async function instantiateOnce() {
  const entry = createRequire(import.meta.url).resolve(
    '@prisma/schema-engine-wasm/schema_engine_bg',
  )
  const code = await readFile(join(dirname(entry), 'schema_engine_bg.wasm'))
  // The declarations that come with the bindings leave out the hook a bundler would call.
  const glue: Record<string, unknown> = { ...bindings }
  const { exports } = (await WebAssembly.instantiate(code, { './schema_engine_bg.js': glue }))
    .instance
  for (const [begin, argument] of [
    [glue['__wbg_set_wasm'], exports],
    [exports['__wbindgen_start'], undefined],
  ]) {
    if (typeof begin !== 'function')
      throw new Error(
        '@prisma/schema-engine-wasm does not look as expected; was its version changed?',
      )
    begin(argument)
  }
}

/** What is used of WebAssembly: its types stand in TypeScript's browser library alone. */
declare const WebAssembly: {
  instantiate(
    code: Uint8Array,
    imports: Record<string, Record<string, unknown>>,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>
}

/** For work on datamodels alone: the engine asks a database for its version first, and this one answers. */
export function offlineAdapter(): SqlMigrationAwareDriverAdapterFactory {
  const refuse = () => Promise.reject(new Error('there is no database here'))
  const adapter: SqlDriverAdapter = {
    provider: 'postgres',
    adapterName: 'offline',
    queryRaw: async () => ({
      columnNames: ['exists', 'version', 'numeric_version'],
      columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
      rows: [[true, 'PostgreSQL 17.0', 170_000]],
    }),
    executeRaw: refuse,
    executeScript: refuse,
    startTransaction: refuse,
    dispose: async () => {},
  }
  return {
    provider: 'postgres',
    adapterName: 'offline',
    connect: async () => adapter,
    connectToShadowDb: refuse,
  }
}
