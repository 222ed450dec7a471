import { Anchor, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { AnnouncementList } from '#src/features/announcements/announcement-list.tsx'
import { AttendanceSummary } from '#src/features/attendance/attendance-summary.tsx'
import { MarkBadge } from '#src/features/attendance/mark-badge.tsx'
import { WeeksChart } from '#src/features/attendance/weeks-chart.tsx'
import { ChildPage } from '#src/features/children/child-page.tsx'
import { useChild } from '#src/features/children/use-child.ts'
import { AssignmentsDue } from '#src/features/family/assignments-due.tsx'
import {
  type FamilyDashboard,
  type Pupil,
  pupilOf,
  useFamilyDashboard,
} from '#src/features/family/family-dashboard.api.ts'
import { LessonList } from '#src/features/timetable/lesson-list.tsx'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { Page } from '#src/ui/page.tsx'
import { SectionCard } from '#src/ui/section-card.tsx'

export function FamilyTodayPage() {
  const { t } = useTranslation('family')
  const { time, user } = useSchool()
  const { child } = useChild()
  const query = useFamilyDashboard(child)
  return (
    <Page
      title={t('today.title')}
      subtitle={`${time.weekday(time.today())}, ${time.date(time.today())}`}
    >
      <ChildPage
        query={query}
        skeleton={<TodaySkeleton />}
        whoseOf={(dashboard) =>
          dashboard.role === 'PARENT'
            ? { shown: dashboard.child?.studentUserId, children: dashboard.children }
            : { shown: user.id, children: [] }
        }
        renderWithoutChild={({ announcements }) => <Announced announcements={announcements} />}
      >
        {(dashboard) => {
          const pupil = pupilOf(dashboard)
          return pupil && <PupilToday pupil={pupil} announcements={dashboard.announcements} />
        }}
      </ChildPage>
    </Page>
  )
}

type Announcements = FamilyDashboard['announcements']

function PupilToday({ pupil, announcements }: { pupil: Pupil; announcements: Announcements }) {
  const { t } = useTranslation('family')
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
      <Stack gap="lg">
        <SectionCard title={t('today.lessons')} aside={<To page="timetable" />}>
          {pupil.sessions.length === 0 ? (
            <Text c="dimmed">{t('today.noLessons')}</Text>
          ) : (
            <LessonList
              lessons={pupil.sessions}
              isToday
              renderAside={({ mark }) => mark && <MarkBadge mark={mark} />}
            />
          )}
        </SectionCard>
        <SectionCard title={t('due.title')}>
          <AssignmentsDue assignments={pupil.assignments} />
        </SectionCard>
      </Stack>
      <Stack gap="lg">
        <SectionCard title={t('attendance.title')} aside={<To page="attendance" />}>
          <AttendanceSummary attendance={pupil.attendance} />
          <WeeksChart weeks={pupil.attendance.weeks} />
        </SectionCard>
        <Announced announcements={announcements} />
      </Stack>
    </SimpleGrid>
  )
}

function Announced({ announcements: { items, unread } }: { announcements: Announcements }) {
  const { t } = useTranslation('family')
  return (
    <SectionCard title={t('announcements.title')} aside={<To page="announcements" />}>
      {unread > 0 && <Text size="sm">{t('announcements.unread', { count: unread })}</Text>}
      {items.length === 0 ? (
        <Text c="dimmed">{t('announcements.none')}</Text>
      ) : (
        <AnnouncementList items={items} order={3} />
      )}
    </SectionCard>
  )
}

/** To the page with all of it, and to the same child there. */
function To({ page }: { page: 'timetable' | 'attendance' | 'announcements' }) {
  const { t } = useTranslation('family')
  const { link } = useSchool()
  const { child } = useChild()
  const search = child ? `?${new URLSearchParams({ child })}` : ''
  return (
    <Anchor component={Link} to={link(`/${page}`) + search} size="sm" py={4}>
      {t(`today.to.${page}`)}
    </Anchor>
  )
}

function TodaySkeleton() {
  const { t } = useTranslation()
  return (
    <SimpleGrid
      cols={{ base: 1, md: 2 }}
      spacing="lg"
      aria-busy="true"
      aria-label={t('state.loading')}
      role="status"
    >
      <Skeleton height={420} radius="md" />
      <Skeleton height={420} radius="md" />
    </SimpleGrid>
  )
}
