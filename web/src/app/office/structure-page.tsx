import { Stack, Tabs } from '@mantine/core'
import type { ComponentType } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { Checklist } from '#src/features/structure/checklist.tsx'
import { GradesTab } from '#src/features/structure/grades-tab.tsx'
import { RoomsTab } from '#src/features/structure/rooms-tab.tsx'
import { SectionsTab } from '#src/features/structure/sections-tab.tsx'
import type { Structure } from '#src/features/structure/structure.api.ts'
import { SubjectsTab } from '#src/features/structure/subjects-tab.tsx'
import { TeachingTab } from '#src/features/structure/teaching-tab.tsx'
import { YearsTab } from '#src/features/structure/years-tab.tsx'
import { useStructure } from '#src/lib/school/use-structure.ts'
import { Loaded, LoadingRows } from '#src/ui/loaded.tsx'
import { Page } from '#src/ui/page.tsx'

const TABS = {
  years: YearsTab,
  grades: GradesTab,
  sections: SectionsTab,
  subjects: SubjectsTab,
  rooms: RoomsTab,
  teaching: TeachingTab,
} as const satisfies Record<string, ComponentType<{ structure: Structure }>>

type TabName = keyof typeof TABS
const NAMES = Object.keys(TABS) as TabName[]

export function StructurePage() {
  const { t } = useTranslation('structure')
  const [search, setSearch] = useSearchParams()
  const structure = useStructure()
  const tab = NAMES.find((name) => name === search.get('tab')) ?? 'years'
  const Panel = TABS[tab]
  return (
    <Page title={t('page.title')} subtitle={t('page.subtitle')}>
      <Loaded query={structure} skeleton={<LoadingRows rows={6} height={72} />}>
        {(data) => (
          <Stack gap="lg">
            <Checklist structure={data} />
            <Tabs
              value={tab}
              onChange={(name) => name && setSearch({ tab: name })}
              keepMounted={false}
            >
              <Tabs.List aria-label={t('page.tabs')} mb="md">
                {NAMES.map((name) => (
                  <Tabs.Tab key={name} value={name} px="sm" py="sm">
                    {t(`page.${name}`)}
                  </Tabs.Tab>
                ))}
              </Tabs.List>
              <Tabs.Panel value={tab}>
                <Panel structure={data} />
              </Tabs.Panel>
            </Tabs>
          </Stack>
        )}
      </Loaded>
    </Page>
  )
}
