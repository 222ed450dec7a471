import type { Step } from '../step.ts'

export const markArchivedStep =
  (): Step =>
  async ({ school, say, fenced }) => {
    await fenced((tx) =>
      tx.query(
        `update tenant set status = 'ARCHIVED', version = version + 1, updated_at = now()
          where id = $1 and status in ('PENDING', 'SUSPENDED', 'FAILED')`,
        [school.id],
      ),
    )
    await say(`${school.code} is archived; provisioning brings it back`)
  }
