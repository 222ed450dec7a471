import { Anchor, Group, Paper, Progress, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import type { Structure } from './structure.api.ts'
import classes from './checklist.module.css'

/** The order in which an empty school is set up, until nothing that it needs is missing. */
export function Checklist({ structure }: { structure: Structure }) {
  const { t } = useTranslation('structure')
  const { link } = useSchool()
  const { years, grades, sections, subjects, rooms, teachingCount } = structure
  const at = (tab: string) => link(`/structure?tab=${tab}`)
  const steps = [
    { name: 'years', isDone: years.length > 0, to: at('years') },
    { name: 'grades', isDone: grades.length > 0, to: at('grades') },
    {
      name: 'sections',
      isDone: sections.some(({ kind }) => kind === 'HOMEROOM'),
      to: at('sections'),
    },
    { name: 'subjects', isDone: subjects.length > 0, to: at('subjects') },
    { name: 'rooms', isDone: rooms.length > 0, isOptional: true, to: at('rooms') },
    { name: 'teaching', isDone: teachingCount > 0, to: at('teaching') },
    {
      name: 'enrollment',
      isDone: sections.some(({ enrolledCount }) => enrolledCount > 0),
      to: link('/enrollment'),
    },
  ] as const
  const done = steps.filter(({ isDone }) => isDone).length
  if (steps.every((step) => step.isDone || ('isOptional' in step && step.isOptional))) return null
  const next = steps.find(({ isDone }) => !isDone)
  const progress = t('checklist.progress', { done, all: steps.length })
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="checklist">
      <Stack gap="sm">
        <div>
          <Title order={2} size="h4" id="checklist">
            {t('checklist.title')}
          </Title>
          <Text size="sm" c="dimmed">
            {t('checklist.text')} {progress}.
          </Text>
        </div>
        <Progress value={(100 * done) / steps.length} color="teal" aria-label={progress} />
        <ol className={classes.steps}>
          {steps.map((step, i) => (
            <li key={step.name} className={classes.step}>
              <ThemeIcon
                radius="xl"
                size={28}
                variant={step.isDone ? 'filled' : 'default'}
                color="teal.9"
                aria-hidden
              >
                {step.isDone ? <IconCheck size={18} /> : <Text size="sm">{i + 1}</Text>}
              </ThemeIcon>
              <Group gap="0 8px" style={{ flex: 1, minWidth: 0 }}>
                <Anchor
                  component={Link}
                  to={step.to}
                  fw={step === next ? 650 : 400}
                  py={4}
                  underline={step.isDone ? 'hover' : 'always'}
                >
                  {t(`checklist.${step.name}`)}
                </Anchor>
                <Text size="sm" c="dimmed">
                  {step.isDone
                    ? t('checklist.done')
                    : 'isOptional' in step
                      ? t('checklist.optional')
                      : t('checklist.missing')}
                </Text>
              </Group>
            </li>
          ))}
        </ol>
      </Stack>
    </Paper>
  )
}
