import { createServer } from 'node:net'
import { join } from 'node:path'
import { composeDirectory } from '@usms/directory/compose-directory'
import { composeProvisioner, type ProvisionerOverrides } from '@usms/directory/compose-provisioner'
import { readDirectoryConfig, readProvisionerConfig } from '@usms/directory/config'
import { ensureFirstOwner } from '@usms/directory/first-owner'
import { reasonOf } from '@usms/directory/modules/provisioning/failure-reason'
import { createPostgresAdmin } from '@usms/directory/platform/postgres-admin'
import { prepareCluster } from '@usms/directory/prepare-cluster'
import { closeOnSignals, createLifecycle } from '@usms/service-kit/lifecycle'
import { createLogger, logTo } from '@usms/service-kit/log'
import type { Logger } from 'pino'
import { ensureWebBuilt, isWebBuilt } from '../web/build-web.ts'
import { type Credentials, type CredentialsFile, openCredentials } from './credentials.ts'
import { openDataFolder, StartError } from './data-folder.ts'
import { onboardDemoSchools } from './demo-schools.ts'
import { keepPostgres } from './kept-postgres.ts'
import type { Settings } from './settings.ts'
import type { Terminal } from './terminal.ts'

export interface OneMachine {
  url: string
  /** Of the web front end; absent without one. */
  appUrl: string | undefined
  credentials: Credentials | undefined
}

/** Long enough for one that was just killed to be missed by its PostgreSQL. */
const LEAD_WITHIN_MS = 20_000

/**
 * Everything on one machine, in one process and one data folder: PostgreSQL, provisioner, directory, the first owner, the demo
 * schools. What is there already is left as it is. From the first moment on a signal closes what is open by then.
 * @throws StartError with what to do, for what the person at the terminal can mend
 */
export async function startOnOneMachine(
  settings: Settings,
  terminal: Terminal,
  overrides: ProvisionerOverrides = {},
): Promise<OneMachine> {
  const folder = openDataFolder(settings.USMS_DATA_DIR)
  const credentials = openCredentials(folder.file('credentials.json'))
  const log = createLogger({
    service: 'usms',
    level: settings.LOG_LEVEL,
    destination: logTo(join(folder.path, 'logs/usms.log')),
  })
  const lifecycle = createLifecycle(log)
  lifecycle.onClose('data folder', () => folder.unlock())
  // Before anything is opened: a Ctrl-C while we start must not leave a PostgreSQL behind.
  closeOnSignals(lifecycle, log)

  /** What is being opened when everything closes is closed as soon as it is open. */
  function open<T>(name: string, opening: Promise<T>, close: (opened: T) => Promise<void>) {
    lifecycle.onClose(name, async () => {
      const opened = await opening.catch(() => undefined)
      if (opened) await close(opened)
    })
    return opening
  }

  try {
    await requireFreePort(settings)
    const building = settings.WEB ? buildFrontEnd() : undefined
    // Waited for where it is needed; a failure before that is no one's who could be told of it.
    building?.catch(() => {})
    const adminUrl =
      settings.POSTGRES_ADMIN_URL ??
      (await terminal.during('starting PostgreSQL', async () => {
        const starting = keepPostgres({ dataDir: folder.file('postgres'), log })
        const postgres = await open('PostgreSQL', starting, (opened) => opened.stop())
        // It runs in a session of its own; when the second Ctrl-C ends us at once it must not stay.
        process.once('exit', postgres.stopAtOnce)
        return postgres.adminUrl
      }))

    const cluster = await terminal.during('preparing the directory’s database', () =>
      prepareCluster({
        adminUrl,
        provisionerPassword: folder.secret('provisioner-role'),
        directoryPassword: folder.secret('directory-role'),
        log,
      }).catch((error: unknown) => {
        if (!settings.POSTGRES_ADMIN_URL) throw error
        const reason = reasonOf(error)
        throw new StartError(`The server of POSTGRES_ADMIN_URL cannot be used: ${reason}`, {
          cause: error,
        })
      }),
    )
    await ensureFirstOwner({
      databaseUrl: cluster.provisionerUrl,
      email: settings.OWNER_EMAIL,
      password: settings.OWNER_PASSWORD,
      keep: (owner) => credentials.write({ owner, schools: [] }),
    })

    const shared = { ROUTER_KEY: folder.secret('router'), LOG_LEVEL: settings.LOG_LEVEL }
    const directoryConfig = readDirectoryConfig({
      ...shared,
      PORT: String(settings.PORT),
      HOST: settings.HOST,
      PUBLIC_URL: settings.PUBLIC_URL,
      PUBLIC_HOSTS: settings.PUBLIC_HOSTS,
      BASE_DOMAIN: settings.BASE_DOMAIN,
      TRUST_PROXY: settings.TRUST_PROXY,
      DATABASE_URL: cluster.directoryUrl,
      OWNER_JWT_SECRET: folder.secret('owner-tokens'),
      OWNER_REFRESH_KEY: folder.secret('owner-refresh'),
      REGISTRY_SNAPSHOT: folder.file('registry.json'),
      WEB_DIR: await building,
    })
    const provisionerConfig = readProvisionerConfig({
      ...shared,
      DATABASE_URL: cluster.provisionerUrl,
      POSTGRES_ADMIN_URL: cluster.provisionerUrl,
      SECRETS_KEY: folder.secret('school-secrets'),
      DATA_DIR: folder.path,
      APP_URL: `${directoryConfig.PUBLIC_URL}/app`,
      SCHOOL_LOG_LEVEL: settings.LOG_LEVEL,
    })
    const { provisioner, directory } = await terminal.during(
      'starting directory and provisioner',
      async () => {
        const closeIt = (opened: { close: () => Promise<void> }) => opened.close()
        const waiting = new AbortController()
        const starting = composeProvisioner(provisionerConfig, log, {
          leadWithinMs: LEAD_WITHIN_MS,
          leadSignal: waiting.signal,
          onOusted: () => void lifecycle.close().finally(() => process.exit(1)),
          ...overrides,
        })
        const opening = open('provisioner', starting, closeIt)
        // Closed before it, hence registered after it.
        lifecycle.onClose('wait for another provisioner', () => waiting.abort())
        const provisioner = await opening
        const directory = await open('directory', composeDirectory(directoryConfig, log), closeIt)
        return { provisioner, directory }
      },
    )

    if (settings.DEMO)
      await onboardDemo(directory.url, credentials, terminal, cluster.provisionerUrl, log)
    await terminal.during('starting the schools', () => provisioner.reconcile())
    return {
      url: directoryConfig.PUBLIC_URL,
      appUrl: directoryConfig.WEB_DIR && `${directoryConfig.PUBLIC_URL}/app/`,
      credentials: credentials.read(),
    }
  } catch (error) {
    log.error({ err: error }, 'could not start')
    await lifecycle.close()
    throw error
  }

  /** Beside everything else: it takes as long as PostgreSQL and the directory's database together. */
  async function buildFrontEnd(): Promise<string> {
    const ending = new AbortController()
    const { signal } = ending
    const building = isWebBuilt().then((isBuilt) =>
      isBuilt
        ? ensureWebBuilt({ signal })
        : terminal.during('building the front end', () => ensureWebBuilt({ signal })),
    )
    lifecycle.onClose('build of the front end', async () => {
      ending.abort()
      await building.catch(() => {})
    })
    return building.catch((error: Error) => {
      throw new StartError(
        `The web front end does not build: ${error.message}\nMend it, or start with WEB=0 to do without.`,
        { cause: error },
      )
    })
  }
}

async function onboardDemo(
  url: string,
  credentials: CredentialsFile,
  terminal: Terminal,
  provisionerUrl: string,
  log: Logger,
): Promise<void> {
  const admin = createPostgresAdmin({ provisionerUrl, log })
  try {
    await onboardDemoSchools({ url, credentials, terminal, schoolDatabaseUrl: admin.schoolUrl })
  } finally {
    await admin.close()
  }
}

/** Asked before anything is started: a taken port is the commonest reason why nothing can be served. */
async function requireFreePort({ HOST, PORT }: Settings): Promise<void> {
  const probe = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject)
      probe.listen(PORT, HOST, resolve)
    })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new StartError(
        `Port ${PORT} on ${HOST} is in use by another program. Stop it, or set PORT to another number.`,
        { cause: error },
      )
    throw new StartError(
      `Cannot listen on ${HOST}:${PORT} (${code}). Set HOST to an address of this machine and PORT to a number above 1023.`,
      { cause: error },
    )
  } finally {
    probe.close()
  }
}
