import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNotify } from '#src/ui/use-notify.tsx'
import type { StepProps } from './change-lesson.tsx'
import { LessonProblem } from './lesson-problem.tsx'
import { useCancelLesson } from './planning.api.ts'
import { useFocusFirst } from './use-focus-first.ts'

/** Cancels a session, with the reason that staff will read. */
export function CancelLesson({ session, onBack, onReload, onDone }: StepProps) {
  const { t } = useTranslation('planning')
  const { t: common } = useTranslation()
  const notify = useNotify()
  const cancel = useCancelLesson()
  const form = useFocusFirst<HTMLFormElement>()
  const [reason, setReason] = useState('')
  const [isMissing, setIsMissing] = useState(false)

  const save = (event: FormEvent) => {
    event.preventDefault()
    if (!reason.trim()) return setIsMissing(true)
    cancel.mutate(
      { session, reason },
      {
        onSuccess: () => {
          notify.done(t('cancelLesson.done'))
          onDone()
        },
      },
    )
  }
  return (
    <form ref={form} onSubmit={save} noValidate>
      <Stack gap="sm">
        <Text>{t('cancelLesson.text')}</Text>
        <TextInput
          label={t('cancelLesson.reason')}
          required
          maxLength={500}
          value={reason}
          onChange={(event) => {
            setReason(event.currentTarget.value)
            setIsMissing(false)
          }}
          error={isMissing && t('lesson.errors.required')}
        />
        {cancel.isError && <LessonProblem error={cancel.error} onReload={onReload} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onBack}>
            {common('actions.back')}
          </Button>
          <Button type="submit" color="red" loading={cancel.isPending}>
            {t('cancelLesson.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
