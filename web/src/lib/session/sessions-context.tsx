import { createContext, type ReactNode, use } from 'react'
import { Missing } from '../missing.ts'
import type { Sessions } from './sessions.ts'

const SessionsContext = createContext<Sessions | undefined>(undefined)

export const SessionsProvider = ({
  sessions,
  children,
}: {
  sessions: Sessions
  children: ReactNode
}) => <SessionsContext value={sessions}>{children}</SessionsContext>

export function useSessions(): Sessions {
  const sessions = use(SessionsContext)
  if (!sessions) throw new Missing('SessionsProvider')
  return sessions
}
