import type { SignedInUser } from '@usms/school-api/modules/auth/auth.schema'
import { apiBaseOf, type Site } from '../site.ts'
import type { Browser } from './marks.ts'
import { createSession, type Session } from './session.ts'

/** Who is signed in at a school, and which school it is. */
export interface SchoolWho {
  user: SignedInUser
  school: { code: string; name: string; timezone: string; locale: string }
}

export interface OwnerWho {
  owner: { id: string; email: string }
}

export type SchoolSession = Session<SchoolWho>
export type OwnerSession = Session<OwnerWho>

/** The sign-ins of this tab: one a school, one of the platform's owner; nothing is shared between them. */
export interface Sessions {
  /** @param code in capitals, as `schoolCodeOf` gives it: it becomes part of addresses */
  ofSchool(code: string): SchoolSession
  ofOwner(): OwnerSession
}

export function createSessions(
  site: Site,
  browser: Browser = { storage: localStorage, page: window },
): Sessions {
  const schools = new Map<string, SchoolSession>()
  let owner: OwnerSession | undefined
  return {
    ofSchool(code) {
      let session = schools.get(code)
      if (!session) {
        const base = apiBaseOf(site, code)
        session = createSession<SchoolWho>({
          base,
          name: code,
          idOf: ({ user }) => user.id,
          browser,
        })
        schools.set(code, session)
      }
      return session
    },
    ofOwner: () =>
      (owner ??= createSession<OwnerWho>({
        base: '/owner',
        name: 'owner',
        idOf: (who) => who.owner.id,
        browser,
      })),
  }
}
