import { Button, Group, Stack, Title } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { ReactNode, RefObject } from 'react'

interface TabFrameProps {
  title: string
  heading: RefObject<HTMLHeadingElement | null>
  addLabel: string
  onAdd?: (() => void) | undefined
  children: ReactNode
}

/** A part of the structure: its heading and its one main action. */
export const TabFrame = ({ title, heading, addLabel, onAdd, children }: TabFrameProps) => (
  <Stack gap="md">
    <Group justify="space-between">
      <Title order={2} size="h3" ref={heading} tabIndex={-1} style={{ outline: 'none' }}>
        {title}
      </Title>
      {onAdd && (
        <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={onAdd}>
          {addLabel}
        </Button>
      )}
    </Group>
    {children}
  </Stack>
)
