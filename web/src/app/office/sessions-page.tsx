import { Anchor, Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { type Prefilled } from '#src/features/planning/lesson-fields.ts'
import { NewLesson } from '#src/features/planning/new-lesson.tsx'
import { usePlanAddress } from '#src/features/planning/plan-address.ts'
import { PlanChooser, useOptions } from '#src/features/planning/plan-chooser.tsx'
import { useWeek } from '#src/features/planning/planning.api.ts'
import { SchoolDay } from '#src/features/planning/school-day.tsx'
import { SessionDialog } from '#src/features/planning/session-dialog.tsx'
import { WeekPlan } from '#src/features/planning/week-plan.tsx'
import { mondayOf } from '#src/lib/school-time.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { Page } from '#src/ui/page.tsx'

export function SessionsPage() {
  const { t } = useTranslation('planning')
  const { time, link } = useSchool()
  const plan = usePlanAddress()
  const options = useOptions(plan.by)
  // Nobody has to choose before there is something to see.
  const id = plan.id ?? options?.[0]?.value
  const whose = plan.by === 'school' || !id ? undefined : { by: plan.by, id }
  const week = useWeek(whose, plan.week)
  const [prefilled, setPrefilled] = useState<Prefilled>()
  const isEmpty = plan.by !== 'school' && options?.length === 0 && !plan.id

  const add = (date: string) =>
    setPrefilled({ date, ...(whose && { [`${whose.by}Id`]: whose.id }) })
  const addSomewhere = () => {
    const today = time.today()
    if (plan.by === 'school') return add(plan.day)
    add(plan.week === mondayOf(today) ? today : plan.week)
  }
  const open = (session: string) => plan.go({ session })

  return (
    <Page
      title={t('sessions.title')}
      actions={
        !isEmpty && (
          <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={addSomewhere}>
            {t('sessions.add')}
          </Button>
        )
      }
    >
      <PlanChooser plan={plan} today={time.today()} />
      {plan.by === 'school' ? (
        <SchoolDay plan={plan} onOpen={open} />
      ) : isEmpty ? (
        <EmptyState text={t(`sessions.empty.${plan.by}`)}>
          <Anchor component={Link} to={link(plan.by === 'teacher' ? '/people' : '/structure')}>
            {plan.by === 'teacher' ? t('sessions.toPeople') : t('sessions.toStructure')}
          </Anchor>
        </EmptyState>
      ) : (
        <WeekPlan plan={plan} query={week} onOpen={open} onAdd={add} />
      )}
      <SessionDialog
        sessionId={plan.sessionId}
        known={week.data?.items.find((session) => session.id === plan.sessionId)}
        knownAt={week.dataUpdatedAt}
        onClose={() => plan.go({ session: undefined })}
      />
      <NewLesson
        prefilled={prefilled}
        onClose={() => setPrefilled(undefined)}
        onMade={({ sectionId, localDate }) => {
          if (plan.by === 'school') plan.go({ day: localDate })
          else
            plan.go({
              week: mondayOf(localDate),
              ...(plan.by === 'section' && { by: undefined, section: sectionId }),
            })
        }}
      />
    </Page>
  )
}
