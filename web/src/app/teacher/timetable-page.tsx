import { useTranslation } from 'react-i18next'
import { useTimetable } from '#src/features/timetable/timetable.api.ts'
import { PrintButton } from '#src/features/timetable/print-button.tsx'
import { TimetableSkeleton } from '#src/features/timetable/timetable-skeleton.tsx'
import { useWeek } from '#src/features/timetable/use-week.ts'
import { WeekNavigation, WeekTimetable } from '#src/features/timetable/week-timetable.tsx'
import { Loaded } from '#src/ui/loaded.tsx'
import { Page } from '#src/ui/page.tsx'

export function TeacherTimetablePage() {
  const { t } = useTranslation('family')
  const { monday } = useWeek()
  const query = useTimetable({ monday })
  return (
    <Page title={t('timetable.title')} actions={<PrintButton />}>
      {query.isError && query.data === undefined && <WeekNavigation from={monday} />}
      <Loaded query={query} skeleton={<TimetableSkeleton />}>
        {(timetable) => <WeekTimetable timetable={timetable} isWaiting={query.isPlaceholderData} />}
      </Loaded>
    </Page>
  )
}
