import { Tabs, Text, VisuallyHidden } from '@mantine/core'
import type { OwnSession } from '@usms/school-api/modules/me/me.schema'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import type { WeekDay } from '#src/lib/week-layout.ts'
import { LessonList } from './lesson-list.tsx'
import classes from './timetable.module.css'

interface DayTabsProps {
  days: readonly WeekDay<OwnSession>[]
  today: string
}

/** The week on a phone: a tab a day, today's open. */
export function DayTabs({ days, today }: DayTabsProps) {
  const { t } = useTranslation('family')
  const { time } = useSchool()
  const first =
    days.find(({ date }) => date === today) ?? days.find(({ items }) => items.length > 0)
  return (
    <Tabs
      className={classes.tabs}
      variant="pills"
      defaultValue={first?.date ?? null}
      keepMounted={false}
    >
      <Tabs.List grow aria-label={t('timetable.days')} className={classes.tabList}>
        {days.map(({ date }) => (
          <Tabs.Tab key={date} value={date} className={classes.tab} mod={{ today: date === today }}>
            <span className={classes.tabDay}>{time.shortWeekday(date)} </span>
            <span className={classes.tabNumber}>{time.dayNumber(date)}</span>
            {date === today && <VisuallyHidden> {t('timetable.today')}</VisuallyHidden>}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {days.map(({ date, items }) => (
        <Tabs.Panel key={date} value={date} pt="md">
          <h3 className={classes.panelDay}>{time.shortDate(date)}</h3>
          {items.length === 0 ? (
            <Text c="dimmed">{t('timetable.free')}</Text>
          ) : (
            <LessonList lessons={items.map(({ item }) => item)} isToday={date === today} />
          )}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
