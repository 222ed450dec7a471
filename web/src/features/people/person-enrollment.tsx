import { Anchor, Paper, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { Facts } from '#src/ui/facts.tsx'
import type { Person } from './person.ts'

/** Where a pupil is this year; changed where whole sections are. */
export function PersonEnrollment({ at }: { at: Person['currentEnrollment'] }) {
  const { t } = useTranslation('people')
  const { time, link } = useSchool()
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }} component="section" aria-labelledby="enrollment">
      <Stack gap="md" align="flex-start">
        <Title order={2} size="h4" id="enrollment">
          {t('enrollment.title')}
        </Title>
        {at ? (
          <Facts
            facts={[
              { label: t('enrollment.grade'), value: at.gradeName ?? t('person.none') },
              { label: t('enrollment.section'), value: at.sectionName },
              {
                label: t('list.rollNo'),
                value: at.rollNo === null ? t('person.none') : time.number(at.rollNo),
              },
              { label: t('enrollment.since'), value: time.date(at.joinedOn) },
            ]}
          />
        ) : (
          <Text c="dimmed">{t('enrollment.none')}</Text>
        )}
        <Anchor
          component={Link}
          to={link(at ? `/enrollment?section=${at.sectionId}` : '/enrollment')}
        >
          {t(at ? 'enrollment.change' : 'enrollment.enrol')}
        </Anchor>
      </Stack>
    </Paper>
  )
}
