import { Anchor, Paper, Table, UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react'
import type { SchoolAnswer, SchoolSort } from '@usms/directory/modules/schools/schools.schema'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import { RelativeTime } from '#src/ui/relative-time.tsx'
import type { SchoolOrder } from './school-order.ts'
import classes from './schools.module.css'
import { shortRelease } from './short-release.ts'
import { StatusBadge } from './status-badge.tsx'

interface SchoolsTableProps {
  schools: readonly SchoolAnswer[]
  order: SchoolOrder
  linkTo: (school: SchoolAnswer) => { to: string; state: unknown; onClick: () => void }
}

const COLUMNS: readonly { name: SchoolSort | 'group' | 'runtime'; width: string }[] = [
  { name: 'code', width: '11%' },
  { name: 'name', width: '19%' },
  { name: 'group', width: '12%' },
  { name: 'status', width: '16%' },
  { name: 'runtime', width: '10%' },
  { name: 'release', width: '9%' },
  { name: 'lastActivityAt', width: '12%' },
  { name: 'createdAt', width: '11%' },
]

export function SchoolsTable({ schools, order, linkTo }: SchoolsTableProps) {
  const { t } = useTranslation('owner')
  const { time } = useOwner()
  const none = t('schools.noValue')
  return (
    <Paper withBorder className={classes.tablePaper}>
      <Table
        layout="fixed"
        verticalSpacing={6}
        horizontalSpacing="sm"
        aria-label={t('schools.tableLabel')}
      >
        <Table.Thead>
          <Table.Tr>
            {COLUMNS.map(({ name, width }) => (
              <Table.Th key={name} scope="col" w={width} aria-sort={ariaSort(name, order)}>
                {name === 'group' || name === 'runtime' ? (
                  t(`schools.columns.${name}`)
                ) : (
                  <SortButton name={name} order={order} />
                )}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {schools.map((school) => (
            <Table.Tr key={school.id}>
              <Table.Td className={classes.clip}>{school.code}</Table.Td>
              <Table.Th scope="row" className={classes.name} title={school.name}>
                <Anchor
                  component={Link}
                  {...linkTo(school)}
                  data-school={school.id}
                  lineClamp={2}
                  fw={600}
                >
                  {school.name}
                </Anchor>
              </Table.Th>
              <Table.Td className={classes.clip} title={school.group ?? undefined}>
                {school.group ?? none}
              </Table.Td>
              <Table.Td>
                <StatusBadge status={school.status} />
              </Table.Td>
              <Table.Td>{t(`runtime.${school.runtime}`)}</Table.Td>
              <Table.Td className={classes.clip} title={school.release ?? undefined}>
                {shortRelease(school.release) ?? none}
              </Table.Td>
              <Table.Td>
                {school.lastActivityAt ? (
                  <RelativeTime
                    at={school.lastActivityAt}
                    exact={time.dateTime(school.lastActivityAt)}
                  />
                ) : (
                  t('schools.never')
                )}
              </Table.Td>
              <Table.Td>
                <RelativeTime at={school.createdAt} exact={time.dateTime(school.createdAt)} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  )
}

function SortButton({ name, order }: { name: SchoolSort; order: SchoolOrder }) {
  const { t } = useTranslation('owner')
  const isSorted = order.sort === name
  const Icon = isSorted ? (order.order === 'asc' ? IconArrowUp : IconArrowDown) : IconArrowsSort
  return (
    <UnstyledButton className={classes.sort} onClick={() => order.by(name)}>
      {t(`schools.columns.${name}`)}
      <Icon size={14} aria-hidden opacity={isSorted ? 1 : 0.5} />
    </UnstyledButton>
  )
}

const ariaSort = (name: string, { sort, order }: SchoolOrder) =>
  sort === name ? (order === 'asc' ? 'ascending' : 'descending') : undefined
