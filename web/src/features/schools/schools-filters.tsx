import { Button, Group, NativeSelect, SimpleGrid } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { SchoolStatus, StatusCounts } from '@usms/directory/modules/schools/schools.schema'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import type { CursorPage } from '#src/lib/use-cursor-page.ts'
import { SearchInput } from '#src/ui/search-input.tsx'

const STATES: readonly SchoolStatus[] = [
  'ACTIVE',
  'SUSPENDED',
  'PROVISIONING',
  'FAILED',
  'PENDING',
  'ARCHIVED',
  'ERASED',
]

interface SchoolsFiltersProps {
  place: CursorPage
  counts: StatusCounts | undefined
  /** Where no headers sort. */
  sortSelect: ReactNode
}

/** Search and state, both in the address. The numbers say how many the search leaves in each state. */
export function SchoolsFilters({ place, counts, sortSelect }: SchoolsFiltersProps) {
  const { t } = useTranslation('owner')
  const { time } = useOwner()
  const isWide = useMediaQuery('(min-width: 48em)', true, { getInitialValueInEffect: false })
  const status = place.params.get('status') ?? ''
  const all = counts && Object.values(counts).reduce((sum, n) => sum + n, 0) - counts.ERASED
  const choose = (value: string) => place.change({ status: value })
  const options = [
    { value: '', label: t('schools.allStates'), count: all },
    ...STATES.map((value) => ({ value, label: t(`status.${value}`), count: counts?.[value] })),
  ]
  const numbered = (label: string, count: number | undefined) =>
    count === undefined ? label : `${label} (${time.number(count)})`
  return (
    <>
      <SearchInput
        size="md"
        maw={480}
        label={t('schools.searchLabel')}
        value={place.params.get('q') ?? ''}
        onSearch={(q) => place.change({ q }, { replace: true })}
      />
      {isWide ? (
        <Group gap="xs" role="group" aria-label={t('schools.status')}>
          {options.map(({ value, label, count }) => (
            <Button
              key={value}
              size="compact-md"
              fw={500}
              variant={status === value ? 'filled' : 'default'}
              aria-pressed={status === value}
              onClick={() => choose(value)}
            >
              {numbered(label, count)}
            </Button>
          ))}
        </Group>
      ) : (
        <SimpleGrid cols={sortSelect ? 2 : 1}>
          <NativeSelect
            size="md"
            label={t('schools.status')}
            value={status}
            onChange={(event) => choose(event.currentTarget.value)}
            data={options.map(({ value, label, count }) => ({
              value,
              label: numbered(label, count),
            }))}
          />
          {sortSelect}
        </SimpleGrid>
      )}
      {isWide && sortSelect}
    </>
  )
}
