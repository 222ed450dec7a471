import { Button, Group, SegmentedControl, Stack } from '@mantine/core'
import type {
  RecurringMade,
  SessionWithWarnings,
} from '@usms/school-api/modules/sessions/sessions.schema'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { FormModal } from '#src/ui/form-modal.tsx'
import { useNotify } from '#src/ui/use-notify.tsx'
import { DoubleBooked } from './double-booked.tsx'
import { newLesson, onSession, type Prefilled, toLesson, toPattern } from './lesson-fields.ts'
import { RegistrationInput, SectionInput, WhatInputs, WhenInputs } from './lesson-inputs.tsx'
import { LessonProblem } from './lesson-problem.tsx'
import { SEGMENTS } from './plan-chooser.tsx'
import { PatternResult } from './pattern-result.tsx'
import { useCreateLesson, useCreatePattern } from './planning.api.ts'
import { useFieldErrors, useLessonForm } from './use-lesson-form.ts'

interface NewLessonProps {
  /** Absent: the dialog is closed. */
  prefilled: Prefilled | undefined
  onClose: () => void
  /** Something was made: the week of this one is the one to look at. */
  onMade: (first: SessionWithWarnings) => void
}

/** One lesson, or one of every week. */
export function NewLesson({ prefilled, onClose, onMade }: NewLessonProps) {
  const { t } = useTranslation('planning')
  return (
    <FormModal
      opened={prefilled !== undefined}
      onClose={onClose}
      size="lg"
      title={t('newLesson.title')}
    >
      {prefilled && <Form prefilled={prefilled} onClose={onClose} onMade={onMade} />}
    </FormModal>
  )
}

function Form({ prefilled, onClose, onMade }: NewLessonProps & { prefilled: Prefilled }) {
  const { t } = useTranslation('planning')
  const { t: common } = useTranslation()
  const { time } = useSchool()
  const notify = useNotify()
  const form = useLessonForm(newLesson(prefilled), false)
  const showAtFields = useFieldErrors(form)
  const lesson = useCreateLesson()
  const pattern = useCreatePattern()
  const [made, setMade] = useState<RecurringMade>()
  const [error, setError] = useState<unknown>()
  const isWeekly = form.values.repeats === 'weekly'

  const save = form.onSubmit(async (values) => {
    setError(undefined)
    try {
      const result = isWeekly
        ? await pattern.mutateAsync(toPattern(values))
        : { created: [await lesson.mutateAsync(toLesson(values, time))], refused: [] }
      const [first] = result.created
      if (first) onMade(first)
      const isPlain =
        result.refused.length === 0 && result.created.every(({ warnings }) => warnings.length === 0)
      if (!isPlain) return setMade(result)
      notify.done(t('newLesson.done', { count: result.created.length }))
      onClose()
    } catch (failure) {
      if (!showAtFields(failure)) setError(failure)
    }
  })

  if (made)
    return (
      <Stack>
        <PatternResult made={made} teacherIds={onSession(form.values)} />
        <DoubleBooked sessions={made.created} />
        <Button onClick={onClose} data-autofocus>
          {common('actions.close')}
        </Button>
      </Stack>
    )
  return (
    <form onSubmit={save} noValidate>
      <Stack gap="sm">
        <SegmentedControl
          bg={SEGMENTS}
          aria-label={t('newLesson.repeats')}
          data={[
            { value: 'once', label: t('newLesson.once') },
            { value: 'weekly', label: t('newLesson.weekly') },
          ]}
          {...form.getInputProps('repeats')}
        />
        <SectionInput form={form} />
        <WhenInputs form={form} />
        <WhatInputs form={form} />
        <RegistrationInput form={form} />
        {error !== undefined && <LessonProblem error={error} teacherIds={onSession(form.values)} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common('actions.cancel')}
          </Button>
          <Button type="submit" loading={lesson.isPending || pattern.isPending}>
            {isWeekly ? t('newLesson.createWeekly') : t('newLesson.createOne')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
