import { createContext, type ReactNode, use } from 'react'
import { Missing } from './missing.ts'
import type { Site } from './site.ts'

const Context = createContext<Site | undefined>(undefined)

export const SiteProvider = ({ site, children }: { site: Site; children: ReactNode }) => (
  <Context value={site}>{children}</Context>
)

export function useSite(): Site {
  const site = use(Context)
  if (!site) throw new Missing('SiteProvider')
  return site
}
