import { ActionIcon, Button, Group, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'

interface PeriodNavProps {
  /** The period that is shown, said aloud when it changes. */
  label: string
  previous: string
  next: string
  now: string
  onNow: () => void
  onPrevious: () => void
  onNext: () => void
}

/** Back, forth, and to the present. */
export const PeriodNav = ({
  label,
  previous,
  next,
  now,
  onNow,
  onPrevious,
  onNext,
}: PeriodNavProps) => (
  <Group gap="xs">
    <ActionIcon variant="default" size="lg" aria-label={previous} onClick={onPrevious}>
      <IconChevronLeft size={18} aria-hidden />
    </ActionIcon>
    <ActionIcon variant="default" size="lg" aria-label={next} onClick={onNext}>
      <IconChevronRight size={18} aria-hidden />
    </ActionIcon>
    <Button variant="default" size="xs" onClick={onNow}>
      {now}
    </Button>
    <Text fw={600} role="status">
      {label}
    </Text>
  </Group>
)
