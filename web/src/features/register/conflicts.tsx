import { Button, Group, Paper, Stack, Text } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import type { RegisterAnswer } from '@usms/school-api/modules/sessions/sessions.schema'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { Notice } from '#src/ui/notice.tsx'
import { personName } from '#src/ui/person-name.ts'
import type { Line } from './marks.ts'
import { useCodeName } from '#src/ui/use-code-name.ts'

interface ConflictsProps {
  register: Pick<RegisterAnswer, 'codes' | 'people'>
  /** Those that are in conflict. */
  lines: readonly Line[]
  onChoose: (lines: readonly Line[], choice: 'mine' | 'theirs') => void
}

/** Somebody else has marked the same pupils otherwise: nothing of theirs is overwritten unless the reader says so. */
export function Conflicts({ register: { codes, people }, lines, onChoose }: ConflictsProps) {
  const { t } = useTranslation('teacher')
  const { time } = useSchool()
  const codeName = useCodeName()
  const nameOf = (status: string) =>
    codeName(codes.find((code) => code.code === status) ?? { code: status, name: status })
  const markedBy = (userId: string | undefined) => {
    const person = people.find((of) => of.userId === userId)
    return person ? personName(person) : t('register.conflicts.somebody')
  }
  return (
    <Notice
      role="alert"
      color="orange"
      icon={<IconUsers aria-hidden />}
      title={t('register.conflicts.title', { count: lines.length })}
    >
      <Stack gap="sm">
        <Text size="sm">{t('register.conflicts.text')}</Text>
        {lines.map((line) => {
          const { pupil, value } = line
          const name = personName(pupil)
          return (
            <Paper key={pupil.studentUserId} withBorder p="xs">
              <Group justify="space-between" gap="xs">
                <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                  {t('register.conflicts.line', {
                    name,
                    mine: nameOf(value.status),
                    theirs: nameOf(pupil.entry?.status ?? ''),
                    by: markedBy(pupil.entry?.markedByUserId),
                    when: time.time(pupil.entry?.markedAt ?? ''),
                  })}
                </Text>
                <Group gap="xs">
                  <Button size="xs" variant="default" onClick={() => onChoose([line], 'mine')}>
                    {t('register.conflicts.mine', { mark: nameOf(value.status) })}
                  </Button>
                  <Button size="xs" variant="default" onClick={() => onChoose([line], 'theirs')}>
                    {t('register.conflicts.theirs', { mark: nameOf(pupil.entry?.status ?? '') })}
                  </Button>
                </Group>
              </Group>
            </Paper>
          )
        })}
        {lines.length > 1 && (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => onChoose(lines, 'mine')}>
              {t('register.conflicts.allMine')}
            </Button>
            <Button size="xs" variant="default" onClick={() => onChoose(lines, 'theirs')}>
              {t('register.conflicts.allTheirs')}
            </Button>
          </Group>
        )}
      </Stack>
    </Notice>
  )
}
