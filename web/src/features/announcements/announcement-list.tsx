import { Accordion, Badge, Group, Stack, Text } from '@mantine/core'
import { useReducedMotion } from '@mantine/hooks'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { useNow } from '#src/lib/use-now.ts'
import { personName } from '#src/ui/person-name.ts'
import classes from './announcements.module.css'
import { AnnouncementText } from './announcement-text.tsx'
import { type Announcement, useMarkRead } from './announcements.api.ts'

export type Readable = Pick<
  Announcement,
  'id' | 'title' | 'body' | 'publishAt' | 'readAt' | 'author'
> & {
  expiresAt?: string | null
}

interface AnnouncementListProps<Item> {
  items: readonly Item[]
  /** Of the titles: one below the heading above the list. */
  order: 2 | 3
  /** What is said beside the author and the time. */
  renderAside?: (item: Item) => ReactNode
  /** What stands below the text. */
  renderBelow?: (item: Item) => ReactNode
}

/** Titles that open in place; what is opened is read. */
export function AnnouncementList<Item extends Readable>({
  items,
  order,
  renderAside,
  renderBelow,
}: AnnouncementListProps<Item>) {
  const { t } = useTranslation('family')
  const { user, time } = useSchool()
  const markRead = useMarkRead()
  const now = useNow()
  const [opened, setOpened] = useState<string[]>([])
  const isStill = useReducedMotion()

  const isOut = ({ publishAt, expiresAt }: Item) =>
    Date.parse(publishAt) <= now && (!expiresAt || Date.parse(expiresAt) > now)
  const isNew = (item: Item) =>
    item.readAt === null && item.author.userId !== user.id && isOut(item)

  const open = (ids: string[]) => {
    for (const item of items)
      if (ids.includes(item.id) && !opened.includes(item.id) && isNew(item))
        markRead.mutate(item.id)
    setOpened(ids)
  }

  return (
    <Accordion
      multiple
      variant="separated"
      order={order}
      value={opened}
      onChange={open}
      keepMounted={false}
      transitionDuration={isStill ? 0 : 150}
      classNames={{ item: classes.item ?? '', control: classes.control ?? '' }}
    >
      {items.map((item) => (
        <Accordion.Item key={item.id} value={item.id}>
          <Accordion.Control>
            <Group gap="xs" wrap="nowrap" align="flex-start">
              <span className={classes.title} data-new={isNew(item) || undefined}>
                {item.title}
              </span>
              {isNew(item) && (
                <Badge tt="none" className={classes.badge}>
                  {t('announcements.new')}
                </Badge>
              )}
            </Group>
            <Group gap="xs" mt={2}>
              <Text size="sm" c="dimmed" className={classes.meta}>
                {personName(item.author)} · {time.dateTime(item.publishAt)}
              </Text>
              {renderAside?.(item)}
            </Group>
          </Accordion.Control>
          <Accordion.Panel>
            <Stack gap="md">
              <AnnouncementText body={item.body} />
              {renderBelow?.(item)}
            </Stack>
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  )
}
