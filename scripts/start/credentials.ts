import { readFileSync } from 'node:fs'
import { writePrivateFile } from '@usms/service-kit/private-file'
import type { SignIn } from '../demo/show-people.ts'

/** What somebody needs to try the demo. */
export interface Credentials {
  owner: { email: string; password: string }
  schools: { code: string; admin: SignIn; teacher: SignIn; student: SignIn; parent: SignIn }[]
}

/** `credentials.json` in the folder of what is kept. */
export interface CredentialsFile {
  path: string
  /** undefined: there is none, or it cannot be read. */
  read(): Credentials | undefined
  write(credentials: Credentials): void
}

export const openCredentials = (path: string): CredentialsFile => ({
  path,
  read() {
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as Credentials
    } catch {
      return undefined
    }
  },
  write: (credentials) => writePrivateFile(path, `${JSON.stringify(credentials, null, 2)}\n`),
})
