import { Anchor, Group, Select, Stack, TextInput } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import type { StructureAnswer } from '@usms/school-api/modules/structure/structure.schema'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import { SectionOverview } from '#src/features/enrollment/section-overview.tsx'
import { SectionRoster } from '#src/features/enrollment/section-roster.tsx'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { useStructure } from '#src/lib/school/use-structure.ts'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { Loaded, LoadingRows } from '#src/ui/loaded.tsx'
import { Page } from '#src/ui/page.tsx'

export function EnrollmentPage() {
  const { t } = useTranslation('structure')
  const structure = useStructure()
  return (
    <Page title={t('enrollment.title')} subtitle={t('enrollment.subtitle')}>
      <Loaded query={structure} skeleton={<LoadingRows rows={6} height={84} />}>
        {(data) => <Sections structure={data} />}
      </Loaded>
    </Page>
  )
}

/** One section and day, both in the address; without a section all of them. */
function Sections({ structure }: { structure: StructureAnswer }) {
  const { t } = useTranslation('structure')
  const { time } = useSchool()
  const [search, setSearch] = useSearchParams()
  const sectionId = search.get('section')
  const today = time.today()
  const date = search.get('date') ?? dayToShow(structure.years, today)
  const { sections, grades } = structure
  if (sectionId === null || sections.length === 0) return <SectionOverview structure={structure} />
  const section = sections.find(({ id }) => id === sectionId)
  const show = (next: { section: string; date: string }) =>
    setSearch({ section: next.section, ...(next.date !== today && { date: next.date }) })
  const options = [...grades, { id: null, name: t('enrollment.groups') }].flatMap((grade) => {
    const items = sections
      .filter(({ gradeId }) => gradeId === grade.id)
      .map(({ id, name }) => ({ value: id, label: name }))
    return items.length > 0 ? [{ group: grade.name, items }] : []
  })
  return (
    <Stack gap="md">
      <Anchor component={Link} to={{ search: '' }} size="sm" style={{ alignSelf: 'flex-start' }}>
        <Group gap={4} component="span">
          <IconArrowLeft size={16} aria-hidden />
          {t('enrollment.all')}
        </Group>
      </Anchor>
      <Group align="flex-end" gap="sm">
        <Select
          label={t('enrollment.section')}
          placeholder={t('enrollment.chooseSection')}
          data={options}
          value={section?.id ?? null}
          onChange={(id) => id && show({ section: id, date })}
          searchable
          allowDeselect={false}
          limit={100}
          nothingFoundMessage={t('enrollment.noSection')}
          style={{ flex: '1 1 200px' }}
          maw={320}
        />
        <TextInput
          type="date"
          label={t('enrollment.date')}
          value={date}
          onChange={(event) =>
            event.currentTarget.value &&
            show({ section: sectionId, date: event.currentTarget.value })
          }
        />
      </Group>
      {section ? (
        <SectionRoster key={section.id} section={section} date={date} structure={structure} />
      ) : (
        <EmptyState text={t('enrollment.gone')} />
      )}
    </Stack>
  )
}

/** Today; between two years the nearest day of the current one, so that there is something to see and to do. */
function dayToShow(years: StructureAnswer['years'], today: string): string {
  const current = years.find(({ isCurrent }) => isCurrent)
  const isCovered = years.some(({ startsOn, endsOn }) => startsOn <= today && today <= endsOn)
  if (!current || isCovered) return today
  return today < current.startsOn ? current.startsOn : current.endsOn
}
