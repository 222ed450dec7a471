import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'

/** The codes that every school has, as they are called until a school calls them something else. */
const BUILT_IN = {
  PRESENT: 'Present',
  ABSENT: 'Absent',
  LATE: 'Late',
  EXCUSED: 'Excused',
} as const

const isBuiltIn = (code: string): code is keyof typeof BUILT_IN => code in BUILT_IN

/** What a code is called: by the school's own word, or in the reader's language where the school has none of its own. */
export function useCodeName(): (code: { code: string; name: string }) => string {
  const { t } = useTranslation('teacher')
  return useCallback(
    ({ code, name }) => (isBuiltIn(code) && name === BUILT_IN[code] ? t(`codes.${code}`) : name),
    [t],
  )
}
