import { Box, Group, Paper, Stack, Switch, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { AttendanceSummary } from '#src/features/attendance/attendance-summary.tsx'
import { useOwnAttendance } from '#src/features/attendance/attendance.api.ts'
import { EntryList } from '#src/features/attendance/entry-list.tsx'
import { RangeChoice } from '#src/features/attendance/range-choice.tsx'
import { useRange } from '#src/features/attendance/use-range.ts'
import { ChildPage } from '#src/features/children/child-page.tsx'
import { useChild } from '#src/features/children/use-child.ts'
import { useCursorPage } from '#src/lib/use-cursor-page.ts'
import { CursorPager } from '#src/ui/cursor-pager.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { Page } from '#src/ui/page.tsx'

export function AttendancePage() {
  const { t } = useTranslation('family')
  const { child } = useChild()
  const place = useCursorPage()
  const range = useRange(place)
  const showsAll = place.params.get('show') === 'all'
  const query = useOwnAttendance({
    child,
    from: range.from,
    to: range.to,
    show: showsAll ? 'all' : 'notable',
    cursor: place.cursor,
  })
  return (
    <Page title={t('attendance.title')}>
      <ChildPage
        query={query}
        controls={<RangeChoice range={range} change={place.change} />}
        whoseOf={({ student, children }) => ({ shown: student?.studentUserId, children })}
      >
        {(attendance) => (
          <>
            <RangeChoice range={range} change={place.change} />
            <Box aria-busy={query.isPlaceholderData} opacity={query.isPlaceholderData ? 0.5 : 1}>
              <Stack gap="lg">
                <Paper withBorder p="md" aria-live="polite">
                  <AttendanceSummary attendance={attendance} />
                </Paper>
                <Group justify="space-between">
                  <Title order={2} size="h4">
                    {showsAll ? t('attendance.allEntries') : t('attendance.notable')}
                  </Title>
                  <Switch
                    label={t('attendance.showAll')}
                    checked={showsAll}
                    onChange={(event) =>
                      place.change(
                        { show: event.currentTarget.checked ? 'all' : '' },
                        { replace: true },
                      )
                    }
                  />
                </Group>
                {attendance.items.length === 0 ? (
                  <EmptyState
                    text={
                      attendance.present > 0 && !showsAll
                        ? t('attendance.alwaysThere')
                        : t('attendance.noEntries')
                    }
                  />
                ) : (
                  <EntryList entries={attendance.items} />
                )}
                {(attendance.nextCursor !== null || place.page > 1) && (
                  <CursorPager place={place} nextCursor={attendance.nextCursor}>
                    {t('page', { page: place.page })}
                  </CursorPager>
                )}
              </Stack>
            </Box>
          </>
        )}
      </ChildPage>
    </Page>
  )
}
