import { ActionIcon, Box, Group, Paper, Stack, Text, TextInput } from '@mantine/core'
import { IconPencil, IconSearch, IconTrash } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './thing-list.module.css'

/** From here on a list has a field to find things in it. */
const FILTERED_FROM = 12

interface ThingListProps<Item> {
  label: string
  items: readonly Item[]
  /** What is found by typing. */
  textOf: (item: Item) => string
  children: (found: readonly Item[]) => ReactNode
}

/** A list of the structure; a long one with a field to find things in it. */
export function ThingList<Item>({ label, items, textOf, children }: ThingListProps<Item>) {
  const { t } = useTranslation('structure')
  const [text, setText] = useState('')
  const isFiltered = items.length >= FILTERED_FROM
  const wanted = isFiltered ? text.trim().toLocaleLowerCase() : ''
  const found = wanted
    ? items.filter((item) => textOf(item).toLocaleLowerCase().includes(wanted))
    : items
  return (
    <Stack gap="sm" role="group" aria-label={label}>
      {isFiltered && (
        <Group gap="sm" align="flex-end">
          <TextInput
            type="search"
            label={t('list.filter')}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            maw={320}
            style={{ flex: 1 }}
          />
          <Text size="sm" c="dimmed" role="status" pb={8}>
            {wanted && t('list.found', { count: found.length })}
          </Text>
        </Group>
      )}
      {found.length === 0 && wanted ? (
        <Text c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {t('list.none', { text })}
        </Text>
      ) : (
        children(found)
      )}
    </Stack>
  )
}

export const Things = ({ children }: { children: ReactNode }) => (
  <Paper withBorder component="ul" className={classes.list}>
    {children}
  </Paper>
)

interface ThingProps {
  name: string
  onEdit?: () => void
  onRemove?: () => void
  /** Beside edit and remove. */
  actions?: ReactNode
  removeLabel?: string
  children: ReactNode
}

/** One of them: what it is, and what can be done with it. */
export function Thing({ name, onEdit, onRemove, actions, removeLabel, children }: ThingProps) {
  const { t } = useTranslation('structure')
  return (
    <li className={classes.item}>
      <Box className={classes.text}>{children}</Box>
      <Group gap={4} wrap="nowrap" className={classes.actions}>
        {actions}
        {onEdit && (
          <ActionIcon
            variant="subtle"
            size="xl"
            aria-label={t('list.editOne', { name })}
            onClick={onEdit}
          >
            <IconPencil size={20} aria-hidden />
          </ActionIcon>
        )}
        {onRemove && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="xl"
            aria-label={removeLabel ?? t('list.removeOne', { name })}
            onClick={onRemove}
          >
            <IconTrash size={20} aria-hidden />
          </ActionIcon>
        )}
      </Group>
    </li>
  )
}
