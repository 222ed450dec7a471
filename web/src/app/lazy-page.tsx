import i18next, { type Namespace } from 'i18next'
import { type ComponentType, lazy, type LazyExoticComponent } from 'react'

export type LazyPage<Props extends object = object> = LazyExoticComponent<ComponentType<Props>> & {
  /** Fetches the page before somebody opens it. Never throws: what failed is fetched when it is opened. */
  preload: () => Promise<void>
}

/** A page in a chunk of its own, that comes together with its texts instead of asking for them afterwards. */
export function lazyPage<Props extends object = object>(
  load: () => Promise<ComponentType<Props>>,
  ...namespaces: Namespace[]
): LazyPage<Props> {
  const loadBoth = async () => {
    const [page] = await Promise.all([
      load(),
      i18next.loadNamespaces(namespaces.flat() as string[]),
    ])
    return { default: page }
  }
  return Object.assign(lazy(loadBoth), {
    preload: () =>
      loadBoth().then(
        () => {},
        () => {},
      ),
  })
}
