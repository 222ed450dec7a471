import { Button, Stack, Text } from '@mantine/core'
import type { SessionClash } from '@usms/school-api/modules/sessions/sessions.schema'
import { useTranslation } from 'react-i18next'
import { Problem } from '#src/lib/http/problem.ts'
import { ErrorAlert } from '#src/ui/error-alert.tsx'
import { ClashAlert } from './clash-alert.tsx'
import { Notice } from '#src/ui/notice.tsx'

interface LessonProblemProps {
  error: unknown
  teacherIds?: readonly string[]
  /** Reads the session again, for when somebody else has changed it. */
  onReload?: () => void
}

/** Why a session was not written, where no field is to blame. */
export function LessonProblem({ error, teacherIds = [], onReload }: LessonProblemProps) {
  const { t } = useTranslation('planning')
  if (!(error instanceof Problem)) return <ErrorAlert error={error} />
  if (error.code === 'session_clash' && 'section' in error.details)
    return <ClashAlert clash={error.details as unknown as SessionClash} teacherIds={teacherIds} />
  const text = textOf(error.code)
  if (!text) return <ErrorAlert error={error} />
  return (
    <Notice color="red" role="alert" title={t('lesson.errors.title')}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{text}</Text>
        {error.code === 'version_mismatch' && onReload && (
          <Button size="xs" variant="default" onClick={onReload}>
            {t('lesson.reload')}
          </Button>
        )}
      </Stack>
    </Notice>
  )

  function textOf(code: string): string | undefined {
    switch (code) {
      case 'entries_exist':
        return t('lesson.errors.entriesExist')
      case 'session_cancelled':
        return t('lesson.errors.cancelled')
      case 'version_mismatch':
        return t('lesson.errors.changed')
      case 'not_a_homeroom':
        return t('lesson.errors.notAHomeroom')
      default:
        return undefined
    }
  }
}
