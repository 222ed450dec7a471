import { Badge, Group, Stack, Text } from '@mantine/core'
import type { StudentAttendanceAnswer } from '@usms/school-api/modules/attendance/attendance.schema'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { useCodeName } from '#src/ui/use-code-name.ts'
import classes from './students.module.css'

type Entry = StudentAttendanceAnswer['items'][number]

/** What stands in the registers about one pupil, newest first. */
export const EntryList = ({ items }: { items: readonly Entry[] }) => (
  <Stack component="ul" gap="sm" className={classes.list} role="list">
    {items.map((entry) => (
      <li key={entry.id}>
        <EntryLine entry={entry} />
      </li>
    ))}
  </Stack>
)

function EntryLine({ entry: { status, code, minutesLate, note, session } }: { entry: Entry }) {
  const { t } = useTranslation('teacher')
  const { time } = useSchool()
  const codeName = useCodeName()
  const mark = codeName({ code: status, name: code.name })
  return (
    <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
      <div style={{ minWidth: 0 }}>
        <Text size="sm">
          {time.shortDate(session.localDate)}, {time.time(session.startsAt)}
        </Text>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {[session.sectionName, session.subject?.name ?? t(`lesson.kind.${session.kind}`)].join(
            ' · ',
          )}
        </Text>
        {note && (
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {note}
          </Text>
        )}
      </div>
      <Badge
        variant="outline"
        color={colorOf(code)}
        tt="none"
        size="lg"
        style={{ flexShrink: 0, maxWidth: '50%' }}
        styles={{ label: { color: 'var(--mantine-color-text)' } }}
      >
        {mark}
        {minutesLate !== null && ` · ${t('register.minutesOf', { count: minutesLate })}`}
      </Badge>
    </Group>
  )
}

const colorOf = ({ countsPresent, countsPossible }: Entry['code']) =>
  countsPresent ? 'teal' : countsPossible ? 'red' : 'blue'
