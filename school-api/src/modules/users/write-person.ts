import type { Prisma } from '#src/generated/prisma/client.ts'
import type { Role } from '#src/generated/prisma/enums.ts'
import { type PersonBody, type PersonPatch, usernameKeyOf } from './user-fields.ts'

type Tx = Prisma.TransactionClient

/** An account without a password: its owner sets one by accepting an invite. */
export async function insertPerson(tx: Tx, role: Role, body: PersonBody): Promise<{ id: string }> {
  const { externalIds = {}, ...columns } = body
  const user = await tx.user.create({
    data: { ...columns, role, usernameKey: usernameKeyOf(body.username) },
    select: { id: true },
  })
  await replaceExternalIds(tx, user.id, externalIds)
  return user
}

/** Changes what is named and counts the version up: call it also when only a profile changes, since the two are one object. */
export async function updatePerson(
  tx: Tx,
  id: string,
  patch: PersonPatch & { role?: Role },
): Promise<void> {
  const { externalIds, ...columns } = patch
  await tx.user.update({
    where: { id },
    data: {
      ...columns,
      ...(patch.username !== undefined && { usernameKey: usernameKeyOf(patch.username) }),
      version: { increment: 1 },
    },
    select: { id: true },
  })
  if (!externalIds) return
  await tx.externalId.deleteMany({ where: { userId: id } })
  await replaceExternalIds(tx, id, externalIds)
}

async function replaceExternalIds(tx: Tx, userId: string, externalIds: Record<string, string>) {
  const rows = Object.entries(externalIds).map(([system, value]) => ({ userId, system, value }))
  if (rows.length > 0) await tx.externalId.createMany({ data: rows })
}
