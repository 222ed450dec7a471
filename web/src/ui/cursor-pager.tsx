import { Button, Group, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { CursorPage } from '#src/lib/use-cursor-page.ts'

interface CursorPagerProps {
  place: CursorPage
  nextCursor: string | null
  /** What is shown of how much, in the words of the page. */
  children: string
}

/** Below a long list: where one is, and on. */
export function CursorPager({ place, nextCursor, children }: CursorPagerProps) {
  const { t } = useTranslation()
  const { toPrevious, toNext } = place
  return (
    <Group justify="space-between">
      <Text size="sm" c="dimmed" role="status">
        {children}
      </Text>
      {(toPrevious ?? nextCursor) && (
        <Group gap="xs">
          <Button
            variant="default"
            disabled={!toPrevious}
            onClick={toPrevious}
            leftSection={<IconChevronLeft size={18} aria-hidden />}
          >
            {t('actions.previous')}
          </Button>
          <Button
            variant="default"
            disabled={nextCursor === null}
            onClick={() => nextCursor !== null && toNext(nextCursor)}
            rightSection={<IconChevronRight size={18} aria-hidden />}
          >
            {t('actions.next')}
          </Button>
        </Group>
      )}
    </Group>
  )
}
