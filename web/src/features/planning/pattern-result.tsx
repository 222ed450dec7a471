import { List, Stack, Text, Title } from '@mantine/core'
import type { RecurringMade } from '@usms/school-api/modules/sessions/sessions.schema'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { ClashText } from './clash-alert.tsx'
import classes from './pattern-result.module.css'

/** Which dates of a pattern there are now, and which could not be, each with what is in its way. */
export function PatternResult({
  made: { created, refused },
  teacherIds,
}: {
  made: RecurringMade
  teacherIds: readonly string[]
}) {
  const { t } = useTranslation('planning')
  const { time } = useSchool()
  return (
    <Stack gap="md" role="status">
      <div>
        <Title order={3} size="h5">
          {t('pattern.created', { count: created.length })}
        </Title>
        <Text size="sm" c="dimmed">
          {created.map(({ localDate }) => time.shortDate(localDate)).join(' · ')}
        </Text>
      </div>
      {refused.length > 0 && (
        <div>
          <Title order={3} size="h5">
            {t('pattern.refused', { count: refused.length })}
          </Title>
          <List listStyleType="none" className={classes.refused}>
            {refused.map(({ date, details }) => (
              <List.Item key={date}>
                <Text fw={650} size="sm">
                  {time.shortDate(date)}
                </Text>
                {details ? (
                  <ClashText clash={details} teacherIds={teacherIds} />
                ) : (
                  <Text size="sm">{t('pattern.skipped')}</Text>
                )}
              </List.Item>
            ))}
          </List>
        </div>
      )}
    </Stack>
  )
}
