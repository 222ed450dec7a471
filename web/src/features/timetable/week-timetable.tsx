import { ActionIcon, Box, Button, Group, Stack, Title } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import type { TimetableAnswer } from '@usms/school-api/modules/me/me.schema'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { addDays } from '#src/lib/school-time.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { placeInWeek } from '#src/lib/week-layout.ts'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { DayTabs } from './day-tabs.tsx'
import classes from './timetable.module.css'
import { useWeek } from './use-week.ts'
import { WeekGrid } from './week-grid.tsx'

const WORKDAYS = 5

interface WeekTimetableProps {
  timetable: TimetableAnswer
  /** Another week is asked for and not there yet. */
  isWaiting: boolean
}

/** A week of sessions: days beside each other on a wide screen and on paper, one day at a time on a phone. */
export function WeekTimetable({ timetable, isWaiting }: WeekTimetableProps) {
  const { t } = useTranslation('family')
  const { time } = useSchool()
  const { today } = useWeek()
  const week = placeInWeek(timetable.items, timetable.from, time)
  // A weekend without lessons takes no room from the days that have some.
  const days = week.days.filter((day, i) => i < WORKDAYS || day.items.length > 0)
  return (
    <Stack gap="md">
      <WeekNavigation from={timetable.from} />
      <Box aria-busy={isWaiting} mod={{ waiting: isWaiting }} className={classes.week}>
        {timetable.items.length === 0 ? (
          <EmptyState text={t('timetable.empty')} />
        ) : (
          <>
            <WeekGrid week={{ ...week, days }} today={today} />
            <DayTabs key={timetable.from} days={days} today={today} />
          </>
        )}
      </Box>
    </Stack>
  )
}

/** To the weeks before and after. */
export function WeekNavigation({ from }: { from: string }) {
  const { t } = useTranslation('family')
  const { time } = useSchool()
  const { links, isThisWeek } = useWeek()
  const step = { variant: 'default', size: 44, preventScrollReset: true } as const
  return (
    <Group gap="xs" wrap="nowrap" component="nav" aria-label={t('timetable.weeks')}>
      <ActionIcon
        component={Link}
        {...step}
        to={links.previous}
        aria-label={t('timetable.previousWeek')}
        className={classes.notPrinted}
      >
        <IconChevronLeft aria-hidden />
      </ActionIcon>
      <ActionIcon
        component={Link}
        {...step}
        to={links.next}
        aria-label={t('timetable.nextWeek')}
        className={classes.notPrinted}
      >
        <IconChevronRight aria-hidden />
      </ActionIcon>
      <Title order={2} size="h4" aria-live="polite" className={classes.range}>
        {time.dateRange(from, addDays(from, 6))}
      </Title>
      <Button
        component={Link}
        to={links.thisWeek}
        preventScrollReset
        variant="default"
        h={44}
        px="sm"
        miw="fit-content"
        className={classes.notPrinted}
        {...(isThisWeek && { 'aria-current': 'date' as const })}
      >
        {t('timetable.thisWeek')}
      </Button>
    </Group>
  )
}
