import type pg from 'pg'
import type { PostgresAdmin } from '#src/platform/postgres-admin.ts'
import type { SchoolRuntime } from '#src/runtime/school-runtime.ts'
import { certificateOf } from '../certificate.ts'
import { countRemains, hasCertificate, issueCertificate, readRequest } from '../erasure.queries.ts'
import { readNotRewritten, readRemoved } from '../operation-input.ts'
import type { Step } from '../step.ts'

interface CertifyDeps {
  pool: pg.Pool
  admin: PostgresAdmin
  runtime: SchoolRuntime
}

/** Looks for everything once more, and says so for good. */
export const certifyStep =
  ({ pool, admin, runtime }: CertifyDeps): Step =>
  async ({ operation, school, say, fenced }) => {
    // What it says was removed is known no more once it is issued.
    if (await hasCertificate(pool, school.id)) return
    const [request, cluster, belongings, remains] = await Promise.all([
      readRequest(pool, operation),
      admin.observeSchool(school.code),
      runtime.belongings({ schoolId: school.id, code: school.code }),
      countRemains(pool, operation),
    ])
    const facts = {
      ...request,
      erasedAt: new Date(),
      removed: readRemoved(operation.input),
      notRewritten: readNotRewritten(operation.input),
    }
    const document = certificateOf(school, facts, { cluster, belongings, ...remains })
    const left = document.verified.filter(({ found }) => found > 0)
    if (left.length > 0)
      throw new Error(
        `Still there: ${left.map(({ what, found }) => `${what} (${found})`).join(', ')}`,
      )
    await fenced((tx) => issueCertificate(tx, operation, document))
    await say(`${school.code} is erased, and the certificate issued`)
  }
