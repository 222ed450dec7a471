import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { LANGUAGES } from '#src/lib/i18n/i18n.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { createSchoolTime } from '#src/lib/school-time.ts'

/** The words of what is handed out: in the school's language, whatever the office itself reads in. Suspends while they come. */
export function useSheetTexts() {
  const { i18n } = useTranslation()
  const { school } = useSchool()
  const ofSchool = new Intl.Locale(school.locale).language
  const language = ofSchool in LANGUAGES ? ofSchool : i18n.language
  const { t } = useTranslation('people', { lng: language })
  const time = useMemo(() => createSchoolTime(school, language), [school, language])
  return { t, time, language, school }
}

export type SheetTexts = ReturnType<typeof useSheetTexts>
