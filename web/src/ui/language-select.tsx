import { NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { chooseLanguage, type Language, LANGUAGES } from '#src/lib/i18n/i18n.ts'

export function LanguageSelect() {
  const { t, i18n } = useTranslation()
  return (
    <NativeSelect
      size="sm"
      aria-label={t('shell.language')}
      data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
      value={i18n.language}
      onChange={(event) => void chooseLanguage(i18n, event.currentTarget.value as Language)}
    />
  )
}
