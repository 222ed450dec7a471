import { Button, Paper, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core'
import type { OfficeDashboard } from '@usms/school-api/modules/me/dashboard.schema'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Absentees } from '#src/features/office-today/absentees.tsx'
import { Announced } from '#src/features/office-today/announced.tsx'
import { Numbers } from '#src/features/office-today/numbers.tsx'
import { useOfficeToday } from '#src/features/office-today/office-today.api.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { Loaded } from '#src/ui/loaded.tsx'
import { Page } from '#src/ui/page.tsx'

export function OfficeTodayPage() {
  const { t } = useTranslation()
  const { time } = useSchool()
  const query = useOfficeToday()
  const day = query.data?.today ?? time.today()
  return (
    <Page title={t('nav.today')} subtitle={`${time.weekday(day)}, ${time.date(day)}`}>
      <Loaded query={query} skeleton={<Loading />}>
        {(today) => <Today today={today} />}
      </Loaded>
    </Page>
  )
}

function Today({ today }: { today: OfficeDashboard }) {
  const { t } = useTranslation('planning')
  const { counts, sessions, absentees, announcements } = today
  const ofDay = (state: string) => `/sessions?day=${today.today}&state=${state}`
  return (
    <Stack gap="lg">
      {counts.sections === 0 && <FirstStep />}
      <Numbers
        title={t('today.sessions')}
        tiles={[
          { label: t('today.scheduled'), value: sessions.scheduled, path: ofDay('scheduled') },
          { label: t('today.taken'), value: sessions.taken, path: ofDay('taken') },
          {
            label: t('today.missing'),
            value: sessions.missing,
            path: '/missing',
            isUrgent: sessions.missing > 0,
          },
          { label: t('today.cancelled'), value: sessions.cancelled, path: ofDay('cancelled') },
        ]}
      />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Absentees absentees={absentees} />
        <Announced announcements={announcements} />
      </SimpleGrid>
      <Numbers
        title={t('today.school')}
        tiles={[
          { label: t('today.students'), value: counts.students, path: '/people?kind=students' },
          { label: t('today.teachers'), value: counts.teachers, path: '/people?kind=teachers' },
          { label: t('today.sections'), value: counts.sections, path: '/structure' },
        ]}
      />
    </Stack>
  )
}

/** A school that has nothing yet. */
function FirstStep() {
  const { t } = useTranslation('planning')
  const { link } = useSchool()
  return (
    <Paper withBorder p="lg">
      <Stack gap="sm" align="flex-start">
        <Title order={2} size="h4">
          {t('today.first.title')}
        </Title>
        <Text>{t('today.first.text')}</Text>
        <Button component={Link} to={link('/structure')}>
          {t('today.first.start')}
        </Button>
      </Stack>
    </Paper>
  )
}

const Loading = () => {
  const { t } = useTranslation()
  return (
    <Stack gap="lg" aria-busy="true" aria-label={t('state.loading')} role="status">
      <Skeleton height={130} radius="md" />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Skeleton height={220} radius="md" />
        <Skeleton height={220} radius="md" />
      </SimpleGrid>
      <Skeleton height={130} radius="md" />
    </Stack>
  )
}
