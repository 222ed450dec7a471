import type { SchoolStatus } from '@usms/directory/modules/schools/schools.schema'

/** What an owner can do with a school. */
export type Verb =
  | 'provision'
  | 'retry'
  | 'watchProvision'
  | 'bringBack'
  | 'invite'
  | 'restart'
  | 'upgrade'
  | 'suspend'
  | 'resume'
  | 'archive'
  | 'erase'

/** In which state what is possible, as `schools.policy.ts` of the directory has it; the first is what one most likely came for. */
export const VERBS_IN: Record<SchoolStatus, readonly Verb[]> = {
  PENDING: ['provision', 'archive'],
  PROVISIONING: ['watchProvision'],
  ACTIVE: ['invite', 'restart', 'upgrade', 'suspend'],
  SUSPENDED: ['resume', 'archive'],
  FAILED: ['retry', 'archive'],
  ARCHIVED: ['bringBack', 'erase'],
  ERASED: [],
}

/** Asked once more, since people at the school feel it. */
const ASKED_ONCE_MORE = ['invite', 'restart', 'upgrade', 'suspend', 'archive', 'erase'] as const
export type AskedVerb = (typeof ASKED_ONCE_MORE)[number]

export const isAskedOnceMore = (verb: Verb): verb is AskedVerb =>
  (ASKED_ONCE_MORE as readonly Verb[]).includes(verb)

/** What cannot be taken back, or takes the school away from everybody. */
export const HURTS: ReadonlySet<Verb> = new Set<Verb>(['suspend', 'archive', 'erase'])
