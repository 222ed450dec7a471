import { NativeSelect, Select } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStructure } from '#src/lib/school/use-structure.ts'
import type { CursorPage } from '#src/lib/use-cursor-page.ts'
import { SearchInput } from '#src/ui/search-input.tsx'
import classes from './people.module.css'
import type { Kind } from './person.ts'
import { sectionOptions } from './section-options.ts'

/** Active people, unless the address asks for others. */
export const ACTIVITY = { active: true, inactive: false, all: undefined } as const
export type Activity = keyof typeof ACTIVITY
export const readActivity = (text: string | null): Activity =>
  text === 'inactive' || text === 'all' ? text : 'active'

/** Search and filters, all in the address. */
export function PeopleFilters({ kind, place }: { kind: Kind; place: CursorPage }) {
  const { t } = useTranslation('people')
  const { params, change } = place
  const hasSections = kind === 'students' || kind === 'teachers'
  return (
    <div className={classes.filters}>
      <SearchInput
        label={t('list.search')}
        value={params.get('q') ?? ''}
        onSearch={(q) => change({ q }, { replace: true })}
      />
      {hasSections && (
        <SectionFilter
          label={t(kind === 'students' ? 'list.section' : 'list.teachesSection')}
          value={params.get('section')}
          onChange={(section) => change({ section: section ?? '' })}
        />
      )}
      <NativeSelect
        label={t('list.activity')}
        value={readActivity(params.get('state'))}
        onChange={({ currentTarget: { value } }) =>
          change({ state: value === 'active' ? '' : value })
        }
        data={(['active', 'inactive', 'all'] as const).map((value) => ({
          value,
          label: t(`list.activities.${value}`),
        }))}
      />
    </div>
  )
}

interface SectionFilterProps {
  label: string
  value: string | null
  onChange: (sectionId: string | null) => void
}

/** The sections are asked for when somebody turns to them, or when one is in the address already. */
function SectionFilter({ label, value, onChange }: SectionFilterProps) {
  const { t } = useTranslation('people')
  const [wanted, setWanted] = useState(false)
  const structure = useStructure({ enabled: wanted || value !== null })
  return (
    <Select
      label={label}
      placeholder={t('list.allSections')}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('list.clearSection') }}
      value={value}
      onChange={onChange}
      onFocus={() => setWanted(true)}
      onPointerEnter={() => setWanted(true)}
      data={structure.data ? sectionOptions(structure.data, t('list.groups')) : []}
      nothingFoundMessage={structure.isPending ? t('list.loadingSections') : t('list.noSection')}
      comboboxProps={{ withinPortal: false }}
      maxDropdownHeight={300}
    />
  )
}
