import { Paper, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** In place of a list without anything in it: says why, and where it helps what to do (`children`). */
export const EmptyState = ({ text, children }: { text: string; children?: ReactNode }) => (
  <Paper withBorder p="xl">
    <Stack align="center" gap="sm">
      <Text c="dimmed" ta="center">
        {text}
      </Text>
      {children}
    </Stack>
  </Paper>
)
