import i18next, { type Namespace } from 'i18next'
import { type ComponentType, lazy } from 'react'

/** A page in a chunk of its own, that comes together with its texts instead of asking for them afterwards. */
export const lazyPage = (load: () => Promise<ComponentType>, ...namespaces: Namespace[]) =>
  lazy(async () => {
    const [page] = await Promise.all([
      load(),
      i18next.loadNamespaces(namespaces.flat() as string[]),
    ])
    return { default: page }
  })
