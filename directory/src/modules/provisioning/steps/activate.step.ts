import type { SchoolRuntime } from '#src/runtime/school-runtime.ts'
import type { Step } from '../step.ts'

/** From now on the school is listed, resolved and routed, and stays on the release with which it came up, where releases are pinned. */
export const activateStep =
  ({ runtime }: { runtime: SchoolRuntime }): Step =>
  async ({ school, say, fenced }) => {
    const running = runtime.pinsReleases ? await runtime.observe(school.id) : undefined
    await fenced((tx) =>
      tx.query(
        `update tenant
            set status = 'ACTIVE', release = coalesce(release, $2), version = version + 1,
                updated_at = now()
          where id = $1 and status in ('PENDING', 'PROVISIONING', 'FAILED')`,
        [school.id, running?.release ?? null],
      ),
    )
    await say(`${school.code} is active`)
  }
