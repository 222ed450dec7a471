import { List, Stack, Text } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import type { SessionWithWarnings } from '@usms/school-api/modules/sessions/sessions.schema'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { personName } from '#src/ui/person-name.ts'
import { Notice } from '#src/ui/notice.tsx'

const SHOWN = 40

/** Pupils who are elsewhere at that time: nothing that refuses a session, but that somebody should look at. */
export function DoubleBooked({ sessions }: { sessions: readonly SessionWithWarnings[] }) {
  const { t } = useTranslation('planning')
  const { time } = useSchool()
  const warned = sessions.flatMap(({ id, startsAt, localDate, warnings }) =>
    warnings.map(({ students }) => ({ id, startsAt, localDate, students })),
  )
  if (warned.length === 0) return null
  return (
    <Notice
      color="yellow"
      role="status"
      title={t('doubleBooked.title')}
      icon={<IconUsers aria-hidden />}
    >
      <Stack gap="xs">
        <Text size="sm">{t('doubleBooked.text')}</Text>
        {warned.map(({ id, startsAt, localDate, students }) => (
          <div key={id}>
            <Text size="sm" fw={600}>
              {time.shortDate(localDate)}, {time.time(startsAt)}
            </Text>
            <List size="sm" withPadding>
              {students.slice(0, SHOWN).map((student) => (
                <List.Item key={student.studentUserId}>{personName(student)}</List.Item>
              ))}
            </List>
            {students.length > SHOWN && (
              <Text size="sm">{t('doubleBooked.further', { count: students.length - SHOWN })}</Text>
            )}
          </div>
        ))}
      </Stack>
    </Notice>
  )
}
