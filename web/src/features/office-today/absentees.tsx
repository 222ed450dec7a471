import { Anchor, Group, Paper, Text, Title } from '@mantine/core'
import type { OfficePart } from '@usms/school-api/modules/me/dashboard.schema'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { personName } from '#src/ui/person-name.ts'
import classes from './office-today.module.css'

/** Who has been marked absent today. */
export function Absentees({ absentees: { count, items } }: Pick<OfficePart, 'absentees'>) {
  const { t } = useTranslation('planning')
  const { link } = useSchool()
  return (
    <Paper withBorder p="md" component="section">
      <Title order={2} size="h4" mb="xs">
        {t('today.absent', { count })}
      </Title>
      {count === 0 && <Text c="dimmed">{t('today.noneAbsent')}</Text>}
      <ul className={classes.list}>
        {items.map((student) => (
          <li key={student.studentUserId}>
            <Group justify="space-between" gap="sm">
              <div>
                <Anchor
                  component={Link}
                  to={link(`/people/${student.studentUserId}?kind=students`)}
                  fw={600}
                >
                  {personName(student)}
                </Anchor>
                {student.sectionName && (
                  <Text size="sm" c="dimmed">
                    {student.sectionName}
                  </Text>
                )}
              </div>
              <Text size="sm">{t('today.inSessions', { count: student.sessions })}</Text>
            </Group>
          </li>
        ))}
      </ul>
      {count > items.length && (
        <Text size="sm" c="dimmed">
          {t('today.furtherAbsent', { count: count - items.length })}
        </Text>
      )}
    </Paper>
  )
}
