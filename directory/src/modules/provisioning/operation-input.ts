import { z } from 'zod'
import type { Removed } from '#src/runtime/school-runtime.ts'
import type { ClaimedOperation } from './operation-store.ts'
import type { StepContext } from './step.ts'

const release = z.object({
  id: z.string(),
  version: z.string(),
  schemaLevel: z.string().nullable(),
})

const upgrade = z.object({
  /** As the owner said it. */
  release: z.string(),
  /** What that was when the operation began: the same name may mean something else later. */
  target: release.optional(),
  /** The target is the school: from now on the operation ends what it has begun. */
  switched: z.boolean().default(false),
})

const removal = z.object({
  removed: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
})

/** What is kept in the input of an UPGRADE. */
export const readUpgrade = ({ input }: ClaimedOperation) => upgrade.parse(input)

/** The same where the release was resolved. */
export function readTarget(operation: ClaimedOperation) {
  const { target, switched } = readUpgrade(operation)
  if (!target) throw new Error('It is not known yet which release that is')
  return { target, switched }
}

/** What an ARCHIVE or ERASE has removed so far; nothing for any other input. */
export const readRemoved = (input: unknown): Removed[] =>
  removal.safeParse(input).data?.removed ?? []

const rewriting = z.object({ notRewritten: z.array(z.string()).default([]) })

/** Tables whose files an ERASE could not write anew. */
export const readNotRewritten = (input: unknown): string[] =>
  rewriting.safeParse(input).data?.notRewritten ?? []

/** Adds to what an operation has removed, once each, for the certificate. */
export const keepRemoved = (
  { operation, keep }: Pick<StepContext, 'operation' | 'keep'>,
  removed: readonly Removed[],
  also?: Parameters<StepContext['keep']>[1],
): Promise<void> => keep({ removed: together(readRemoved(operation.input), removed) }, also)

/** Both, each thing once, in the order in which it was removed. */
export function together(...lists: (readonly Removed[])[]): Removed[] {
  const byName = new Map(lists.flat().map((thing) => [`${thing.kind} ${thing.name}`, thing]))
  return [...byName.values()]
}
