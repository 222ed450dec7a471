import { z } from 'zod'

/** Shown once, to whoever issued it. */
export const invite = z.object({
  token: z.string(),
  url: z.string(),
  expiresAt: z.string(),
})

export type InviteAnswer = z.output<typeof invite>
