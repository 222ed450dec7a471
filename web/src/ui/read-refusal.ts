import { Problem } from '#src/lib/http/problem.ts'

/** What a page knows to say about a code: at a field of the form, or about the whole. */
export type KnownCodes = Readonly<Record<string, { field?: string; text: string } | undefined>>

export interface Refusal {
  /** By the form's path: `terms.0.endsOn`. */
  fields: Record<string, string>
  /** About the whole; null where the fields say it. */
  text: string | null
  /** Somebody else changed it since it was read: 412. */
  isStale: boolean
}

/**
 * A refused write as a form shows it.
 * @param invalid what is said at a field that is refused without a code the page knows
 * @param isField whether the form has a field of that path
 * @param errorText what is said of everything else
 */
export function readRefusal(
  error: unknown,
  {
    known = {},
    invalid,
    isField,
    errorText,
  }: {
    known?: KnownCodes
    invalid: string
    isField: (path: string) => boolean
    errorText: (error: unknown) => string
  },
): Refusal {
  if (!(error instanceof Problem)) return { fields: {}, text: errorText(error), isStale: false }
  if (error.status === 412) return { fields: {}, text: null, isStale: true }
  const said = known[error.code]
  const paths = error.issues.map(({ path }) => path).filter(isField)
  if (said?.field && paths.length === 0)
    return { fields: { [said.field]: said.text }, text: null, isStale: false }
  const fields = Object.fromEntries(paths.map((path) => [path, said?.text ?? invalid]))
  const text = paths.length > 0 ? null : (said?.text ?? errorText(error))
  return { fields, text, isStale: false }
}
