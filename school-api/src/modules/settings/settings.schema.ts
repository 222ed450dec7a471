import { line } from '@usms/service-kit/http/fields'
import { z } from 'zod'

/** A BCP 47 tag, in its canonical spelling. */
const locale = z
  .string()
  .max(100)
  .transform((tag, context) => {
    try {
      return new Intl.Locale(tag).toString()
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a BCP 47 tag, such as en-IN' })
      return z.NEVER
    }
  })

/** Whether PostgreSQL knows it too, and how it is spelled, is asked when it is set. */
const timezone = z
  .string()
  .max(100)
  .refine(isKnownZone, 'must be an IANA time zone, such as Asia/Kolkata')

function isKnownZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

export const settingsPatch = z
  .strictObject({
    name: line(200),
    timezone,
    locale,
    correctionDays: z.number().int().min(0).max(366),
  })
  .partial()

export const settings = z.object({
  name: z.string(),
  code: z.string(),
  timezone: z.string(),
  locale: z.string(),
  correctionDays: z.number().int(),
  version: z.number().int(),
  createdAt: z.string(),
  updatedAt: z.string(),
})

export type SettingsPatch = z.output<typeof settingsPatch>
export type SettingsAnswer = z.output<typeof settings>
