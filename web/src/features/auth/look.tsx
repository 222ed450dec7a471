import { Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { LanguageSelect } from '#src/ui/language-select.tsx'
import { ThemeSelect } from '#src/ui/theme-select.tsx'

/** Language and appearance of this browser. */
export function Look() {
  const { t } = useTranslation('account')
  return (
    <>
      <Group>
        <LanguageSelect />
        <ThemeSelect />
      </Group>
      <Text size="sm" c="dimmed">
        {t('look.hint')}
      </Text>
    </>
  )
}
