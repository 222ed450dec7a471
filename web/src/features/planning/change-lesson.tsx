import { Button, Group, Stack } from '@mantine/core'
import type {
  SessionAnswer,
  SessionWithWarnings,
} from '@usms/school-api/modules/sessions/sessions.schema'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { useNotify } from '#src/ui/use-notify.tsx'
import { DoubleBooked } from './double-booked.tsx'
import { onSession, toPatch, valuesOf } from './lesson-fields.ts'
import { WhatInputs, WhenInputs } from './lesson-inputs.tsx'
import { LessonProblem } from './lesson-problem.tsx'
import { useChangeLesson } from './planning.api.ts'
import { useFocusFirst } from './use-focus-first.ts'
import { useFieldErrors, useLessonForm } from './use-lesson-form.ts'

export interface StepProps {
  session: SessionAnswer
  onBack: () => void
  /** Reads the session again. */
  onReload: () => void
  onDone: () => void
}

/** Another time, room or subject, other teachers, somebody who covers. */
export function ChangeLesson({ session: now, onBack, onReload, onDone }: StepProps) {
  const { t } = useTranslation('planning')
  const { t: common } = useTranslation()
  const { time } = useSchool()
  // As it was when it was opened: what is read meanwhile takes nothing of what is typed, and is not overwritten.
  const [session] = useState(now)
  const notify = useNotify()
  const form = useLessonForm(valuesOf(session, time), session.teachers.length > 0)
  const showAtFields = useFieldErrors(form)
  const change = useChangeLesson()
  const first = useFocusFirst<HTMLFormElement>()
  const [warned, setWarned] = useState<SessionWithWarnings>()
  const [error, setError] = useState<unknown>()

  const save = form.onSubmit(async (values) => {
    setError(undefined)
    try {
      const patch = toPatch(values, session, time)
      const saved = await change.mutateAsync({ session, patch })
      if (saved.warnings.length > 0) return setWarned(saved)
      notify.done(t('changeLesson.done'))
      onDone()
    } catch (failure) {
      if (!showAtFields(failure)) setError(failure)
    }
  })

  if (warned)
    return (
      <Stack>
        <DoubleBooked sessions={[warned]} />
        <Button onClick={onDone}>{common('actions.close')}</Button>
      </Stack>
    )
  return (
    <form ref={first} onSubmit={save} noValidate>
      <Stack gap="sm">
        <WhenInputs form={form} />
        <WhatInputs form={form} withCover />
        {error !== undefined && (
          <LessonProblem error={error} teacherIds={onSession(form.values)} onReload={onReload} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onBack}>
            {common('actions.back')}
          </Button>
          <Button type="submit" loading={change.isPending}>
            {common('actions.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
