import { QueryClientProvider } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type Api, createApi } from '../http/api.ts'
import { Missing } from '../missing.ts'
import { createQueryClient } from '../query/query-client.ts'
import { createSchoolTime, type SchoolTime } from '../school-time.ts'
import type { SchoolSession, SchoolWho } from '../session/sessions.ts'

/** What a page of a school has: who is signed in, the school's API and its clock. */
export interface SchoolContext extends SchoolWho {
  session: SchoolSession
  api: Api
  time: SchoolTime
  /** A path within the school's part of the application: `('/register/…')` → `/school/CODE/register/…`. */
  link(path: string): string
}

const Context = createContext<SchoolContext | undefined>(undefined)

/** Give it a `key` of school and person: with another of either, nothing of the one before may stay. */
export function SchoolProvider({
  session,
  who,
  children,
}: {
  session: SchoolSession
  who: SchoolWho
  children: ReactNode
}) {
  const { i18n } = useTranslation()
  const queryClient = useMemo(() => createQueryClient(), [])
  useEffect(() => () => queryClient.clear(), [queryClient])
  const value = useMemo(
    () => ({
      ...who,
      session,
      api: createApi(session.as(who.user.id)),
      time: createSchoolTime(who.school, i18n.language),
      link: (path: string) => `/school/${who.school.code}${path}`,
    }),
    [who, session, i18n.language],
  )
  return (
    <Context value={value}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </Context>
  )
}

export function useSchool(): SchoolContext {
  const school = use(Context)
  if (!school) throw new Missing('SchoolProvider')
  return school
}
