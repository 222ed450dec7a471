import { Paper, Stack, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** A part of the account page. */
export const AccountCard = ({
  title,
  id,
  children,
}: {
  title: string
  id?: string
  children: ReactNode
}) => (
  <Paper component="section" withBorder p={{ base: 'md', sm: 'lg' }}>
    <Stack>
      <Title order={2} size="h4" id={id} tabIndex={-1} style={{ outline: 'none' }}>
        {title}
      </Title>
      {children}
    </Stack>
  </Paper>
)
