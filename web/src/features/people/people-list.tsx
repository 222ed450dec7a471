import { Anchor, Badge, Box, Group, Paper, Stack, Table, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { personName } from '#src/ui/person-name.ts'
import { type Column, useColumns } from './columns.tsx'
import classes from './people.module.css'
import { type Kind, type Person, personPath } from './person.ts'

interface PeopleListProps {
  kind: Kind
  people: readonly Person[]
  /** The table's name for who does not see what stands above it. */
  label: string
}

/** A table where there is room for one, else cards. */
export function PeopleList({ kind, people, label }: PeopleListProps) {
  const columns = useColumns(kind)
  const isWide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false })
  return isWide ? (
    <PeopleTable kind={kind} people={people} label={label} columns={columns} />
  ) : (
    <Stack gap="xs" component="ul" className={classes.list} aria-label={label}>
      {people.map((person) => (
        <Paper key={person.id} component="li" withBorder p="sm" className={classes.card}>
          <Name kind={kind} person={person} />
          <Details person={person} columns={columns.filter(({ onlyWide }) => !onlyWide)} />
        </Paper>
      ))}
    </Stack>
  )
}

function PeopleTable({ kind, people, label, columns }: PeopleListProps & { columns: Column[] }) {
  const { t } = useTranslation('people')
  return (
    <Paper withBorder style={{ overflow: 'hidden' }}>
      <Table
        highlightOnHover
        verticalSpacing="xs"
        horizontalSpacing="md"
        aria-label={label}
        className={classes.table}
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('list.name')}</Table.Th>
            {columns.map((column) => (
              <Table.Th key={column.id} scope="col">
                {column.label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {people.map((person) => (
            <Table.Tr key={person.id}>
              <Table.Th scope="row" className={classes.name}>
                <Name kind={kind} person={person} />
              </Table.Th>
              {columns.map((column) => (
                <Table.Td key={column.id}>{column.value(person) ?? '–'}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  )
}

function Name({ kind, person }: { kind: Kind; person: Person }) {
  const { t } = useTranslation('people')
  const { link } = useSchool()
  return (
    <Group gap="xs" wrap="wrap">
      <Anchor
        component={Link}
        to={link(personPath(kind, person.id))}
        fw={600}
        inherit
        className={classes.link}
      >
        {personName(person)}
      </Anchor>
      {!person.isActive && (
        <Badge variant="default" size="sm">
          {t('inactive')}
        </Badge>
      )}
    </Group>
  )
}

const Details = ({ person, columns }: { person: Person; columns: readonly Column[] }) => (
  <Box component="dl" className={classes.details}>
    {columns.map((column) => {
      const value = column.value(person)
      // On a small screen what is not there takes no room.
      if (value === undefined || value === null || value === '') return null
      return (
        <div key={column.id}>
          <Text component="dt" size="sm" c="dimmed">
            {column.label}
          </Text>
          <Text component="dd" size="sm" m={0}>
            {value}
          </Text>
        </div>
      )
    })}
  </Box>
)
