import { Badge, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { useNow } from '#src/lib/use-now.ts'
import { AnnouncementList } from './announcement-list.tsx'
import type { Announcement } from './announcements.api.ts'
import { useAudienceName } from './audience-name.ts'
import { AuthorActions } from './author-actions.tsx'

interface AnnouncementBoardProps {
  items: readonly Announcement[]
  onGone: () => void
}

/** Announcements with all that is known of them: to whom, whether they are out, and for their authors how many read them. */
export function AnnouncementBoard({ items, onGone }: AnnouncementBoardProps) {
  const { user } = useSchool()
  const mayChange = (item: Announcement) =>
    user.role === 'ADMIN' || user.role === 'OWNER' || item.author.userId === user.id
  return (
    <AnnouncementList
      items={items}
      order={2}
      renderAside={(item) => <Standing announcement={item} />}
      renderBelow={(item) =>
        mayChange(item) && <AuthorActions announcement={item} onGone={onGone} />
      }
    />
  )
}

function Standing({ announcement }: { announcement: Announcement }) {
  const { t } = useTranslation('family')
  const { time, user } = useSchool()
  const now = useNow()
  const nameOf = useAudienceName()
  // That it is for everybody, or for parents, is nothing to tell them.
  const isStaff = user.role !== 'STUDENT' && user.role !== 'PARENT'
  const { audience, publishAt, expiresAt, readCount } = announcement
  return (
    <Group gap="xs">
      {(isStaff || audience.name !== null) && (
        <Badge tt="none" variant="default">
          {nameOf(audience)}
        </Badge>
      )}
      {Date.parse(publishAt) > now && (
        <Badge tt="none" variant="default">
          {t('announcements.scheduled')}
        </Badge>
      )}
      {expiresAt && Date.parse(expiresAt) <= now && (
        <Badge tt="none" variant="default">
          {t('announcements.over')}
        </Badge>
      )}
      {readCount !== null && (
        <Text size="sm" c="dimmed" component="span">
          {t('announcements.readBy', { count: readCount, number: time.number(readCount) })}
        </Text>
      )}
    </Group>
  )
}
