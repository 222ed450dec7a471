/**
 * The `setup` service of docker-compose.yml: makes the secrets of a first run, each in the volume of the service that needs it. What is
 * there is left as it is; what was lost of one service is made again from the provisioner's, which knows all that two of them share.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseConfig } from '@usms/service-kit/config'
import { writePrivateFile } from '@usms/service-kit/private-file'
import { z } from 'zod'

const settings = parseConfig(
  z.object({
    /** Holds a volume for each service. */
    SECRETS_DIR: z.string().default('/secrets'),
    /** host:port of PostgreSQL, as the services reach it. */
    POSTGRES: z.string().default('postgres:5432'),
  }),
  process.env,
)
let made = 0

/** The text kept under this name; made when there is none. */
function keep(service: string, name: string, make = () => randomBytes(32).toString('base64url')) {
  const place = join(settings.SECRETS_DIR, service, name)
  if (existsSync(place)) return readFileSync(place, 'utf8')
  const text = make()
  writePrivateFile(place, text)
  made++
  return text
}

const urlOf = (role: string, password: string, database: string) => () =>
  `postgres://${role}:${password}@${settings.POSTGRES}/${database}`

// First what others are made from.
const superuser = keep('provisioner', 'postgres-password')
const provisionerRole = keep('provisioner', 'provisioner-password')
const directoryRole = keep('provisioner', 'directory-password')
const routerKey = keep('provisioner', 'router-key')
keep('provisioner', 'secrets-key')
keep('provisioner', 'cluster-admin-url', urlOf('postgres', superuser, 'postgres'))
const provisionerUrl = urlOf('usms_provisioner', provisionerRole, 'usms_directory')
keep('provisioner', 'database-url', provisionerUrl)

keep('postgres', 'password', () => superuser)

keep('directory', 'database-url', urlOf('usms_directory', directoryRole, 'usms_directory'))
keep('directory', 'router-key', () => routerKey)
keep('directory', 'owner-jwt-secret')
keep('directory', 'owner-refresh-key')

// The demo fills schools' databases, which takes their owner's role. Without a demo nobody mounts this one.
keep('demo', 'database-url', provisionerUrl)

console.log(made > 0 ? `${made} secrets were made` : 'every secret is there')
