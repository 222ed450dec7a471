import type { Step } from '../step.ts'

/** From now on the school is listed, resolved and routed. */
export const activateStep =
  (): Step =>
  async ({ school, say, fenced }) => {
    await fenced((tx) =>
      tx.query(
        `update tenant set status = 'ACTIVE', version = version + 1, updated_at = now()
          where id = $1 and status in ('PENDING', 'PROVISIONING', 'FAILED')`,
        [school.id],
      ),
    )
    await say(`${school.code} is active`)
  }
