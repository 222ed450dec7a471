import { Anchor, Badge, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { personName } from '#src/ui/person-name.ts'
import type { TeacherDay } from './lessons.api.ts'

/** The newest of what is announced, by title; the page of announcements has the rest. */
export function Announced({ announcements: { unread, items } }: Pick<TeacherDay, 'announcements'>) {
  const { t } = useTranslation('teacher')
  const { time, link, user } = useSchool()
  return (
    <Stack gap="sm" component="section">
      <Group justify="space-between">
        <Group gap="xs">
          <Title order={2} size="h4">
            {t('today.announcements')}
          </Title>
          {unread > 0 && (
            <Badge color="ink" variant="filled" tt="none">
              {t('today.unread', { count: unread })}
            </Badge>
          )}
        </Group>
        <Anchor component={Link} to={link('/announcements')}>
          {t('today.allAnnouncements')}
        </Anchor>
      </Group>
      <Paper withBorder p="md">
        {items.length === 0 ? (
          <Text c="dimmed">{t('today.noAnnouncements')}</Text>
        ) : (
          <Stack gap="sm" component="ul" m={0} p={0} style={{ listStyle: 'none' }} role="list">
            {items.map(({ id, title, author, publishAt, readAt }) => {
              const isUnread = readAt === null && author.userId !== user.id
              return (
                <li key={id}>
                  <Text
                    component="div"
                    fw={isUnread ? 650 : 400}
                    style={{ overflowWrap: 'anywhere' }}
                  >
                    {title}
                    {isUnread && (
                      <Badge ml="xs" size="sm" variant="outline" color="ink" tt="none">
                        {t('today.unreadOne')}
                      </Badge>
                    )}
                  </Text>
                  <Text size="sm" c="dimmed">
                    {t('today.by', { name: personName(author), when: time.dateTime(publishAt) })}
                  </Text>
                </li>
              )
            })}
          </Stack>
        )}
      </Paper>
    </Stack>
  )
}
