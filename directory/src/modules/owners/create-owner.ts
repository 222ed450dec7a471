import { randomBytes } from 'node:crypto'
import { type Passwords, passwordIssues } from '@usms/service-kit/auth/passwords'
import { invalidInput } from '@usms/service-kit/errors/app-error'
import { email as emailField } from '@usms/service-kit/http/fields'
import type { Db } from '#src/db.ts'
import { recordAudit } from '#src/modules/audit/record-audit.ts'
import { OWNER_PASSWORD_MIN_LENGTH, toEmailKey } from './owners.service.ts'

interface NewOwner {
  email: string
  /** Made up when absent. */
  password?: string | undefined
}

/**
 * Makes the platform's first owner. There is no endpoint for this: whoever can run it has the database.
 * @returns the account with its password in clear, to be shown once; null when there is an owner already
 * @throws AppError 400 for an e-mail address or a password that is not acceptable
 */
export async function createOwner(
  { db, passwords }: { db: Db; passwords: Passwords },
  { email, password = randomBytes(15).toString('base64url') }: NewOwner,
): Promise<{ id: string; email: string; password: string } | null> {
  if ((await db.ownerUser.count()) > 0) return null
  const parsed = emailField.safeParse(email)
  const issues = [
    ...(parsed.success ? [] : [{ path: 'email', message: 'must be an e-mail address' }]),
    ...passwordIssues(password, { username: email, minLength: OWNER_PASSWORD_MIN_LENGTH }),
  ]
  if (!parsed.success || issues.length > 0) throw invalidInput(issues)
  const passwordHash = await passwords.hash(password)
  return db.$transaction(async (tx) => {
    // Two starts at once: the lock lets the second one see the first one's owner.
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('usms.first-owner'))`
    if ((await tx.ownerUser.count()) > 0) return null
    const { id } = await tx.ownerUser.create({
      data: { email: parsed.data, emailKey: toEmailKey(parsed.data), passwordHash },
    })
    await recordAudit(tx, { ownerId: id, action: 'owner.create' })
    return { id, email: parsed.data, password }
  })
}
