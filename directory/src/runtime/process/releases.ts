import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { bundleIn, releasesDirOf, type SchoolBundle } from '../school-bundle.ts'
import { UnknownReleaseError } from '../school-runtime.ts'

/** The bundles of a data folder. */
export interface Releases {
  /** The one with exactly this id. */
  find(id: string): Promise<SchoolBundle | undefined>
  /** @param name an id, the beginning of one, or `current`. @throws UnknownReleaseError */
  named(name: string): Promise<SchoolBundle>
}

const SHORTEST_BEGINNING = 8

export function createReleases({
  dataDir,
  current,
}: {
  dataDir: string
  current: SchoolBundle
}): Releases {
  async function find(id: string): Promise<SchoolBundle | undefined> {
    if (id === current.release) return current
    // Never a path: only what is listed is looked into.
    const known = await readdir(releasesDirOf(dataDir))
    if (!known.includes(id) || id.startsWith('.')) return undefined
    const bundle = await bundleIn(dataDir, id)
    return existsSync(bundle.entry) ? bundle : undefined
  }

  return {
    find,
    async named(name) {
      if (name === 'current') return current
      const exact = await find(name)
      if (exact) return exact
      if (name.length < SHORTEST_BEGINNING) throw new UnknownReleaseError(name)
      const meant = (await readdir(releasesDirOf(dataDir))).filter((id) => id.startsWith(name))
      if (meant.length > 1) throw new UnknownReleaseError(name, { because: 'several begin so' })
      const bundle = meant[0] === undefined ? undefined : await find(meant[0])
      if (!bundle) throw new UnknownReleaseError(name)
      return bundle
    },
  }
}
