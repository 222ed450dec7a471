import { Group, Stack, Text, Title } from '@mantine/core'
import type { OwnAttendanceAnswer } from '@usms/school-api/modules/me/me.schema'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import classes from './attendance.module.css'
import { MarkBadge } from './mark-badge.tsx'

type Entry = OwnAttendanceAnswer['items'][number]

/** Entries under their dates, newest first. */
export function EntryList({ entries }: { entries: readonly Entry[] }) {
  const { time } = useSchool()
  const days = Map.groupBy(entries, ({ localDate }) => localDate)
  return (
    <Stack gap="lg">
      {[...days].map(([date, ofDay]) => (
        <section key={date}>
          <Title order={3} size="h5" mb={6}>
            {time.shortDate(date)}
          </Title>
          <ul className={classes.entries}>
            {ofDay.map((entry) => (
              <EntryRow key={entry.id} entry={entry} />
            ))}
          </ul>
        </section>
      ))}
    </Stack>
  )
}

function EntryRow({ entry }: { entry: Entry }) {
  const { t } = useTranslation('family')
  const { time } = useSchool()
  const subject =
    entry.kind === 'REGISTRATION'
      ? t('lesson.registration')
      : (entry.subject?.name ?? entry.section.name)
  return (
    <li>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <div className={classes.entryText}>
          <Text fw={500}>{subject}</Text>
          <Text size="sm" c="dimmed">
            {time.timeRange(entry.startsAt, entry.endsAt)} · {entry.section.name}
          </Text>
        </div>
        <MarkBadge mark={entry} />
      </Group>
      {entry.note && (
        <Text size="sm" mt={4} className={classes.entryText}>
          {entry.note}
        </Text>
      )}
    </li>
  )
}
