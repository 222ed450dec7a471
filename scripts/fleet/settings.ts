import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseConfig } from '@usms/service-kit/config'
import { z } from 'zod'

const schema = z.object({
  USMS_URL: z.url().default('http://127.0.0.1:4000'),
  USMS_DATA_DIR: z.string().default('.usms'),
  OWNER_EMAIL: z.email().optional(),
  OWNER_PASSWORD: z.string().optional(),
})

const credentials = z.object({ owner: z.object({ email: z.string(), password: z.string() }) })

export interface FleetSettings {
  url: string
  email: string
  password: string
}

/** @throws Error naming what is missing */
export function readFleetSettings(env: Record<string, string | undefined>): FleetSettings {
  const settings = parseConfig(schema, env)
  const url = settings.USMS_URL.replace(/\/+$/, '')
  const { OWNER_EMAIL: email, OWNER_PASSWORD: password } = settings
  if (email !== undefined && password !== undefined) return { url, email, password }
  const file = join(settings.USMS_DATA_DIR, 'credentials.json')
  if (!existsSync(file))
    throw new Error(
      `Who is the owner? Set OWNER_EMAIL and OWNER_PASSWORD_FILE, or USMS_DATA_DIR to the folder of credentials.json (${file} is not there)`,
    )
  return { url, ...credentials.parse(JSON.parse(readFileSync(file, 'utf8'))).owner }
}
