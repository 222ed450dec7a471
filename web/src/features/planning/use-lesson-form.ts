import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { Problem } from '#src/lib/http/problem.ts'
import type { LessonValues } from './lesson-fields.ts'
import type { LessonForm } from './lesson-inputs.tsx'

/** @param hadTeachers a session that has somebody keeps somebody: the API says so */
export function useLessonForm(initialValues: LessonValues, hadTeachers: boolean): LessonForm {
  const { t } = useTranslation('planning')
  const required = (value: string) => (value ? null : t('lesson.errors.required'))
  return useForm<LessonValues>({
    initialValues,
    validate: {
      sectionId: required,
      date: (value, { repeats }) => (repeats === 'once' ? required(value) : null),
      from: (value, { repeats }) => (repeats === 'weekly' ? required(value) : null),
      until: (value, { repeats, from }) => {
        if (repeats === 'once') return null
        return required(value) ?? (value < from ? t('lesson.errors.untilBeforeFrom') : null)
      },
      weekdays: (value, { repeats }) =>
        repeats === 'weekly' && value.length === 0 ? t('lesson.errors.noWeekday') : null,
      startTime: required,
      endTime: (value, { startTime }) =>
        required(value) ?? (value <= startTime ? t('lesson.errors.endBeforeStart') : null),
      teacherIds: (value, { coverIds }) =>
        hadTeachers && value.length + coverIds.length === 0 ? t('lesson.errors.noTeacher') : null,
    },
  })
}

const FIELD_OF_PATH: [RegExp, keyof LessonValues][] = [
  [/^sectionId/, 'sectionId'],
  [/^subjectId/, 'subjectId'],
  [/^roomId/, 'roomId'],
  [/^teacher/, 'teacherIds'],
  [/^weekdays/, 'weekdays'],
  [/^from/, 'from'],
  [/^until/, 'until'],
  [/^startsAt/, 'date'],
  [/^(endsAt|endTime)/, 'endTime'],
  [/^startTime/, 'startTime'],
]

/** Puts what the server refused to the fields it is about. False where it belongs to none of them. */
export function useFieldErrors(form: LessonForm): (error: unknown) => boolean {
  const { t } = useTranslation('planning')
  return (error) => {
    if (!(error instanceof Problem)) return false
    const text = textOf(error.code)
    let shown = false
    for (const { path, message } of error.issues) {
      const field = FIELD_OF_PATH.find(([pattern]) => pattern.test(path))?.[1]
      if (!field) continue
      form.setFieldError(field, text ?? message)
      shown = true
    }
    return shown
  }

  function textOf(code: string): string | undefined {
    switch (code) {
      case 'outside_year':
        return t('lesson.errors.outsideYear')
      case 'no_dates':
        return t('lesson.errors.noDates')
      case 'unknown_reference':
        return t('lesson.errors.gone')
      case 'times_out_of_order':
        return t('lesson.errors.endBeforeStart')
      default:
        return undefined
    }
  }
}
