import { Button, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconCalendarWeek } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Announced } from '#src/features/lessons/announced.tsx'
import { FocusCard } from '#src/features/lessons/focus-card.tsx'
import { LessonList } from '#src/features/lessons/lesson-list.tsx'
import { focusOf } from '#src/features/lessons/lesson-state.ts'
import { type TeacherDay, useTeacherDay } from '#src/features/lessons/lessons.api.ts'
import { useNow } from '#src/lib/use-now.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { Loaded } from '#src/ui/loaded.tsx'
import { Page } from '#src/ui/page.tsx'

/** A teacher's day: the lesson of the moment and its register first. */
export function TeacherTodayPage() {
  const { t } = useTranslation('teacher')
  const { time } = useSchool()
  const query = useTeacherDay()
  const today = query.data?.today ?? time.today()
  return (
    <Page title={t('today.title')} subtitle={`${time.weekday(today)}, ${time.date(today)}`}>
      <Loaded query={query} skeleton={<LoadingDay />}>
        {(day) => <Day day={day} />}
      </Loaded>
    </Page>
  )
}

function Day({ day: { today, sessions, missing, announcements } }: { day: TeacherDay }) {
  const { t } = useTranslation('teacher')
  const { link } = useSchool()
  const now = useNow(15_000)
  // Those of today stand among the lessons of today.
  const earlier = missing.filter((lesson) => lesson.localDate !== today)
  return (
    <Stack gap="xl">
      {sessions.length === 0 ? (
        <EmptyState text={t('today.empty')}>
          <Button
            component={Link}
            to={link('/timetable')}
            variant="default"
            leftSection={<IconCalendarWeek size={18} aria-hidden />}
          >
            {t('today.timetable')}
          </Button>
        </EmptyState>
      ) : (
        <FocusCard focus={focusOf(sessions, now)} now={now} />
      )}
      {earlier.length > 0 && (
        <Stack gap="sm" component="section">
          <div>
            <Title order={2} size="h4">
              {t('today.missing')}
            </Title>
            <Text c="dimmed" size="sm">
              {t('today.missingText')}
            </Text>
          </div>
          <LessonList lessons={earlier} now={now} withDay />
        </Stack>
      )}
      {sessions.length > 0 && (
        <Stack gap="sm" component="section">
          <Title order={2} size="h4">
            {t('today.sessions')}
          </Title>
          <LessonList lessons={sessions} now={now} />
        </Stack>
      )}
      <Announced announcements={announcements} />
    </Stack>
  )
}

function LoadingDay() {
  const { t } = useTranslation()
  return (
    <Stack gap="xl" aria-busy="true" role="status" aria-label={t('state.loading')}>
      <Skeleton h={128} radius="md" />
      <Stack gap="xs">
        <Skeleton h={24} w={180} />
        {Array.from({ length: 5 }, (_, row) => (
          <Skeleton key={row} h={72} radius="md" />
        ))}
      </Stack>
    </Stack>
  )
}
