import { Skeleton, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { addDays, mondayOf } from '#src/lib/school-time.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { Loaded } from '#src/ui/loaded.tsx'
import { PeriodNav } from './period-nav.tsx'
import type { PlanAddress } from './plan-address.ts'
import type { useWeek } from './planning.api.ts'
import { WeekGrid } from './week-grid.tsx'

interface WeekPlanProps {
  plan: PlanAddress
  query: ReturnType<typeof useWeek>
  onOpen: (id: string) => void
  onAdd: (date: string) => void
}

export function WeekPlan({ plan, query, onOpen, onAdd }: WeekPlanProps) {
  const { t } = useTranslation('planning')
  const { time } = useSchool()
  const goTo = (week: string) => plan.go({ week })
  return (
    <Stack gap="md">
      <PeriodNav
        label={t('sessions.weekOf', {
          from: time.shortDate(plan.week),
          until: time.shortDate(addDays(plan.week, 6)),
        })}
        previous={t('sessions.previousWeek')}
        next={t('sessions.nextWeek')}
        now={t('sessions.thisWeek')}
        onNow={() => goTo(mondayOf(time.today()))}
        onPrevious={() => goTo(addDays(plan.week, -7))}
        onNext={() => goTo(addDays(plan.week, 7))}
      />
      <Loaded query={query} skeleton={<Skeleton height={480} radius="md" />}>
        {({ items }) => (
          <>
            {items.length === 0 && <Text c="dimmed">{t('sessions.noneThisWeek')}</Text>}
            <WeekGrid
              sessions={items}
              monday={plan.week}
              by={plan.by}
              onOpen={onOpen}
              onAdd={onAdd}
            />
          </>
        )}
      </Loaded>
    </Stack>
  )
}
