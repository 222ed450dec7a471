import { Paper, SimpleGrid, Text, Title } from '@mantine/core'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import classes from './office-today.module.css'

export interface NumberTile {
  label: string
  value: number
  /** Within the school's part. */
  path: string
  /** Something to look after. */
  isUrgent?: boolean
}

/** A row of numbers under a heading, each leading to what it counts. */
export function Numbers({ title, tiles }: { title: string; tiles: readonly NumberTile[] }) {
  const { time, link } = useSchool()
  return (
    <section>
      <Title order={2} size="h4" mb="sm">
        {title}
      </Title>
      <SimpleGrid cols={{ base: 2, sm: tiles.length }} spacing="sm">
        {tiles.map(({ label, value, path, isUrgent = false }) => (
          <Paper
            key={label}
            component={Link}
            to={link(path)}
            withBorder
            p="md"
            className={classes.tile}
            data-urgent={isUrgent || undefined}
          >
            <Text size="xl" fw={700} lh={1.2}>
              {time.number(value)}
            </Text>
            <Text size="sm" c="dimmed">
              {label}
            </Text>
          </Paper>
        ))}
      </SimpleGrid>
    </section>
  )
}
