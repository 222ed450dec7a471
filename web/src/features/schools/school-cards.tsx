import { Anchor, Group, NativeSelect, Paper, SimpleGrid, Stack, Text } from '@mantine/core'
import type { SchoolAnswer, SchoolSort } from '@usms/directory/modules/schools/schools.schema'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import { RelativeTime } from '#src/ui/relative-time.tsx'
import { type SchoolOrder, SORTS } from './school-order.ts'
import classes from './schools.module.css'
import { StatusBadge } from './status-badge.tsx'

interface SchoolCardsProps {
  schools: readonly SchoolAnswer[]
  linkTo: (school: SchoolAnswer) => { to: string; state: unknown; onClick: () => void }
}

/** The table where it has no room. */
export function SchoolCards({ schools, linkTo }: SchoolCardsProps) {
  const { t } = useTranslation('owner')
  const { time } = useOwner()
  return (
    <SimpleGrid component="ul" cols={{ base: 1, xs: 2 }} p={0} m={0} style={{ listStyle: 'none' }}>
      {schools.map((school) => (
        <Paper component="li" key={school.id} withBorder p="md">
          <Stack gap={6}>
            <Anchor
              component={Link}
              {...linkTo(school)}
              data-school={school.id}
              fw={600}
              className={classes.name}
              py={4}
            >
              {school.name}
            </Anchor>
            <Text size="sm" c="dimmed" className={classes.name}>
              {[school.code, school.group].filter(Boolean).join(' · ')}
            </Text>
            <Group gap="xs">
              <StatusBadge status={school.status} />
              <Text size="sm">{t(`runtime.${school.runtime}`)}</Text>
            </Group>
            <Text size="sm" c="dimmed">
              {t('schools.columns.lastActivityAt')}:{' '}
              {school.lastActivityAt ? (
                <RelativeTime
                  at={school.lastActivityAt}
                  exact={time.dateTime(school.lastActivityAt)}
                />
              ) : (
                t('schools.never')
              )}
            </Text>
          </Stack>
        </Paper>
      ))}
    </SimpleGrid>
  )
}

/** What the headers of the table do. */
export function SortSelect({ order }: { order: SchoolOrder }) {
  const { t } = useTranslation('owner')
  const options = SORTS.flatMap((sort) =>
    (['asc', 'desc'] as const).map((way) => ({
      value: `${sort} ${way}`,
      label: `${t(`schools.columns.${sort}`)}, ${t(way === 'asc' ? 'schools.ascending' : 'schools.descending')}`,
    })),
  )
  return (
    <NativeSelect
      size="md"
      label={t('schools.sortBy')}
      value={`${order.sort} ${order.order}`}
      data={options}
      onChange={(event) => {
        const [sort, way] = event.currentTarget.value.split(' ')
        order.set(sort as SchoolSort, way === 'desc' ? 'desc' : 'asc')
      }}
    />
  )
}
