import { Anchor, Button, Group, Paper, SegmentedControl, Stack, Table, Text } from '@mantine/core'
import type { SessionAnswer } from '@usms/school-api/modules/sessions/sessions.schema'
import { useTranslation } from 'react-i18next'
import { addDays } from '#src/lib/school-time.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { Loaded, LoadingRows } from '#src/ui/loaded.tsx'
import { useLessonName, useTeacherNames } from './lesson-name.ts'
import { PeriodNav } from './period-nav.tsx'
import { SEGMENTS } from './plan-chooser.tsx'
import { DAY_STATES, type PlanAddress } from './plan-address.ts'
import { type DayState, useSchoolDay } from './planning.api.ts'

/** A day of the whole school, by time. */
export function SchoolDay({ plan, onOpen }: { plan: PlanAddress; onOpen: (id: string) => void }) {
  const { t } = useTranslation('planning')
  const { time } = useSchool()
  const query = useSchoolDay(plan.day, plan.state)
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <PeriodNav
          label={time.shortDate(plan.day)}
          previous={t('sessions.previousDay')}
          next={t('sessions.nextDay')}
          now={t('sessions.today')}
          onNow={() => plan.go({ day: time.today() })}
          onPrevious={() => plan.go({ day: addDays(plan.day, -1) })}
          onNext={() => plan.go({ day: addDays(plan.day, 1) })}
        />
        <SegmentedControl
          size="xs"
          bg={SEGMENTS}
          aria-label={t('sessions.state')}
          value={plan.state}
          data={DAY_STATES.map((value) => ({ value, label: t(`sessions.states.${value}`) }))}
          onChange={(state) => plan.go({ state: state as DayState })}
        />
      </Group>
      <Loaded query={query} skeleton={<LoadingRows rows={8} height={48} />}>
        {({ pages }) => {
          const sessions = pages.flatMap((page) => page.items)
          if (sessions.length === 0) return <EmptyState text={t('sessions.noneOfSchool')} />
          return (
            <>
              <DayTable sessions={sessions} onOpen={onOpen} />
              {query.hasNextPage && (
                <Button
                  variant="default"
                  loading={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  {t('sessions.more')}
                </Button>
              )}
            </>
          )
        }}
      </Loaded>
    </Stack>
  )
}

function DayTable({
  sessions,
  onOpen,
}: {
  sessions: readonly SessionAnswer[]
  onOpen: (id: string) => void
}) {
  const { t } = useTranslation('planning')
  const { time } = useSchool()
  const lessonName = useLessonName()
  const teacherNames = useTeacherNames()
  return (
    <Paper withBorder>
      <Table.ScrollContainer
        minWidth={640}
        type="native"
        tabIndex={0}
        role="region"
        aria-label={t('sessions.ofSchool')}
      >
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('lesson.time')}</Table.Th>
              <Table.Th scope="col">{t('lesson.section')}</Table.Th>
              <Table.Th scope="col">{t('lesson.teachers')}</Table.Th>
              <Table.Th scope="col">{t('lesson.room')}</Table.Th>
              <Table.Th scope="col">{t('lesson.register')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sessions.map((session) => (
              <Table.Tr key={session.id}>
                <Table.Td>{time.timeRange(session.startsAt, session.endsAt)}</Table.Td>
                <Table.Th scope="row">
                  <Anchor component="button" fw={600} ta="left" onClick={() => onOpen(session.id)}>
                    {session.section.name} · {lessonName(session)}
                  </Anchor>
                </Table.Th>
                <Table.Td>{teacherNames(session).join(', ')}</Table.Td>
                <Table.Td>{session.room?.name}</Table.Td>
                <Table.Td>
                  <Text size="sm">{stateOf(session)}</Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  )

  function stateOf({ status, registerTakenAt, endsAt }: SessionAnswer): string {
    if (status === 'CANCELLED') return t('lesson.cancelled')
    if (registerTakenAt) return t('lesson.taken', { time: time.time(registerTakenAt) })
    return Date.parse(endsAt) < Date.now() ? t('lesson.missing') : t('lesson.toCome')
  }
}
