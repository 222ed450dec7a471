import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '@usms/service-kit/db/embedded-postgres'

const LOOK_MS = 500

/**
 * Our own PostgreSQL, started again when it ends by itself (killed by mistake, or for its memory): who was connected connects again
 * to the same URL.
 * @throws as startEmbeddedPostgres, at the first start
 */
export async function keepPostgres(
  options: EmbeddedPostgresOptions,
): Promise<Pick<EmbeddedPostgres, 'adminUrl' | 'stop' | 'stopAtOnce'>> {
  const { log } = options
  let server = await startEmbeddedPostgres(options)
  const { adminUrl, port } = server
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let looking = Promise.resolve()

  const lookLater = () => {
    timer = setTimeout(() => (looking = look()), LOOK_MS)
  }

  async function look() {
    try {
      if (!(await server.isRunning()) && !stopped) {
        server = await startEmbeddedPostgres({ ...options, port })
        if (server.port !== port)
          log.fatal({ port }, 'the port of PostgreSQL was taken meanwhile; start USMS again')
      }
    } catch (error) {
      log.error({ err: error }, 'PostgreSQL does not start again; it is tried again')
    }
    if (!stopped) lookLater()
  }

  lookLater()
  return {
    adminUrl,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await looking
      await server.stop()
    },
    stopAtOnce: () => server.stopAtOnce(),
  }
}
