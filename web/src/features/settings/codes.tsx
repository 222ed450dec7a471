import { Badge, Button, Group, Paper, Table, Text, Title, VisuallyHidden } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { AttendanceCodeAnswer } from '@usms/school-api/modules/attendance-codes/attendance-codes.schema'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCodeName } from '#src/ui/use-code-name.ts'
import { Loaded } from '#src/ui/loaded.tsx'
import { CodeDialog } from './code-dialog.tsx'
import { useAttendanceCodes } from './settings.api.ts'

/** What a pupil can be marked as. */
export function Codes() {
  const { t } = useTranslation('planning')
  const query = useAttendanceCodes()
  // 'new', or the one that is being changed.
  const [edited, setEdited] = useState<AttendanceCodeAnswer | 'new'>()
  return (
    <section>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">
          {t('codes.title')}
        </Title>
        <Button
          variant="default"
          leftSection={<IconPlus size={18} aria-hidden />}
          onClick={() => setEdited('new')}
        >
          {t('codes.add')}
        </Button>
      </Group>
      <Loaded query={query}>
        {(codes) => (
          <Paper withBorder>
            <Table.ScrollContainer
              minWidth={300}
              type="native"
              tabIndex={0}
              role="region"
              aria-label={t('codes.title')}
            >
              <Table verticalSpacing="xs">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th scope="col">{t('codes.name')}</Table.Th>
                    <Table.Th scope="col">{t('codes.counts')}</Table.Th>
                    <Table.Th scope="col" visibleFrom="sm">
                      {t('codes.minutes')}
                    </Table.Th>
                    <Table.Th scope="col">{t('codes.change')}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {codes.map((code) => (
                    <Row key={code.code} code={code} onEdit={() => setEdited(code)} />
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </Paper>
        )}
      </Loaded>
      <CodeDialog edited={edited} onClose={() => setEdited(undefined)} />
    </section>
  )
}

function Row({ code, onEdit }: { code: AttendanceCodeAnswer; onEdit: () => void }) {
  const { t } = useTranslation('planning')
  const name = useCodeName()(code)
  const counts = !code.countsPossible ? 'notCounted' : code.countsPresent ? 'present' : 'absent'
  return (
    <Table.Tr>
      <Table.Th scope="row">
        <Group gap="xs">
          {name}
          {!code.isActive && (
            <Badge color="gray" variant="outline">
              {t('codes.retired')}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {code.code}
        </Text>
      </Table.Th>
      <Table.Td>{t(`codes.countsAs.${counts}`)}</Table.Td>
      <Table.Td visibleFrom="sm">{code.takesMinutes ? t('codes.yes') : t('codes.no')}</Table.Td>
      <Table.Td>
        <Button variant="default" size="xs" onClick={onEdit}>
          {t('codes.change')}
          <VisuallyHidden component="span"> {name}</VisuallyHidden>
        </Button>
      </Table.Td>
    </Table.Tr>
  )
}
