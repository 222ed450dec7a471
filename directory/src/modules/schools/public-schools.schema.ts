import { searchText } from '@usms/service-kit/http/fields'
import { z } from 'zod'

export const publicSchoolsQuery = z.strictObject({
  /** Part of a name or code; an empty search box is no search. */
  q: z.union([z.literal('').transform(() => undefined), searchText]).optional(),
})
export const publicSchools = z.array(z.object({ code: z.string(), name: z.string() }))

export const resolveQuery = z.strictObject({
  code: z
    .string()
    .regex(/^[A-Za-z0-9]{2,16}$/, 'must be 2 to 16 letters and digits')
    .transform((code) => code.toUpperCase()),
})
export const resolved = z.object({
  code: z.string(),
  name: z.string(),
  apiBaseUrl: z.string(),
})

export type Resolved = z.output<typeof resolved>
