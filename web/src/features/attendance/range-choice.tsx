import { Group, SegmentedControl, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import type { CursorPage } from '#src/lib/use-cursor-page.ts'
import classes from './attendance.module.css'
import { RANGES, type useRange } from './use-range.ts'

interface RangeChoiceProps {
  range: ReturnType<typeof useRange>
  change: CursorPage['change']
}

/** Of which days the attendance is shown. */
export function RangeChoice({ range, change }: RangeChoiceProps) {
  const { t } = useTranslation('family')
  const { time } = useSchool()
  const keep = { replace: true }
  return (
    <Group gap="md" align="flex-end">
      <SegmentedControl
        aria-label={t('attendance.range')}
        value={range.name}
        classNames={{ root: classes.choices ?? '', label: classes.choice ?? '' }}
        data={RANGES.map((name) => ({ value: name, label: t(`attendance.ranges.${name}`) }))}
        onChange={(name) => change({ range: name, from: '', to: '' }, keep)}
      />
      {range.name === 'dates' && (
        <Group gap="sm">
          <TextInput
            type="date"
            label={t('attendance.from')}
            max={time.today()}
            value={range.from ?? ''}
            onChange={(event) => change({ from: event.currentTarget.value }, keep)}
          />
          <TextInput
            type="date"
            label={t('attendance.to')}
            max={time.today()}
            value={range.to ?? ''}
            onChange={(event) => change({ to: event.currentTarget.value }, keep)}
          />
        </Group>
      )}
    </Group>
  )
}
