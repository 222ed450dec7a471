import { Anchor, Badge, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core'
import type { StructureAnswer } from '@usms/school-api/modules/structure/structure.schema'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import type { Section } from './enrollment.api.ts'
import classes from './enrollment.module.css'

/** Every section with its seats: where there is room, and the way in. */
export function SectionOverview({ structure }: { structure: StructureAnswer }) {
  const { t } = useTranslation('structure')
  const { link } = useSchool()
  const { sections, grades } = structure
  if (sections.length === 0)
    return (
      <EmptyState text={t('enrollment.noSections')}>
        <Anchor component={Link} to={link('/structure?tab=sections')}>
          {t('enrollment.toStructure')}
        </Anchor>
      </EmptyState>
    )
  const parts = [
    ...grades.map(({ id, name }) => ({
      id,
      name,
      sections: sections.filter(({ gradeId }) => gradeId === id),
    })),
    {
      id: 'groups',
      name: t('enrollment.groups'),
      sections: sections.filter(({ gradeId }) => gradeId === null),
    },
  ].filter((part) => part.sections.length > 0)
  return (
    <Stack gap="lg">
      {parts.map((part) => (
        <Stack key={part.id} gap="sm">
          <Title order={2} size="h4" className={classes.name}>
            {part.name}
          </Title>
          <ul className={classes.cards}>
            {part.sections.map((section) => (
              <li key={section.id}>
                <SectionCard section={section} />
              </li>
            ))}
          </ul>
        </Stack>
      ))}
    </Stack>
  )
}

function SectionCard({ section }: { section: Section }) {
  const { t } = useTranslation('structure')
  const { name, capacity, enrolledCount } = section
  return (
    <Paper
      withBorder
      p="md"
      component={Link}
      to={{ search: `?section=${section.id}` }}
      className={classes.card}
    >
      <Group justify="space-between" gap="xs" mb={4}>
        <Text fw={650}>{name}</Text>
        {capacity !== null && enrolledCount >= capacity && (
          <Badge variant="default" tt="none">
            {t('enrollment.full')}
          </Badge>
        )}
      </Group>
      <Seats section={section} />
    </Paper>
  )
}

/** How many sit there and how many may. */
export function Seats({ section: { capacity, enrolledCount } }: { section: Section }) {
  const { t } = useTranslation('structure')
  if (capacity === null)
    return (
      <Text size="sm" c="dimmed">
        {t('enrollment.pupils', { count: enrolledCount })}
      </Text>
    )
  const text = t('enrollment.seats', { taken: enrolledCount, capacity })
  return (
    <Stack gap={6}>
      <Text size="sm" c="dimmed">
        {text}
        {enrolledCount > capacity &&
          ` · ${t('enrollment.overfull', { count: enrolledCount - capacity })}`}
      </Text>
      <Progress
        value={Math.min(100, (100 * enrolledCount) / capacity)}
        color={enrolledCount > capacity ? 'orange' : 'ink'}
        size="sm"
        aria-label={text}
      />
    </Stack>
  )
}
