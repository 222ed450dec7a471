import type { SchoolPatch } from '@usms/directory/modules/schools/schools.schema'
import { Problem } from '#src/lib/http/problem.ts'

/** What can be said of a school, as the API takes it. */
export type SchoolFields = Required<SchoolPatch>

/** The same as a form holds it: nothing is an empty text. */
export interface SchoolFormValues {
  name: string
  code: string
  plan: string
  subdomain: string
  group: string
  adminEmail: string
  timezone: string
  locale: string
  listed: boolean
}

export type FieldName = keyof SchoolFormValues

export const PLANS = ['small', 'standard', 'large'] as const
export const LOCALES = ['en-IN', 'hi-IN', 'en-GB', 'en-US', 'ta-IN', 'bn-IN', 'mr-IN', 'de-DE']

export const toFields = (values: SchoolFormValues): SchoolFields => ({
  name: values.name.trim(),
  plan: values.plan,
  subdomain: values.subdomain.trim().toLowerCase() || null,
  group: values.group.trim() || null,
  adminEmail: values.adminEmail.trim() || null,
  timezone: values.timezone,
  locale: values.locale.trim(),
  listed: values.listed,
})

export const toFormValues = (school: SchoolFields & { code: string }): SchoolFormValues => ({
  name: school.name,
  code: school.code,
  plan: school.plan,
  subdomain: school.subdomain ?? '',
  group: school.group ?? '',
  adminEmail: school.adminEmail ?? '',
  timezone: school.timezone,
  locale: school.locale,
  listed: school.listed,
})

/** Only what is other than before: the rest is not ours to write. */
export const changesOf = (before: SchoolFields, after: SchoolFields): Partial<SchoolFields> =>
  Object.fromEntries(
    Object.entries(after).filter(([name, value]) => before[name as keyof SchoolFields] !== value),
  )

const VALID: Partial<Record<FieldName, (value: string) => boolean>> = {
  name: (name) => name.trim().length > 0 && name.trim().length <= 200,
  code: (code) =>
    /^[A-Za-z][A-Za-z0-9]{1,15}$/.test(code.trim()) && !/^directory$/i.test(code.trim()),
  subdomain: (label) => /^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)?$/.test(label.trim()),
  group: (group) => group.trim().length <= 100,
  adminEmail: (email) => /^([^\s@]+@[^\s@]+\.[^\s@]+)?$/.test(email.trim()),
  timezone: (zone) => zone !== '',
  locale: isLocale,
}

function isLocale(tag: string): boolean {
  try {
    return tag.trim().length > 1 && Intl.getCanonicalLocales(tag.trim()).length === 1
  } catch {
    return false
  }
}

/** What the API would refuse, found before it is asked. */
export const invalidFields = (values: SchoolFormValues): FieldName[] =>
  (Object.keys(VALID) as FieldName[]).filter((name) => !VALID[name]?.(String(values[name])))

/** What the API refused at single fields; empty where it is about something else. */
export function refusedFields(error: unknown): { field: FieldName; taken: boolean }[] {
  if (!(error instanceof Problem)) return []
  if (error.code === 'code_taken') return [{ field: 'code', taken: true }]
  if (error.code === 'subdomain_taken') return [{ field: 'subdomain', taken: true }]
  return error.issues.map(({ path }) => ({ field: path as FieldName, taken: false }))
}
