import { QueryClientProvider } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type Api, createApi } from '../http/api.ts'
import { Missing } from '../missing.ts'
import { createQueryClient } from '../query/query-client.ts'
import { createSchoolTime, type SchoolTime } from '../school-time.ts'
import type { OwnerSession, OwnerWho } from '../session/sessions.ts'

/** What a page of the platform's owner has. */
export interface OwnerContext extends OwnerWho {
  session: OwnerSession
  api: Api
  /** The owner belongs to no school: times are the device's. */
  time: SchoolTime
}

const Context = createContext<OwnerContext | undefined>(undefined)

/** Give it the person's id as `key`. */
export function OwnerProvider({
  session,
  who,
  children,
}: {
  session: OwnerSession
  who: OwnerWho
  children: ReactNode
}) {
  const { i18n } = useTranslation()
  const queryClient = useMemo(() => createQueryClient(), [])
  useEffect(() => () => queryClient.clear(), [queryClient])
  const value = useMemo(() => {
    const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone
    const device = { timezone, locale: navigator.language }
    const time = createSchoolTime(device, i18n.language)
    return { ...who, session, api: createApi(session.as(who.owner.id)), time }
  }, [who, session, i18n.language])
  return (
    <Context value={value}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </Context>
  )
}

export function useOwner(): OwnerContext {
  const owner = use(Context)
  if (!owner) throw new Missing('OwnerProvider')
  return owner
}
