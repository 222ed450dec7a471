import { Badge } from '@mantine/core'
import { IconCheck, IconClock, IconMinus, IconX } from '@tabler/icons-react'
import type { OwnSession } from '@usms/school-api/modules/me/me.schema'
import { useTranslation } from 'react-i18next'
import classes from './attendance.module.css'
import { standingOf } from './standing.ts'

const ICONS = { present: IconCheck, late: IconClock, absent: IconX, excused: IconMinus }

/** What every school begins with; a school that calls them something else is taken at its word. */
const GIVEN = { PRESENT: 'Present', LATE: 'Late', ABSENT: 'Absent', EXCUSED: 'Excused' } as const

const isGiven = (status: string, name: string): status is keyof typeof GIVEN =>
  status in GIVEN && GIVEN[status as keyof typeof GIVEN] === name

/** An entry of a register in a word, with a sign of its own beside the colour. */
export function MarkBadge({ mark }: { mark: NonNullable<OwnSession['mark']> }) {
  const { t } = useTranslation('family')
  const { status, name, minutesLate } = mark
  const standing = standingOf(mark)
  const Icon = ICONS[standing]
  const word = isGiven(status, name) ? t(`attendance.marks.${status}`) : name
  return (
    <Badge
      tt="none"
      variant="default"
      size="lg"
      className={classes.mark}
      leftSection={<Icon size={16} aria-hidden className={classes[standing]} />}
    >
      {minutesLate === null ? word : t('attendance.withMinutes', { word, count: minutesLate })}
    </Badge>
  )
}
