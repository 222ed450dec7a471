import { type AppError, unprocessable } from '@usms/service-kit/errors/app-error'

/**
 * A body names something that is not there.
 * @param references what is looked for in words of the glossary, by the path that named it: `{ gradeId: 'grade' }`
 */
export const unknownReference = (references: Record<string, string>): AppError => {
  const issues = Object.entries(references).map(([path, noun]) => ({
    path,
    message: `no such ${noun}`,
  }))
  const [first] = issues
  const message =
    issues.length === 1 && first
      ? `${first.path}: ${first.message}`
      : 'Some of what this refers to is not there'
  return unprocessable('unknown_reference', message, { issues })
}
