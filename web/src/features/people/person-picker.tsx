import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { type Ref, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { personName } from '#src/ui/person-name.ts'
import { useFoundPeople } from './people.api.ts'
import type { Kind, Person } from './person.ts'

const TYPING_MS = 250

interface PersonPickerProps {
  ref?: Ref<HTMLInputElement>
  kind: Kind
  label: string
  /** Ids of those who are chosen already. */
  without?: readonly string[]
  onPick: (person: { id: string; name: string }) => void
}

/** Finds somebody by name among thousands: the school searches, not the browser. */
export function PersonPicker({ ref, kind, label, without = [], onPick }: PersonPickerProps) {
  const { t } = useTranslation('people')
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), TYPING_MS)
  const found = useFoundPeople(kind, q)
  const people = q === '' ? [] : (found.data?.items ?? []).filter(({ id }) => !without.includes(id))
  const nothing =
    typed.trim() === ''
      ? t('relations.type')
      : found.isError
        ? t('relations.searchFailed')
        : found.isFetching || q !== typed.trim()
          ? t('relations.searching')
          : t('relations.nobody')
  return (
    <Select
      ref={ref}
      label={label}
      placeholder={t('relations.placeholder')}
      leftSection={<IconSearch size={18} aria-hidden />}
      searchable
      value={null}
      searchValue={typed}
      onSearchChange={setTyped}
      // Found by the school already, by parts of names that the label may not show.
      filter={({ options }) => options}
      data={people.map((person) => ({ value: person.id, label: labelOf(person) }))}
      nothingFoundMessage={nothing}
      comboboxProps={{ withinPortal: false }}
      onChange={(id) => {
        const person = people.find((one) => one.id === id)
        if (!person) return
        setTyped('')
        onPick({ id: person.id, name: personName(person) })
      }}
    />
  )
}

/** With what tells two people of one name apart. */
const labelOf = (person: Person): string =>
  [
    personName(person),
    person.currentEnrollment?.sectionName,
    person.children?.map(personName).join(', '),
    person.username,
  ]
    .filter(Boolean)
    .join(' · ')
