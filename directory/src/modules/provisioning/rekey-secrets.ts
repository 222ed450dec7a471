import type pg from 'pg'
import type { SecretBox } from '#src/platform/secret-box.ts'

/**
 * Seals every secret that an earlier key sealed with the current one. May be repeated, and cut off anywhere: each envelope is
 * changed by itself, and only if nobody changed it meanwhile.
 * @returns how many were sealed anew, and how many were already
 * @throws SecretError when a key is missing; what was done until then stays
 */
export async function rekeySecrets(
  pool: pg.Pool,
  secretBox: SecretBox,
): Promise<{ resealed: number; current: number }> {
  const { rows } = await pool.query<{ tenantId: string; field: string; envelope: string }>(
    'select tenant_id as "tenantId", field, envelope from tenant_secret order by tenant_id, field',
  )
  let resealed = 0
  for (const { tenantId, field, envelope } of rows) {
    if (secretBox.keyIdOf(envelope) === secretBox.currentKeyId) continue
    const context = { school: tenantId, field }
    const fresh = secretBox.seal(secretBox.open(envelope, context), context)
    await pool.query(
      `update tenant_secret set envelope = $3
        where tenant_id = $1 and field = $2 and envelope = $4`,
      [tenantId, field, fresh, envelope],
    )
    resealed++
  }
  return { resealed, current: rows.length - resealed }
}
