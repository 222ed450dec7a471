import { Button, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import type { RegisterAnswer } from '@usms/school-api/modules/sessions/sessions.schema'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { Notice } from '#src/ui/notice.tsx'
import { Conflicts } from './conflicts.tsx'
import type { Line } from './marks.ts'
import { useRefusalText } from './refusal-text.ts'
import type { Marks } from './use-marks.ts'

/** What stands in the way of marking, above the pupils. */
export function RegisterNotices({ register, marks }: { register: RegisterAnswer; marks: Marks }) {
  const { t } = useTranslation('teacher')
  const { user } = useSchool()
  const { draft, lines, choose, discard } = marks
  const refusalText = useRefusalText()
  const refusal = draft?.sending?.refusal
  const conflicts = lines.filter((line) => line.isConflict)
  const isPlainRefusal = refusal && (refusal.code !== 'marked_meanwhile' || conflicts.length === 0)
  return (
    <>
      <ReadOnlyNotice register={register} lines={lines} isOffice={user.role !== 'TEACHER'} />
      {isPlainRefusal && refusal.code !== 'marked_meanwhile' && (
        <Notice
          role="alert"
          color="red"
          icon={<IconAlertTriangle aria-hidden />}
          title={t('register.refused.title')}
        >
          <Stack gap="sm" align="flex-start">
            <Text size="sm">{refusalText(refusal)}</Text>
            <Button size="xs" variant="default" onClick={discard}>
              {t('register.refused.discard')}
            </Button>
          </Stack>
        </Notice>
      )}
      {conflicts.length > 0 && (
        <Conflicts register={register} lines={conflicts} onChoose={choose} />
      )}
    </>
  )
}

function ReadOnlyNotice({
  register,
  lines,
  isOffice,
}: {
  register: RegisterAnswer
  lines: readonly Line[]
  isOffice: boolean
}) {
  const { t } = useTranslation('teacher')
  const { time } = useSchool()
  const { session, readOnlyBecause, correctable } = register
  if (readOnlyBecause === 'cancelled')
    return (
      <Reason>
        {session.cancelReason
          ? t('register.readOnly.cancelledBecause', { reason: session.cancelReason })
          : t('register.readOnly.cancelled')}
      </Reason>
    )
  if (readOnlyBecause === 'future')
    return (
      <Reason>{t('register.readOnly.future', { when: time.dateTime(session.startsAt) })}</Reason>
    )
  if (readOnlyBecause === 'not_theirs') return <Reason>{t('register.readOnly.notTheirs')}</Reason>
  if (!correctable && lines.some((line) => line.lock === 'too-late'))
    return <Reason>{t('register.readOnly.tooLate')}</Reason>
  if (!isOffice && lines.some((line) => line.lock === 'office'))
    return <Reason>{t('register.readOnly.office')}</Reason>
  return null
}

const Reason = ({ children }: { children: string }) => (
  <Notice color="ink" icon={<IconInfoCircle aria-hidden />}>
    {children}
  </Notice>
)
