import { useRef, useState } from 'react'
import type { Session } from '#src/lib/session/session.ts'
import { type SignInFailure, toSignInFailure } from './sign-in-failure.ts'

/** Signing in by a form: one at a time, with what became of the last try. */
export function useSignIn<Who>(session: Session<Who> | undefined) {
  const [isBusy, setBusy] = useState(false)
  const [failed, setFailed] = useState<{ at: Session<Who>; why: SignInFailure }>()
  const underWay = useRef(false)
  return {
    isBusy,
    /** At another place it says nothing. */
    failure: failed?.at === session ? failed?.why : undefined,
    /** Something else was typed or chosen: what was said of the last try holds no longer. */
    forget: () => setFailed(undefined),
    /** @returns why it failed; undefined when somebody is signed in, or a try is under way already */
    async submit(credentials: object): Promise<SignInFailure | undefined> {
      if (!session || underWay.current) return undefined
      underWay.current = true
      setBusy(true)
      setFailed(undefined)
      try {
        await session.signIn(credentials)
        return undefined
      } catch (error) {
        const why = toSignInFailure(error, Date.now())
        setFailed({ at: session, why })
        return why
      } finally {
        underWay.current = false
        setBusy(false)
      }
    },
  }
}
