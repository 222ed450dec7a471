import { useSyncExternalStore } from 'react'
import type { Session, SessionState } from './session.ts'

export const useSessionState = <Who>(session: Session<Who>): SessionState<Who> =>
  useSyncExternalStore(session.subscribe, session.get)

/** The same where it is not said yet whose it is. */
export const useMaybeSession = <Who>(
  session: Session<Who> | undefined,
): SessionState<Who> | undefined =>
  useSyncExternalStore(session?.subscribe ?? subscribeToNothing, session?.get ?? getNothing)

const subscribeToNothing = () => () => {}
const getNothing = () => undefined
