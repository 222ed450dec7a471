import { type Actor, isOffice } from '#src/auth/actor.ts'
import { type Reach, reachesSection } from '#src/auth/reach.ts'
import type { Audience } from './announcements.schema.ts'

/** Its author, and the office. */
export const canChangeAnnouncement = (actor: Actor, announcement: { authorId: string }): boolean =>
  isOffice(actor) || announcement.authorId === actor.userId

/** Whoever does not reach the whole school speaks to the sections taught, one at a time. */
export const canAddress = (reach: Reach, audience: Audience): boolean =>
  reach.everything || (audience.kind === 'section' && reachesSection(reach, audience.value))
