import { z } from 'zod'

/** A version, tag, digest or id; whether there is such a release is found out by the job. */
const release = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}$/, 'must be the name or the id of a release')

export const upgradeBody = z.strictObject({ release })

/** The code typed again, so that no other school is erased than the one that is meant. */
export const eraseBody = z.strictObject({
  code: z
    .string()
    .trim()
    .min(1)
    .max(16)
    .transform((text) => text.toUpperCase()),
})

export const certificate = z.object({
  schoolId: z.string(),
  code: z.string(),
  name: z.string(),
  requestedBy: z.string().nullable(),
  archivedAt: z.string().nullable(),
  erasedAt: z.string(),
  removed: z.array(z.object({ kind: z.string(), name: z.string() })),
  /** What was looked for afterwards, and how much of it was found. */
  verified: z.array(z.object({ what: z.string(), found: z.number().int() })),
  /** What it does not cover. */
  notes: z.array(z.string()),
})

export type UpgradeBody = z.output<typeof upgradeBody>
export type EraseBody = z.output<typeof eraseBody>
export type CertificateAnswer = z.output<typeof certificate>
