import type { Logger } from 'pino'
import { type ApiDocument, apiDocument } from '#src/http/docs-page.ts'
import type { Registry } from './registry.ts'

/** The schools' API as it describes itself; undefined while no school runs. */
export type ReadSchoolDocument = () => Promise<ApiDocument | undefined>

interface SchoolDocumentDeps {
  registry: Pick<Registry, 'anyRunning'>
  /** Where clients reach that school. */
  urlFor: (school: { code: string }) => string
  log: Logger
  /** How long an answer is kept, in milliseconds. */
  keepMs?: number
}

const ANSWER_TIMEOUT_MS = 2_000
/** After a failure the school is left in peace for so long. */
const RETRY_MS = 5_000

/**
 * Asks any running school for its OpenAPI document, since the directory knows nothing of the schools' code: they all run the same.
 * One question at a time however many ask; what was once known is shown for as long as no school says otherwise.
 */
export function createSchoolDocument({
  registry,
  urlFor,
  log,
  keepMs = 60_000,
}: SchoolDocumentDeps): ReadSchoolDocument {
  let known: ApiDocument | undefined
  let askAgainAt = 0
  let asking: Promise<void> | undefined

  async function ask() {
    const school = registry.anyRunning()
    if (!school?.address) return
    const { host, port } = school.address
    askAgainAt = Date.now() + RETRY_MS
    try {
      const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
      const answer = await fetch(`http://${authority}/openapi.json`, {
        headers: { 'x-school-code': school.code, 'x-school-secret': school.hopSecret },
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      })
      if (!answer.ok) throw new Error(`it answered ${answer.status}`)
      const document = apiDocument.parse(await answer.json())
      known = { ...document, servers: [{ url: urlFor({ code: 'CODE' }) }] }
      askAgainAt = Date.now() + keepMs
    } catch (error) {
      log.warn({ err: error, school: school.code }, 'a school did not describe its API')
    }
  }

  return async () => {
    if (Date.now() >= askAgainAt) await (asking ??= ask().finally(() => (asking = undefined)))
    return known
  }
}
