import { useSyncExternalStore } from 'react'
import type { Session, SessionState } from './session.ts'

export const useSessionState = <Who>(session: Session<Who>): SessionState<Who> =>
  useSyncExternalStore(session.subscribe, session.get)
