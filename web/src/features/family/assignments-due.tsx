import { Badge, Group, Stack, Text } from '@mantine/core'
import type { OwnAssignment } from '@usms/school-api/modules/me/me.schema'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { useNow } from '#src/lib/use-now.ts'
import classes from './family.module.css'

/** What is to be handed in, soonest first. */
export function AssignmentsDue({ assignments }: { assignments: readonly OwnAssignment[] }) {
  const { t } = useTranslation('family')
  const { time } = useSchool()
  const now = useNow()
  if (assignments.length === 0) return <Text c="dimmed">{t('due.none')}</Text>
  return (
    <Stack component="ul" gap="sm" className={classes.list}>
      {assignments.map(({ id, title, dueAt, section, subject }) => (
        <li key={id}>
          <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
            <div className={classes.text}>
              <Text fw={500}>{title}</Text>
              <Text size="sm" c="dimmed">
                {subject?.name ?? section.name}
                {' · '}
                {dueAt ? t('due.by', { when: time.dateTime(dueAt) }) : t('due.open')}
              </Text>
            </div>
            {dueAt && Date.parse(dueAt) < now && (
              <Badge tt="none" variant="outline" color="red" className={classes.late}>
                {t('due.late')}
              </Badge>
            )}
          </Group>
        </li>
      ))}
    </Stack>
  )
}
