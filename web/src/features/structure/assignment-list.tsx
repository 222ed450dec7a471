import { Button, NativeSelect, Select, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { type RefObject, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { ErrorAlert } from '#src/ui/error-alert.tsx'
import { LoadingRows } from '#src/ui/loaded.tsx'
import { personName } from '#src/ui/person-name.ts'
import { type Structure, type Teaching, useTeaching, type Year } from './structure.api.ts'
import { TakeOff } from './take-off.tsx'
import { teacherOptions } from './teacher-options.ts'
import { Thing, Things } from './thing-list.tsx'

interface AssignmentListProps {
  structure: Structure
  year: Year
  heading: RefObject<HTMLHeadingElement | null>
  onYear: (id: string) => void
}

/** Who teaches what in a year, by section; narrowed to a section or a teacher. */
export function AssignmentList({ structure, year, heading, onYear }: AssignmentListProps) {
  const { t } = useTranslation('structure')
  const { years, sections, teachers } = structure
  const [sectionId, setSectionId] = useState<string | null>(null)
  const [teacherUserId, setTeacherUserId] = useState<string | null>(null)
  const [removing, setRemoving] = useState<Teaching | null>(null)
  const query = useTeaching({ academicYearId: year.id, sectionId, teacherUserId })
  const names = namesIn(structure)
  const assignments = query.data?.pages.flatMap(({ items }) => items).toSorted(names.compare)
  const isFiltered = sectionId !== null || teacherUserId !== null
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
        <NativeSelect
          label={t('teaching.year')}
          value={year.id}
          onChange={(event) => onYear(event.currentTarget.value)}
          data={years.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <Select
          label={t('teaching.section')}
          placeholder={t('teaching.allSections')}
          data={sections.map(({ id, name }) => ({ value: id, label: name }))}
          value={sectionId}
          onChange={setSectionId}
          searchable
          clearable
          limit={50}
          nothingFoundMessage={t('enrollment.noSection')}
          clearButtonProps={{ 'aria-label': t('form.clear') }}
        />
        <Select
          label={t('teaching.teacher')}
          placeholder={t('teaching.allTeachers')}
          data={teacherOptions(teachers, teacherUserId)}
          value={teacherUserId}
          onChange={setTeacherUserId}
          searchable
          clearable
          limit={50}
          nothingFoundMessage={t('form.nothing')}
          clearButtonProps={{ 'aria-label': t('form.clear') }}
        />
      </SimpleGrid>
      {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <LoadingRows rows={5} height={56} />}
      {assignments?.length === 0 && (
        <EmptyState text={isFiltered ? t('teaching.emptyFilter') : t('teaching.empty')} />
      )}
      {[...Map.groupBy(assignments ?? [], ({ sectionId }) => sectionId)].map(([id, ofSection]) => (
        <Stack key={id} gap="xs">
          <Title order={3} size="h5" style={{ overflowWrap: 'anywhere' }}>
            {names.section(id)}
          </Title>
          <Things>
            {ofSection.map((one) => (
              <Thing
                key={one.id}
                name={names.teacher(one)}
                onRemove={() => setRemoving(one)}
                removeLabel={t('teaching.removeOne', {
                  teacher: names.teacher(one),
                  section: names.section(id),
                })}
              >
                <Text span fw={550}>
                  {names.subject(one) ?? t('teaching.anySubject')}
                </Text>
                <Text span c="dimmed">
                  {' · '}
                  {names.teacher(one)}
                  <Period year={year} assignment={one} />
                </Text>
              </Thing>
            ))}
          </Things>
        </Stack>
      ))}
      {query.hasNextPage && (
        <Button
          variant="default"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
          style={{ alignSelf: 'center' }}
        >
          {t('teaching.more')}
        </Button>
      )}
      <TakeOff
        assignment={removing}
        {...(removing && {
          teacher: names.teacher(removing),
          section: names.section(removing.sectionId),
          subject: names.subject(removing) ?? t('teaching.anySubject'),
        })}
        heading={heading}
        onClose={() => setRemoving(null)}
      />
    </Stack>
  )
}

/** Said only where it is not the whole year. */
function Period({ year, assignment: { from, to } }: { year: Year; assignment: Teaching }) {
  const { t } = useTranslation('structure')
  const { time } = useSchool()
  if (from === year.startsOn && to === year.endsOn) return null
  return <> · {t('teaching.period', { from: time.date(from), to: time.date(to) })}</>
}

/** What an assignment's ids stand for, and the order in which a school reads them: by section, then by subject. */
function namesIn({ sections, subjects, teachers }: Structure) {
  const placeOf = new Map(sections.map(({ id }, place) => [id, place]))
  const teacher = ({ teacherUserId }: Teaching) => {
    const found = teachers.find(({ id }) => id === teacherUserId)
    return found ? personName(found) : ''
  }
  const section = (sectionId: string) => sections.find(({ id }) => id === sectionId)?.name ?? ''
  const subject = ({ subjectId }: Teaching) => subjects.find(({ id }) => id === subjectId)?.name
  const compare = (a: Teaching, b: Teaching) =>
    (placeOf.get(a.sectionId) ?? 0) - (placeOf.get(b.sectionId) ?? 0) ||
    (subject(a) ?? '').localeCompare(subject(b) ?? '') ||
    teacher(a).localeCompare(teacher(b))
  return { teacher, section, subject, compare }
}
