import { keepRemoved } from '../operation-input.ts'
import type { Step } from '../step.ts'

/** The sealed secrets: without them not even a copy of the school's settings is of use. */
export const deleteSecretsStep = (): Step => async (context) => {
  const { school, say, fenced } = context
  const names = await fenced(async (tx) => {
    const { rows } = await tx.query<{ field: string }>(
      'select field from tenant_secret where tenant_id = $1 order by field',
      [school.id],
    )
    return rows.map(({ field }) => field)
  })
  await keepRemoved(
    context,
    names.map((name) => ({ kind: 'secret', name })),
    async (tx) => {
      await tx.query('delete from tenant_secret where tenant_id = $1', [school.id])
    },
  )
  await say(`${names.length} sealed secrets deleted`)
}
