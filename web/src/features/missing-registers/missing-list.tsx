import { Button, Paper, Table, Text, VisuallyHidden } from '@mantine/core'
import { IconClipboardCheck } from '@tabler/icons-react'
import type { MissingAnswer } from '@usms/school-api/modules/attendance/attendance.schema'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { personName } from '#src/ui/person-name.ts'
import classes from './missing-list.module.css'

/** A table where there is room for one, else a card for each. */
export function MissingList({ items }: { items: readonly MissingAnswer[] }) {
  const { t } = useTranslation('planning')
  return (
    <Paper withBorder className={classes.frame}>
      <Table className={classes.table} verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('lesson.section')}</Table.Th>
            <Table.Th scope="col">{t('lesson.time')}</Table.Th>
            <Table.Th scope="col">{t('missing.who')}</Table.Th>
            <Table.Th scope="col">{t('missing.unmarked')}</Table.Th>
            <Table.Th scope="col">{t('lesson.register')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Row key={item.classSessionId} item={item} />
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  )
}

function Row({ item }: { item: MissingAnswer }) {
  const { t } = useTranslation('planning')
  const { time, link } = useSchool()
  const { classSessionId, sectionName, subject, kind, startsAt, endsAt, teachers } = item
  const what =
    subject?.name ?? (kind === 'REGISTRATION' ? t('lesson.registration') : t('lesson.lesson'))
  const who = teachers.map((teacher) =>
    teacher.role === 'COVER'
      ? t('lesson.covers', { name: personName(teacher) })
      : personName(teacher),
  )
  return (
    <Table.Tr>
      <Table.Th scope="row">
        {sectionName}
        <Text size="sm" c="dimmed">
          {what}
        </Text>
      </Table.Th>
      <Table.Td>{time.timeRange(startsAt, endsAt)}</Table.Td>
      <Table.Td>{who.join(', ') || t('missing.nobody')}</Table.Td>
      <Table.Td>
        {t('missing.of', {
          unmarked: time.number(item.unmarked),
          count: item.rosterSize,
        })}
      </Table.Td>
      <Table.Td>
        <Button
          component={Link}
          to={link(`/register/${classSessionId}`)}
          variant="default"
          leftSection={<IconClipboardCheck size={18} aria-hidden />}
        >
          {t('missing.open')}
          <VisuallyHidden component="span">
            {' '}
            {sectionName}, {what}, {time.time(startsAt)}
          </VisuallyHidden>
        </Button>
      </Table.Td>
    </Table.Tr>
  )
}
