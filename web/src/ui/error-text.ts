import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem, Unreachable } from '#src/lib/http/problem.ts'

/** What went wrong, as the person in front of the page can use it. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation()
  return useCallback(
    (error) => {
      if (error instanceof Unreachable) return t('errors.unreachable')
      if (!(error instanceof Problem)) return t('errors.unexpectedBare')
      const { status, requestId } = error
      if (status === 429) return t('errors.tooMany', { seconds: error.retryAfter ?? 60 })
      if ([502, 503, 504].includes(status)) return t('errors.schoolUnavailable')
      if (status === 403) return t('errors.forbidden')
      if (status === 404) return t('errors.notFound')
      if (status >= 500)
        return requestId ? t('errors.unexpected', { requestId }) : t('errors.unexpectedBare')
      // Domain rules and invalid fields: the server says which. Pages translate the codes that they expect.
      return error.issues.length > 0
        ? error.issues.map(({ path, message }) => `${path}: ${message}`).join(' · ')
        : error.message
    },
    [t],
  )
}
