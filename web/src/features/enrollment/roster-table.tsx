import { ActionIcon, Anchor, Menu, Paper, Table, Text } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { personName } from '#src/ui/person-name.ts'
import type { RosterPupil, Section } from './enrollment.api.ts'
import classes from './enrollment.module.css'

export type RosterAction = 'transfer' | 'withdraw' | 'roll' | 'close' | 'history'

interface RosterTableProps {
  section: Section
  pupils: readonly RosterPupil[]
  onAction: (action: RosterAction, pupil: RosterPupil) => void
}

/** Who is in the section on the day, in the order of the register. */
export function RosterTable({ section, pupils, onAction }: RosterTableProps) {
  const { t } = useTranslation('structure')
  const { time, link } = useSchool()
  const isGroup = section.kind === 'GROUP'
  return (
    <Paper withBorder style={{ overflow: 'hidden' }}>
      <Table verticalSpacing={2} horizontalSpacing="sm">
        <Table.Caption style={{ captionSide: 'top' }} hidden>
          {t('enrollment.roster', { section: section.name })}
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            {!isGroup && (
              <Table.Th scope="col" className={classes.narrow}>
                {t('enrollment.rollNo')}
              </Table.Th>
            )}
            <Table.Th scope="col">{t('enrollment.name')}</Table.Th>
            <Table.Th scope="col" visibleFrom="xs">
              {t('enrollment.since')}
            </Table.Th>
            <Table.Th scope="col" className={classes.narrow}>
              {t('enrollment.actions')}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {pupils.map((pupil) => (
            <Table.Tr key={pupil.enrollmentId ?? pupil.membershipId}>
              {!isGroup && <Table.Td>{pupil.rollNo ?? '–'}</Table.Td>}
              <Table.Th scope="row" fw={400}>
                <Anchor
                  component={Link}
                  to={link(`/people/${pupil.studentUserId}?kind=students`)}
                  fw={550}
                  className={classes.name}
                >
                  {personName(pupil)}
                </Anchor>
                {pupil.leftOn !== null && (
                  <Text size="sm" c="dimmed">
                    {t('enrollment.leaves', { date: time.date(pupil.leftOn) })}
                  </Text>
                )}
              </Table.Th>
              <Table.Td visibleFrom="xs">{time.date(pupil.joinedOn)}</Table.Td>
              <Table.Td>
                <PupilMenu isGroup={isGroup} pupil={pupil} onAction={onAction} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  )
}

interface PupilMenuProps {
  isGroup: boolean
  pupil: RosterPupil
  onAction: (action: RosterAction, pupil: RosterPupil) => void
}

function PupilMenu({ isGroup, pupil, onAction }: PupilMenuProps) {
  const { t } = useTranslation('structure')
  const isOpen = pupil.leftOn === null
  const item = (action: RosterAction, label: string) => (
    <Menu.Item onClick={() => onAction(action, pupil)}>{label}</Menu.Item>
  )
  return (
    <Menu position="bottom-end" width={230} transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          size="xl"
          aria-label={t('enrollment.actionsOf', { name: personName(pupil) })}
        >
          <IconDots size={20} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {isOpen && isGroup && item('close', t('enrollment.closeMember'))}
        {isOpen && !isGroup && item('transfer', t('enrollment.transfer'))}
        {isOpen && !isGroup && item('withdraw', t('enrollment.withdraw'))}
        {isOpen && !isGroup && item('roll', t('enrollment.changeRollNo'))}
        {item('history', t('enrollment.history'))}
      </Menu.Dropdown>
    </Menu>
  )
}
