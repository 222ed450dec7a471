import { isFault } from './engine-error.ts'
import type { Engine } from './engine-types.ts'

/** @throws Error when schools would not live on a network of their own without a way out */
export async function requireNetwork(engine: Engine, name: string): Promise<void> {
  const network = await engine.inspectNetwork(name).catch((error: unknown) => {
    if (!isFault(error, 'missing')) throw error
    throw new Error(
      `The schools' network ${name} (SCHOOL_NETWORK) does not exist: docker compose makes it, or: docker network create --internal ${name}`,
      { cause: error },
    )
  })
  if (!network.internal)
    throw new Error(
      `The schools' network ${name} (SCHOOL_NETWORK) is not internal: schools would reach everything from it. Make it with --internal.`,
    )
}
