import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconChecklist } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { LessonFacts } from './lesson-facts.tsx'
import { type Focus, registerStateOf } from './lesson-state.ts'
import { RegisterBadge } from './register-badge.tsx'

const ACTIONS = {
  'to-take': 'take',
  partly: 'goOn',
  missing: 'take',
  taken: 'open',
  future: 'see',
  nobody: 'see',
  cancelled: 'see',
} as const

/** The lesson of the moment, with the one button that it is about. */
export function FocusCard({ focus, now }: { focus: Focus; now: number }) {
  const { t } = useTranslation('teacher')
  const { time, link } = useSchool()
  if (focus.kind === 'over')
    return (
      <Paper withBorder p="lg">
        <Text>{t('today.over')}</Text>
      </Paper>
    )
  const { lesson, kind } = focus
  const action = ACTIONS[registerStateOf(lesson, now)]
  const isMain = action === 'take' || action === 'goOn'
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="focus-lesson">
      <Group justify="space-between" gap="md">
        <Stack gap={4} style={{ flex: '1 1 16rem' }}>
          <Group gap="xs">
            <Badge color="ink" variant="filled" tt="none">
              {kind === 'now'
                ? t('today.now')
                : t('today.next', { time: time.time(lesson.startsAt) })}
            </Badge>
            <RegisterBadge lesson={lesson} now={now} />
          </Group>
          <Title order={2} size="h3" id="focus-lesson" style={{ overflowWrap: 'anywhere' }}>
            {lesson.section.name} · {time.timeRange(lesson.startsAt, lesson.endsAt)}
          </Title>
          <LessonFacts lesson={lesson} now={now} />
        </Stack>
        <Button
          component={Link}
          to={link(`/register/${lesson.id}`)}
          size="lg"
          w={{ base: '100%', xs: 'auto' }}
          variant={isMain ? 'filled' : 'default'}
          leftSection={<IconChecklist size={22} aria-hidden />}
        >
          {t(`lesson.${action}`)}
        </Button>
      </Group>
    </Paper>
  )
}
