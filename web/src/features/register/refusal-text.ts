import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'

const KNOWN = [
  'marked_meanwhile',
  'session_cancelled',
  'session_in_future',
  'correction_window_closed',
  'not_on_roster',
  'unknown_code',
  'minutes_not_taken',
  'forbidden',
  'not_found',
] as const

/** Why the school did not take a save, in the reader's language where we know the reason. */
export function useRefusalText(): (refusal: { code: string; message: string }) => string {
  const { t } = useTranslation('teacher')
  return useCallback(
    ({ code, message }) => {
      const known = KNOWN.find((of) => of === code)
      return known ? t(`refusals.${known}`) : message
    },
    [t],
  )
}
