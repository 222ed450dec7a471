import { Button, Group, NativeSelect, Stack } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { StudentDrawer } from '#src/features/students/student-attendance.tsx'
import { StudentList } from '#src/features/students/student-list.tsx'
import { type OwnStudent, useOwnStudents } from '#src/features/students/students.api.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { useCursorPage } from '#src/lib/use-cursor-page.ts'
import { CursorPager } from '#src/ui/cursor-pager.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { Loaded, LoadingRows } from '#src/ui/loaded.tsx'
import { Page } from '#src/ui/page.tsx'
import { SearchInput } from '#src/ui/search-input.tsx'

/** Whom a teacher teaches, and how each of them attends. */
export function StudentsPage() {
  const { t } = useTranslation('teacher')
  const { time } = useSchool()
  const place = useCursorPage()
  const q = place.params.get('q') ?? ''
  const sectionId = place.params.get('section') ?? ''
  const query = useOwnStudents({ q, sectionId, cursor: place.cursor })
  const [opened, setOpened] = useState<OwnStudent>()
  const sections = query.data?.sections ?? []
  const isFiltered = q !== '' || sectionId !== ''
  return (
    <Page title={t('students.title')}>
      <Group gap="sm" align="flex-end">
        <SearchInput
          label={t('students.search')}
          value={q}
          onSearch={(text) => place.change({ q: text }, { replace: true })}
          style={{ flex: '1 1 14rem', maxWidth: 340 }}
        />
        <NativeSelect
          label={t('students.section')}
          value={sectionId}
          onChange={(event) => place.change({ section: event.currentTarget.value })}
          data={[
            { value: '', label: t('students.allSections') },
            ...sections.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          style={{ flex: '1 1 10rem', maxWidth: 260 }}
        />
      </Group>
      <Loaded query={query} skeleton={<LoadingRows rows={8} height={58} />}>
        {({ items, nextCursor, total = 0 }) =>
          items.length === 0 ? (
            <EmptyState text={t(isFiltered ? 'students.nothing' : 'students.empty')}>
              {isFiltered && (
                <Button variant="default" onClick={() => place.change({ q: '', section: '' })}>
                  {t('students.clear')}
                </Button>
              )}
            </EmptyState>
          ) : (
            <Stack gap="md" aria-busy={query.isPlaceholderData}>
              <StudentList students={items} sectionId={sectionId} onOpen={setOpened} />
              <CursorPager place={place} nextCursor={nextCursor}>
                {t('students.count', { count: total, number: time.number(total) })}
              </CursorPager>
            </Stack>
          )
        }
      </Loaded>
      <StudentDrawer student={opened} onClose={() => setOpened(undefined)} />
    </Page>
  )
}
