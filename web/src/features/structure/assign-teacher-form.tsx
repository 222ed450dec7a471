import { Button, Select, SimpleGrid, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { useErrorText } from '#src/ui/error-text.ts'
import { FormFrame, RefusalAlert, SavedNote } from '#src/ui/form-modal.tsx'
import { personName } from '#src/ui/person-name.ts'
import { readRefusal } from '#src/ui/read-refusal.ts'
import { useNotify } from '#src/ui/use-notify.tsx'
import { type Structure, useAssignTeacher, type Year } from './structure.api.ts'
import { teacherOptions } from './teacher-options.ts'

interface AssignTeacherFormProps {
  structure: Structure
  year: Year
  onDone: () => void
}

interface Values {
  teacherUserId: string | null
  sectionId: string | null
  subjectId: string | null
  from: string
  to: string
}

export function AssignTeacherForm({ structure, year, onDone }: AssignTeacherFormProps) {
  const { t } = useTranslation('structure')
  const { t: common } = useTranslation()
  const { time } = useSchool()
  const errorText = useErrorText()
  const notify = useNotify()
  const assign = useAssignTeacher()
  const [refusal, setRefusal] = useState<string | null>(null)
  const [saved, setSaved] = useState<string | null>(null)
  const { sections, subjects, teachers } = structure
  const inYear = (value: string) =>
    value && (value < year.startsOn || value > year.endsOn)
      ? t('teaching.outsideYear', { from: time.date(year.startsOn), to: time.date(year.endsOn) })
      : null
  const form = useForm<Values>({
    mode: 'controlled',
    initialValues: { teacherUserId: null, sectionId: null, subjectId: null, from: '', to: '' },
    validate: {
      teacherUserId: (value) => (value ? null : t('form.required')),
      sectionId: (value) => (value ? null : t('form.required')),
      from: inYear,
      to: (value, { from }) =>
        inYear(value) ?? (value && from && value < from ? t('teaching.order') : null),
    },
  })
  const focus = (errors: object) => {
    const [path] = Object.keys(errors)
    if (path) form.getInputNode(path)?.focus()
  }
  const send = (another: boolean) =>
    form.onSubmit(async ({ teacherUserId, sectionId, subjectId, from, to }) => {
      if (assign.isPending || !teacherUserId || !sectionId) return
      setRefusal(null)
      setSaved(null)
      try {
        await assign.mutateAsync({
          teacherUserId,
          sectionId,
          academicYearId: year.id,
          subjectId,
          ...(from && { from }),
          ...(to && { to }),
        })
      } catch (error) {
        const refused = readRefusal(error, {
          known: {
            already_assigned: { text: t('teaching.already') },
            not_an_active_teacher: { field: 'teacherUserId', text: t('sections.notActive') },
            unknown_reference: { text: t('form.unknown') },
          },
          invalid: t('form.invalid'),
          isField: (path) => path in form.getValues(),
          errorText,
        })
        form.setErrors(refused.fields)
        setRefusal(refused.text)
        focus(refused.fields)
        return
      }
      const teacher = teachers.find(({ id }) => id === teacherUserId)
      const said = t('teaching.saved', {
        teacher: teacher ? personName(teacher) : '',
        section: sections.find(({ id }) => id === sectionId)?.name ?? '',
      })
      if (!another) {
        notify.done(said)
        return onDone()
      }
      setSaved(said)
      // The next section of the same teacher, most often in the same subject.
      form.setFieldValue('sectionId', null)
      form.getInputNode('sectionId')?.focus()
    }, focus)

  const select = { searchable: true, clearable: true, openOnFocus: false, limit: 50 } as const
  const clear = { clearButtonProps: { 'aria-label': t('form.clear') } }
  return (
    <FormFrame
      onSubmit={send(false)}
      onCancel={onDone}
      submitLabel={common('actions.save')}
      isBusy={assign.isPending}
      refusal={
        (refusal && <RefusalAlert>{refusal}</RefusalAlert>) ||
        (saved && <SavedNote>{saved}</SavedNote>)
      }
      second={
        <Button variant="default" disabled={assign.isPending} onClick={() => send(true)()}>
          {t('form.saveAnother')}
        </Button>
      }
    >
      <Select
        {...select}
        {...clear}
        label={t('teaching.teacher')}
        data={teacherOptions(teachers)}
        data-autofocus
        nothingFoundMessage={t('form.nothing')}
        {...form.getInputProps('teacherUserId')}
      />
      <Select
        {...select}
        {...clear}
        label={t('teaching.section')}
        data={sections.map(({ id, name }) => ({ value: id, label: name }))}
        nothingFoundMessage={t('enrollment.noSection')}
        {...form.getInputProps('sectionId')}
      />
      <Select
        {...select}
        {...clear}
        label={t('teaching.subject')}
        placeholder={t('teaching.anySubject')}
        data={subjects.map(({ id, name }) => ({ value: id, label: name }))}
        nothingFoundMessage={t('enrollment.noSection')}
        {...form.getInputProps('subjectId')}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput
          type="date"
          label={t('teaching.from')}
          description={t('teaching.wholeYear')}
          min={year.startsOn}
          max={year.endsOn}
          {...form.getInputProps('from')}
        />
        <TextInput
          type="date"
          label={t('teaching.to')}
          description={t('teaching.wholeYear')}
          min={year.startsOn}
          max={year.endsOn}
          {...form.getInputProps('to')}
        />
      </SimpleGrid>
    </FormFrame>
  )
}
