import { randomBytes } from 'node:crypto'
import { createPasswords, passwordIssues } from '@usms/service-kit/auth/passwords'
import { ConfigError } from '@usms/service-kit/config'
import { createDb } from './db.ts'
import { createOwner } from './modules/owners/create-owner.ts'
import { OWNER_PASSWORD_MIN_LENGTH } from './modules/owners/owners.service.ts'

interface FirstOwner {
  email: string
  password: string
}

interface FirstOwnerOptions {
  /** As the provisioner's role. */
  databaseUrl: string
  email: string
  /** Made up when absent. */
  password: string | undefined
  /** Writes the password down: it counts only afterwards, so that nobody can be locked out by a kill. */
  keep: (owner: FirstOwner) => void
}

/**
 * Makes the platform's first owner unless there is one.
 * @throws ConfigError naming OWNER_PASSWORD when that is too weak
 */
export async function ensureFirstOwner({
  databaseUrl,
  email,
  password = randomBytes(12).toString('base64url'),
  keep,
}: FirstOwnerOptions): Promise<void> {
  const db = createDb(databaseUrl, 1, 'usms-start')
  try {
    if ((await db.ownerUser.count()) > 0) return
    const issues = passwordIssues(password, {
      username: email,
      minLength: OWNER_PASSWORD_MIN_LENGTH,
    })
    if (issues.length > 0)
      throw new ConfigError(issues.map(({ message }) => `OWNER_PASSWORD ${message}`))
    keep({ email, password })
    await createOwner({ db, passwords: createPasswords() }, { email, password })
  } finally {
    await db.$disconnect()
  }
}
