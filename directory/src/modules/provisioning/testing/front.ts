import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { composeDirectory } from '#src/compose-directory.ts'
import { readDirectoryConfig } from '#src/config.ts'
import { eventually } from './provisioning-fixture.ts'
import { type ProvisioningCluster, ROUTER_KEY } from './provisioning-cluster.ts'

/** The directory before the schools of a cluster, with its real router. */
export async function startFront(cluster: ProvisioningCluster) {
  const config = readDirectoryConfig({
    PORT: '0',
    DATABASE_URL: cluster.directoryUrl,
    OWNER_JWT_SECRET: randomBytes(32).toString('hex'),
    OWNER_REFRESH_KEY: randomBytes(32).toString('hex'),
    ROUTER_KEY,
    ROUTER_CLIENT_REQUESTS: '1000000',
  })
  const directory = await composeDirectory(config, pino({ level: 'silent' }))
  const ask = (code: string) => fetch(`${directory.url}/proxy/${code}/health`)

  return {
    ask,
    /** Asks a school over and over, several at once, until it is told to stop. @returns how often which status came */
    keepAsking(code: string, atOnce = 4) {
      const answers = new Map<string, number>()
      let stopped = false
      const asking = Array.from({ length: atOnce }, async () => {
        while (!stopped) {
          const answer = await ask(code).then(
            async (response) => {
              await response.arrayBuffer()
              return String(response.status)
            },
            (error: unknown) => String(error),
          )
          answers.set(answer, (answers.get(answer) ?? 0) + 1)
        }
      })
      return async () => {
        stopped = true
        await Promise.all(asking)
        return Object.fromEntries(answers)
      }
    },
    serves: (code: string) =>
      eventually(async () => {
        const { status } = await ask(code)
        if (status !== 200) throw new Error(`the router answers ${status}`)
      }),
    close: () => directory.close(),
  }
}
