import { Paper, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { addDays } from '#src/lib/school-time.ts'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { Loaded, LoadingRows } from '#src/ui/loaded.tsx'
import { type Enrollment, type Section, useHistory, type Year } from './enrollment.api.ts'

interface HistoryProps {
  studentId: string
  sections: readonly Section[]
  years: readonly Year[]
}

/** Where a pupil was enrolled and why that ended, newest first. */
export function History({ studentId, sections, years }: HistoryProps) {
  const { t } = useTranslation('structure')
  const query = useHistory(studentId)
  return (
    <Loaded query={query} skeleton={<LoadingRows rows={2} height={84} />}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState text={t('history.empty')} />
        ) : (
          <Stack gap="sm">
            {items.map((enrollment) => (
              <Place
                key={enrollment.id}
                enrollment={enrollment}
                section={sections.find(({ id }) => id === enrollment.sectionId)?.name ?? ''}
                year={years.find(({ id }) => id === enrollment.academicYearId)?.name ?? ''}
              />
            ))}
          </Stack>
        )
      }
    </Loaded>
  )
}

interface PlaceProps {
  enrollment: Enrollment
  section: string
  year: string
}

function Place({ enrollment, section, year }: PlaceProps) {
  const { t } = useTranslation('structure')
  const { time } = useSchool()
  const { joinedOn, leftOn, status, rollNo, reason } = enrollment
  const from = time.date(joinedOn)
  return (
    <Paper withBorder p="sm" style={{ overflowWrap: 'anywhere' }}>
      <Text fw={550}>
        {section} · {year}
      </Text>
      <Text size="sm">
        {t(`history.${status}`)}
        {' · '}
        {leftOn === null
          ? t('history.from', { from })
          : // The last day there: `leftOn` is the first one away.
            t('history.fromTo', { from, to: time.date(addDays(leftOn, -1)) })}
        {rollNo !== null && ` · ${t('history.rollNo', { rollNo })}`}
      </Text>
      {reason && (
        <Text size="sm" c="dimmed">
          {t('history.reason', { reason })}
        </Text>
      )}
    </Paper>
  )
}
