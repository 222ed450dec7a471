import { stat } from 'node:fs/promises'
import { RuntimeAwayError } from '../school-runtime.ts'

/**
 * `unreachable`: nobody answers at the socket, or the answer was cut off: what was asked may have been done. `forbidden`: this account
 * may not use the socket. `missing`: no such container, image, network. `conflict`: a name is taken, or a container is not in the
 * state for it. `refused`: anything else that the engine said.
 */
export type EngineFault = 'unreachable' | 'forbidden' | 'missing' | 'conflict' | 'refused'

/** The Docker Engine did not do what it was asked. */
export class EngineError extends Error {
  readonly fault: EngineFault

  constructor(fault: EngineFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EngineError'
    this.fault = fault
  }
}

export const isFault = (error: unknown, ...faults: EngineFault[]): error is EngineError =>
  error instanceof EngineError && faults.includes(error.fault)

/** What the client library throws, in our words. */
export async function toEngineError(error: unknown, socketPath: string): Promise<EngineError> {
  const { statusCode, code, json, message } = error as {
    statusCode?: number
    code?: string
    json?: { message?: unknown } | null
    message?: string
  }
  if (statusCode !== undefined) {
    const said = typeof json?.message === 'string' ? json.message : (message ?? '')
    const fault = statusCode === 404 ? 'missing' : statusCode === 409 ? 'conflict' : 'refused'
    return new EngineError(fault, `The Docker Engine says: ${said.trim()}`, { cause: error })
  }
  if (code === 'EACCES')
    return new EngineError('forbidden', await whoMayUse(socketPath), { cause: error })
  if (code === 'ENOENT' || code === 'ECONNREFUSED')
    return unreachable(`No Docker Engine answers at ${socketPath}`, error)
  return unreachable(
    `The Docker Engine at ${socketPath} broke off: ${message ?? String(error)}`,
    error,
  )
}

export const unreachable = (message: string, error?: unknown) =>
  new EngineError('unreachable', message, { cause: new RuntimeAwayError({ cause: error }) })

async function whoMayUse(socketPath: string): Promise<string> {
  const group = await stat(socketPath).then(
    ({ gid }) => `group ${gid}`,
    () => 'the group of the socket',
  )
  return `This account (uid ${process.getuid?.()}) may not use the Docker Engine at ${socketPath}: it must be in ${group} (in Compose: DOCKER_GID in .env)`
}
