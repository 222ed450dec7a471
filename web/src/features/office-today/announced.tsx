import { Anchor, Badge, Group, Paper, Text, Title } from '@mantine/core'
import type { AnnouncementsPart } from '@usms/school-api/modules/me/dashboard.schema'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { personName } from '#src/ui/person-name.ts'
import classes from './office-today.module.css'

/** What is announced, unread first. */
export function Announced({ announcements }: { announcements: AnnouncementsPart }) {
  const { t } = useTranslation('planning')
  const { t: common } = useTranslation()
  const { time, link, user } = useSchool()
  return (
    <Paper withBorder p="md" component="section">
      <Title order={2} size="h4" mb="xs">
        {common('nav.announcements')}
      </Title>
      {announcements.items.length === 0 && <Text c="dimmed">{t('today.noAnnouncements')}</Text>}
      <ul className={classes.list}>
        {announcements.items.map(({ id, title, author, publishAt, readAt }) => (
          <li key={id}>
            <Group gap="xs">
              <Text fw={600}>{title}</Text>
              {readAt === null && author.userId !== user.id && (
                <Badge variant="outline">{t('today.unread')}</Badge>
              )}
            </Group>
            <Text size="sm" c="dimmed">
              {personName(author)} · {time.dateTime(publishAt)}
            </Text>
          </li>
        ))}
      </ul>
      <Anchor component={Link} to={link('/announcements')} size="sm">
        {t('today.allAnnouncements')}
      </Anchor>
    </Paper>
  )
}
