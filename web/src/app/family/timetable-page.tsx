import { useTranslation } from 'react-i18next'
import { ChildPage } from '#src/features/children/child-page.tsx'
import { useChild } from '#src/features/children/use-child.ts'
import { PrintButton } from '#src/features/timetable/print-button.tsx'
import { TimetableSkeleton } from '#src/features/timetable/timetable-skeleton.tsx'
import { useTimetable } from '#src/features/timetable/timetable.api.ts'
import { useWeek } from '#src/features/timetable/use-week.ts'
import { WeekNavigation, WeekTimetable } from '#src/features/timetable/week-timetable.tsx'
import { Page } from '#src/ui/page.tsx'

export function FamilyTimetablePage() {
  const { t } = useTranslation('family')
  const { child } = useChild()
  const { monday } = useWeek()
  const query = useTimetable({ monday, child })
  return (
    <Page title={t('timetable.title')} actions={<PrintButton />}>
      <ChildPage
        query={query}
        skeleton={<TimetableSkeleton />}
        controls={<WeekNavigation from={monday} />}
        whoseOf={({ student, children }) => ({ shown: student?.studentUserId, children })}
      >
        {(timetable) => <WeekTimetable timetable={timetable} isWaiting={query.isPlaceholderData} />}
      </ChildPage>
    </Page>
  )
}
