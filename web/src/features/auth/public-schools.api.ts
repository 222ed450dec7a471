import type { Resolved } from '@usms/directory/modules/schools/public-schools.schema'
import { request } from '#src/lib/http/request.ts'
import type { KnownSchool } from '#src/lib/last-school.ts'
import { type SearchableSchool, toSearchable } from './match-schools.ts'
import { type Answered, useAnswer } from './use-answer.ts'

/** Every school that is listed, asked for when `wanted`. */
export const useListedSchools = (wanted: boolean): Answered<SearchableSchool[]> =>
  useAnswer(wanted ? '/public/schools' : undefined, listSchools)

const listSchools = async (path: string, signal: AbortSignal) =>
  toSearchable(await request<KnownSchool[]>('GET', path, { signal }))

/** A school by its code, listed or not; without a code nothing is asked. */
export const useSchoolNamed = (code: string | undefined): Answered<Resolved> =>
  useAnswer(code, resolve)

const resolve = (code: string, signal: AbortSignal) =>
  request<Resolved>('GET', '/resolve', { query: { code }, signal })
