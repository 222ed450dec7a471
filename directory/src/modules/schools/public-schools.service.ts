import { AppError, unavailable } from '@usms/service-kit/errors/app-error'
import type { PublicList } from './public-list.ts'
import type { Resolved } from './public-schools.schema.ts'
import type { Registry } from './registry.ts'
import type { UrlFor } from './url-for.ts'

export interface PublicSchoolsService {
  /** @throws AppError 503 before anything is known */
  list(q: string | undefined): PublicList
  /** @throws AppError 404 unless the school is ACTIVE */
  resolve(code: string): Resolved
}

export interface PublicSchoolsDeps {
  registry: Pick<Registry, 'byCode' | 'publicList' | 'isLoaded'>
  urlFor: UrlFor
}

/** What anyone may know about schools, out of the registry's memory. */
export function createPublicSchoolsService({
  registry,
  urlFor,
}: PublicSchoolsDeps): PublicSchoolsService {
  const requireKnowledge = () => {
    if (!registry.isLoaded()) throw unavailable('registry_not_loaded', 'Not ready yet', 1)
  }
  return {
    list(q) {
      requireKnowledge()
      return registry.publicList(q)
    },
    resolve(code) {
      requireKnowledge()
      const school = registry.byCode(code)
      if (!school) throw new AppError('not_found', 'school_not_found', 'No such school')
      return { code: school.code, name: school.name, apiBaseUrl: urlFor(school) }
    },
  }
}
