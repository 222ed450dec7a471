import { Paper, Stack, Text, UnstyledButton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { personName } from '#src/ui/person-name.ts'
import type { OwnStudent } from './students.api.ts'
import classes from './students.module.css'

interface StudentListProps {
  students: readonly OwnStudent[]
  /** The roll number is that of this section; without one, of the homeroom. */
  sectionId: string
  onOpen: (student: OwnStudent) => void
}

export const StudentList = ({ students, sectionId, onOpen }: StudentListProps) => (
  <Stack component="ul" gap={6} className={classes.list} role="list">
    {students.map((student) => (
      <Paper component="li" key={student.studentUserId} withBorder>
        <StudentRow student={student} sectionId={sectionId} onOpen={onOpen} />
      </Paper>
    ))}
  </Stack>
)

function StudentRow({
  student,
  sectionId,
  onOpen,
}: Pick<StudentListProps, 'sectionId' | 'onOpen'> & { student: OwnStudent }) {
  const { t } = useTranslation('teacher')
  const section = student.sections.find(({ id }) => id === sectionId) ?? student.sections[0]
  const rollNo = section?.rollNo ?? student.currentEnrollment?.rollNo
  return (
    <UnstyledButton className={classes.row} onClick={() => onOpen(student)}>
      <span className={classes.who}>
        <Text fw={650} style={{ overflowWrap: 'anywhere' }}>
          {personName(student)}
        </Text>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {[
            student.sections.map(({ name }) => name).join(', '),
            ...(rollNo ? [t('students.rollNo', { number: rollNo })] : []),
          ].join(' · ')}
        </Text>
      </span>
      <IconChevronRight size={20} aria-hidden className={classes.chevron} />
    </UnstyledButton>
  )
}
