import { Anchor, Box, Paper, Table } from '@mantine/core'
import type { AuditItem } from '@usms/directory/modules/audit/audit.schema'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import { useActionName } from './audit-actions.ts'
import classes from './audit.module.css'

const COLUMNS = ['at', 'action', 'school', 'who', 'fields', 'ip'] as const

export function AuditTable({ items }: { items: readonly AuditItem[] }) {
  const { t } = useTranslation('owner')
  return (
    <Paper withBorder>
      <Box role="region" tabIndex={0} aria-label={t('audit.title')} className={classes.scroll}>
        <Table miw={760} verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              {COLUMNS.map((name) => (
                <Table.Th key={name} scope="col">
                  {t(`audit.columns.${name}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((item) => (
              <AuditRow key={item.id} item={item} />
            ))}
          </Table.Tbody>
        </Table>
      </Box>
    </Paper>
  )
}

function AuditRow({ item }: { item: AuditItem }) {
  const { t } = useTranslation('owner')
  const { time } = useOwner()
  const actionName = useActionName()
  const none = t('schools.noValue')
  return (
    <Table.Tr>
      <Table.Td className={classes.time}>
        <time dateTime={item.at}>{time.dateTime(item.at)}</time>
      </Table.Td>
      <Table.Th scope="row">{actionName(item.action)}</Table.Th>
      <Table.Td>
        {item.schoolId ? (
          <Anchor
            component={Link}
            to={`/owner/schools/${item.schoolId}`}
            py={2}
            display="inline-block"
          >
            {item.schoolCode ?? item.schoolId}
          </Anchor>
        ) : (
          none
        )}
      </Table.Td>
      <Table.Td className={classes.words}>{item.ownerEmail ?? t('audit.nobody')}</Table.Td>
      <Table.Td className={classes.words}>{item.fields.join(', ') || none}</Table.Td>
      <Table.Td className={classes.words}>{item.ip ?? none}</Table.Td>
    </Table.Tr>
  )
}
