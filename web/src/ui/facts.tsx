import { Box, SimpleGrid, Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** Names and values, in as many columns as there is room for. */
export const Facts = ({ facts }: { facts: readonly { label: string; value: ReactNode }[] }) => (
  <SimpleGrid component="dl" cols={{ base: 1, xs: 2, lg: 3 }} spacing="md" m={0}>
    {facts.map(({ label, value }) => (
      <div key={label}>
        <Text component="dt" size="sm" c="dimmed">
          {label}
        </Text>
        <Box component="dd" m={0} style={{ overflowWrap: 'anywhere' }}>
          {value}
        </Box>
      </div>
    ))}
  </SimpleGrid>
)
