import { Button, Group, NativeSelect, SimpleGrid, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { CursorPage } from '#src/lib/use-cursor-page.ts'
import { SearchInput } from '#src/ui/search-input.tsx'
import { ACTIONS, useActionName } from './audit-actions.ts'

const FILTERS = ['school', 'action', 'from', 'to'] as const

/** School, action and days, all in the address. */
export function AuditFilters({ place }: { place: CursorPage }) {
  const { t } = useTranslation('owner')
  const actionName = useActionName()
  const { params, change } = place
  const valueOf = (name: (typeof FILTERS)[number]) => params.get(name) ?? ''
  const isFiltered = FILTERS.some((name) => valueOf(name) !== '')
  return (
    <>
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        <SearchInput
          label={t('audit.school')}
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={16}
          value={valueOf('school')}
          onSearch={(school) => change({ school }, { replace: true })}
        />
        <NativeSelect
          label={t('audit.action')}
          value={valueOf('action')}
          onChange={(event) => change({ action: event.currentTarget.value })}
          data={[
            { value: '', label: t('audit.anyAction') },
            ...ACTIONS.map((value) => ({ value, label: actionName(value) })),
          ]}
        />
        <TextInput
          type="date"
          label={t('audit.from')}
          max={valueOf('to') || undefined}
          value={valueOf('from')}
          onChange={(event) => change({ from: event.currentTarget.value }, { replace: true })}
        />
        <TextInput
          type="date"
          label={t('audit.to')}
          min={valueOf('from') || undefined}
          value={valueOf('to')}
          onChange={(event) => change({ to: event.currentTarget.value }, { replace: true })}
        />
      </SimpleGrid>
      {isFiltered && (
        <Group>
          <Button
            variant="default"
            onClick={() => change(Object.fromEntries(FILTERS.map((name) => [name, ''])))}
          >
            {t('audit.clear')}
          </Button>
        </Group>
      )}
    </>
  )
}
