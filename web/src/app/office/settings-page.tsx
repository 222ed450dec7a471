import { Page } from '#src/ui/page.tsx'

export const SettingsPage = () => <Page title="SettingsPage">{null}</Page>
