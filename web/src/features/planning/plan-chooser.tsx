import { Box, Group, SegmentedControl, Select, Skeleton } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useStructure } from '#src/lib/school/use-structure.ts'
import { personName } from '#src/ui/person-name.ts'
import { PLANS, type PlanAddress, type PlanBy } from './plan-address.ts'

/** Seen on the grey ground of a page. */
export const SEGMENTS = 'light-dark(var(--mantine-color-gray-3), var(--mantine-color-dark-6))'

/** Whose week: a section's, a teacher's, a room's; or a day of the whole school. */
export function PlanChooser({ plan, today }: { plan: PlanAddress; today: string }) {
  const { t } = useTranslation('planning')
  return (
    <Group align="flex-end" gap="md">
      <SegmentedControl
        bg={SEGMENTS}
        aria-label={t('sessions.by')}
        value={plan.by}
        data={PLANS.map((value) => ({ value, label: t(`sessions.byOne.${value}`) }))}
        onChange={(by) =>
          plan.go({
            ...NOTHING,
            ...(by === 'school' ? { day: today } : { by: by as PlanBy }),
          })
        }
      />
      {plan.by !== 'school' && <Choice key={plan.by} by={plan.by} plan={plan} />}
    </Group>
  )
}

const NOTHING = {
  by: undefined,
  section: undefined,
  teacher: undefined,
  room: undefined,
  day: undefined,
  state: undefined,
}

function Choice({ by, plan }: { by: Exclude<PlanBy, 'school'>; plan: PlanAddress }) {
  const { t } = useTranslation('planning')
  const options = useOptions(by)
  if (!options) return <Skeleton height={36} width={280} radius="md" />
  return (
    <Box w={{ base: '100%', xs: 280 }}>
      <Select
        aria-label={t(`sessions.byOne.${by}`)}
        searchable
        allowDeselect={false}
        nothingFoundMessage={t('sessions.nothingFound')}
        data={options}
        value={plan.id ?? options[0]?.value ?? null}
        onChange={(id) => id && plan.go({ by: undefined, [by]: id })}
      />
    </Box>
  )
}

/** What can be chosen, in the lists' order; undefined while it comes. */
export function useOptions(by: PlanBy): { value: string; label: string }[] | undefined {
  const { data } = useStructure()
  return useMemo(() => {
    switch (by) {
      case 'section':
        return data?.sections.map(({ id, name }) => ({ value: id, label: name }))
      case 'teacher':
        return data?.teachers
          .filter(({ isActive }) => isActive)
          .map((teacher) => ({ value: teacher.id, label: personName(teacher) }))
      case 'room':
        return data?.rooms.map(({ id, code, name }) => ({ value: id, label: `${name} (${code})` }))
      case 'school':
        return []
    }
  }, [by, data])
}
