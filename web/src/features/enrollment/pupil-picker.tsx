import {
  Anchor,
  Button,
  Checkbox,
  Group,
  NativeSelect,
  ScrollArea,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { ErrorAlert } from '#src/ui/error-alert.tsx'
import { LoadingRows } from '#src/ui/loaded.tsx'
import { personName } from '#src/ui/person-name.ts'
import { type Pupil, type Section, usePupils } from './enrollment.api.ts'
import classes from './enrollment.module.css'

export type Picked = ReadonlyMap<string, Pupil>

interface PupilPickerProps {
  /** Only who has no section in this year; undefined: everybody, by homeroom. */
  yearId?: string | undefined
  homerooms: readonly Section[]
  /** Who is there already and cannot be chosen. */
  taken: ReadonlySet<string>
  picked: Picked
  onPick: (picked: Picked) => void
}

/** Finds pupils and ticks them; who is ticked stays so while others are looked for. */
export function PupilPicker({ yearId, homerooms, taken, picked, onPick }: PupilPickerProps) {
  const { t } = useTranslation('structure')
  const [text, setText] = useState('')
  const [sectionId, setSectionId] = useState('')
  const [q] = useDebouncedValue(text.trim(), 250)
  const query = usePupils(
    yearId === undefined ? { sectionId: sectionId || null, q } : { notEnrolledIn: yearId, q },
  )
  const pupils = query.data?.pages.flatMap(({ items }) => items) ?? []
  const total = query.data?.pages[0]?.total ?? 0
  const free = pupils.filter(({ id }) => !taken.has(id))
  const allPicked = free.length > 0 && free.every(({ id }) => picked.has(id))
  const toggle = (pupil: Pupil) => {
    const next = new Map(picked)
    if (!next.delete(pupil.id)) next.set(pupil.id, pupil)
    onPick(next)
  }
  const toggleAll = () => {
    const next = new Map(picked)
    for (const pupil of free)
      if (allPicked) next.delete(pupil.id)
      else next.set(pupil.id, pupil)
    onPick(next)
  }
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, xs: yearId === undefined ? 2 : 1 }} spacing="sm">
        <TextInput
          type="search"
          label={t('picker.search')}
          {...(yearId !== undefined && { description: t('picker.searchHint') })}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            // Enter here looks for somebody; it does not send what is ticked.
            if (event.key === 'Enter') event.preventDefault()
          }}
          data-autofocus
          autoComplete="off"
        />
        {yearId === undefined && (
          <NativeSelect
            label={t('picker.homeroom')}
            value={sectionId}
            onChange={(event) => setSectionId(event.currentTarget.value)}
            data={[
              { value: '', label: t('picker.allPupils') },
              ...homerooms.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        )}
      </SimpleGrid>
      {query.isPending && <LoadingRows rows={5} height={36} />}
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && pupils.length === 0 && (
        <NobodyFound text={q} isEnrolling={yearId !== undefined} />
      )}
      {pupils.length > 0 && (
        <>
          <Group justify="space-between" gap="xs">
            <Text size="sm" c="dimmed" role="status">
              {t('picker.shown', { shown: pupils.length, total })}
              {' · '}
              {t('picker.chosen', { count: picked.size })}
            </Text>
            <Button variant="subtle" size="compact-sm" onClick={toggleAll}>
              {allPicked ? t('picker.pickNone') : t('picker.pickAll')}
            </Button>
          </Group>
          <ScrollArea.Autosize
            mah={300}
            type="auto"
            viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': t('picker.list') }}
            className={classes.scroll}
          >
            {pupils.map((pupil) => (
              <Checkbox
                key={pupil.id}
                className={classes.pick}
                checked={picked.has(pupil.id)}
                disabled={taken.has(pupil.id)}
                onChange={() => toggle(pupil)}
                label={<PupilLabel pupil={pupil} isTaken={taken.has(pupil.id)} />}
              />
            ))}
            {query.hasNextPage && (
              <Button
                variant="subtle"
                size="sm"
                fullWidth
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {t('picker.more')}
              </Button>
            )}
          </ScrollArea.Autosize>
        </>
      )}
    </Stack>
  )
}

function PupilLabel({ pupil, isTaken }: { pupil: Pupil; isTaken: boolean }) {
  const { t } = useTranslation('structure')
  const facts = [
    pupil.currentEnrollment?.sectionName,
    pupil.admissionNo,
    isTaken ? t('picker.isMember') : undefined,
  ].filter(Boolean)
  return (
    <>
      {personName(pupil)}
      {facts.length > 0 && (
        <Text span size="sm" c="dimmed">
          {' · '}
          {facts.join(' · ')}
        </Text>
      )}
    </>
  )
}

function NobodyFound({ text, isEnrolling }: { text: string; isEnrolling: boolean }) {
  const { t } = useTranslation('structure')
  const { link } = useSchool()
  if (text)
    return (
      <Text c="dimmed" role="status" style={{ overflowWrap: 'anywhere' }}>
        {t('picker.nobody', { text })}
      </Text>
    )
  return (
    <EmptyState text={isEnrolling ? t('picker.empty') : t('picker.nobodyThere')}>
      <Anchor component={Link} to={link('/people?kind=students')}>
        {t('picker.emptyPeople')}
      </Anchor>
    </EmptyState>
  )
}
