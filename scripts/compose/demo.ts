/** The `demo` service of docker-compose.yml: onboards the two demo schools, as `npm start` does. */
import { reasonOf } from '@usms/directory/modules/provisioning/failure-reason'
import { createPostgresAdmin } from '@usms/directory/platform/postgres-admin'
import { parseConfig, setting } from '@usms/service-kit/config'
import { createLogger } from '@usms/service-kit/log'
import { z } from 'zod'
import { openCredentials } from '../start/credentials.ts'
import { onboardDemoSchools } from '../start/demo-schools.ts'
import { createTerminal } from '../start/terminal.ts'

const terminal = createTerminal()
try {
  await onboard()
} catch (error) {
  terminal.say(reasonOf(error))
  process.exitCode = 1
}

async function onboard(): Promise<void> {
  const settings = parseConfig(
    z.object({
      DIRECTORY_URL: z.url(),
      /** As the provisioner's role. */
      DATABASE_URL: setting.postgresUrl,
      CREDENTIALS: z.string(),
    }),
    process.env,
  )
  const admin = createPostgresAdmin({
    provisionerUrl: settings.DATABASE_URL,
    log: createLogger({ service: 'demo', level: 'warn' }),
  })
  try {
    await onboardDemoSchools({
      url: settings.DIRECTORY_URL,
      credentials: openCredentials(settings.CREDENTIALS),
      terminal,
      schoolDatabaseUrl: admin.schoolUrl,
    })
  } finally {
    await admin.close()
  }
}
