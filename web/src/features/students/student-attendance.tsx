import { Button, Drawer, Stack, Text, Title } from '@mantine/core'
import type { StudentAttendanceAnswer } from '@usms/school-api/modules/attendance/attendance.schema'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { ErrorAlert } from '#src/ui/error-alert.tsx'
import { LoadingRows } from '#src/ui/loaded.tsx'
import { personName } from '#src/ui/person-name.ts'
import { EntryList } from './entry-list.tsx'
import { type OwnStudent, useStudentAttendance } from './students.api.ts'
import classes from './students.module.css'

interface StudentDrawerProps {
  /** Undefined while it is closed. */
  student: OwnStudent | undefined
  onClose: () => void
}

/** How one pupil has attended this year, beside the list. */
export function StudentDrawer({ student, onClose }: StudentDrawerProps) {
  const { t } = useTranslation('teacher')
  const { t: common } = useTranslation()
  return (
    <Drawer
      opened={student !== undefined}
      onClose={onClose}
      position="right"
      size="md"
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': common('actions.close') }}
      title={student ? t('students.attendance', { name: personName(student) }) : ''}
      styles={{ title: { fontWeight: 650, overflowWrap: 'anywhere', minWidth: 0 } }}
    >
      {student && <StudentAttendance studentId={student.studentUserId} />}
    </Drawer>
  )
}

function StudentAttendance({ studentId }: { studentId: string }) {
  const { t } = useTranslation('teacher')
  const query = useStudentAttendance(studentId)
  const pages = query.data?.pages ?? []
  const [first] = pages
  if (!first)
    return query.isError ? (
      <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <LoadingRows rows={6} height={56} />
    )
  const items = pages.flatMap((page) => page.items)
  return (
    <Stack gap="md">
      <Summary attendance={first} />
      {items.length === 0 ? (
        <Text c="dimmed">{t('students.noEntries')}</Text>
      ) : (
        <>
          <Title order={3} size="h5">
            {t('students.recent')}
          </Title>
          <EntryList items={items} />
          {query.isFetchNextPageError && (
            <ErrorAlert error={query.error} onRetry={() => void query.fetchNextPage()} />
          )}
          {query.hasNextPage && (
            <Button
              variant="default"
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              {t('students.more')}
            </Button>
          )}
        </>
      )}
    </Stack>
  )
}

function Summary({ attendance }: { attendance: StudentAttendanceAnswer }) {
  const { t } = useTranslation('teacher')
  const { time } = useSchool()
  const { percentage, from, to } = attendance
  const counts = [
    { name: t('students.percentage'), value: time.percent(percentage) },
    ...(['present', 'absent', 'late', 'excused'] as const).map((what) => ({
      name: t(`students.counts.${what}`),
      value: time.number(attendance[what]),
    })),
  ]
  return (
    <div>
      <Text size="sm" c="dimmed" mb="xs">
        {t('students.since', { from: time.date(from), to: time.date(to) })}
      </Text>
      <dl className={classes.counts}>
        {counts.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
