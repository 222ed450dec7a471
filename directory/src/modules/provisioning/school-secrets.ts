import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import type { SecretBox } from '#src/platform/secret-box.ts'

/** Made once for every school and kept sealed. */
export interface SchoolSecrets {
  dbPassword: string
  jwtSecret: string
  refreshKey: string
}

const FIELDS = ['dbPassword', 'jwtSecret', 'refreshKey'] as const satisfies (keyof SchoolSecrets)[]

export interface SchoolSecretStore {
  /**
   * Makes what is missing. It is stored before anything is made with it: after a crash the same password is found again, and two
   * who do this at once end with the same ones.
   */
  ensure(schoolId: string, through: Fenced): Promise<SchoolSecrets>
  /** @throws Error when the school has none yet, or the key that sealed them is not at hand */
  read(schoolId: string): Promise<SchoolSecrets>
}

type Fenced = <T>(work: (tx: pg.ClientBase) => Promise<T>) => Promise<T>

export function createSchoolSecretStore({
  pool,
  secretBox,
}: {
  pool: pg.Pool
  secretBox: SecretBox
}): SchoolSecretStore {
  async function read(schoolId: string): Promise<SchoolSecrets> {
    const { rows } = await pool.query<{ field: string; envelope: string }>(
      'select field, envelope from tenant_secret where tenant_id = $1',
      [schoolId],
    )
    const open = (field: string) => {
      const row = rows.find((candidate) => candidate.field === field)
      if (!row) throw new Error(`The school has no ${field} yet; provision it`)
      return secretBox.open(row.envelope, { school: schoolId, field })
    }
    return {
      dbPassword: open('dbPassword'),
      jwtSecret: open('jwtSecret'),
      refreshKey: open('refreshKey'),
    }
  }

  return {
    read,
    async ensure(schoolId, through) {
      const envelopes = FIELDS.map((field) =>
        secretBox.seal(randomBytes(32).toString('base64url'), { school: schoolId, field }),
      )
      await through((tx) =>
        tx.query(
          `insert into tenant_secret (tenant_id, field, envelope)
           select $1, field, envelope from unnest($2::text[], $3::text[]) as fresh (field, envelope)
           on conflict do nothing`,
          [schoolId, FIELDS, envelopes],
        ),
      )
      return read(schoolId)
    },
  }
}
