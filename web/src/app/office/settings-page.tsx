import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Codes } from '#src/features/settings/codes.tsx'
import { useSettings } from '#src/features/settings/settings.api.ts'
import { SettingsForm } from '#src/features/settings/settings-form.tsx'
import { Loaded, LoadingRows } from '#src/ui/loaded.tsx'
import { Page } from '#src/ui/page.tsx'

export function SettingsPage() {
  const { t } = useTranslation()
  const query = useSettings()
  const [round, setRound] = useState(0)
  return (
    <Page title={t('nav.settings')}>
      <Loaded query={query} skeleton={<LoadingRows rows={1} height={520} />}>
        {(settings) => (
          <SettingsForm
            key={round}
            settings={settings}
            onReload={() => void query.refetch().then(() => setRound(round + 1))}
          />
        )}
      </Loaded>
      <Codes />
    </Page>
  )
}
