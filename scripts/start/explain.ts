import { ConfigError } from '@usms/service-kit/config'
import { AppError } from '@usms/service-kit/errors/app-error'
import { StartError } from './data-folder.ts'

/** What a person can act on goes without a stack; the log has the rest. */
export function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof StartError) return error.message
  if (error instanceof AppError)
    return [
      error.message,
      ...(error.issues ?? []).map((issue) => `  - ${issue.path}: ${issue.message}`),
    ].join('\n')
  return error instanceof Error ? `USMS could not start: ${error.message}` : String(error)
}
