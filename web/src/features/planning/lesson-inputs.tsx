import {
  Checkbox,
  Group,
  MultiSelect,
  type MultiSelectProps,
  NativeSelect,
  Select,
  SimpleGrid,
  TextInput,
} from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { addDays } from '#src/lib/school-time.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { useStructure } from '#src/lib/school/use-structure.ts'
import { personName } from '#src/ui/person-name.ts'
import type { LessonValues } from './lesson-fields.ts'
import { useOptions } from './plan-chooser.tsx'

export type LessonForm = UseFormReturnType<LessonValues>

interface FormProps {
  form: LessonForm
}

export function SectionInput({ form }: FormProps) {
  const { t } = useTranslation('planning')
  const options = useOptions('section')
  return (
    <Select
      label={t('lesson.section')}
      searchable
      required
      data={options ?? []}
      nothingFoundMessage={t('sessions.nothingFound')}
      {...form.getInputProps('sectionId')}
      value={form.values.sectionId || null}
      onChange={(id) => form.setFieldValue('sectionId', id ?? '')}
    />
  )
}

export function WhenInputs({ form }: FormProps) {
  const { t } = useTranslation('planning')
  const isWeekly = form.values.repeats === 'weekly'
  return (
    <>
      {isWeekly && <Weekdays form={form} />}
      <SimpleGrid cols={{ base: 1, xs: isWeekly ? 2 : 3 }} spacing="sm">
        {isWeekly ? (
          <>
            <TextInput
              type="date"
              required
              label={t('lesson.from')}
              {...form.getInputProps('from')}
            />
            <TextInput
              type="date"
              required
              label={t('lesson.until')}
              {...form.getInputProps('until')}
            />
          </>
        ) : (
          <TextInput
            type="date"
            required
            label={t('lesson.date')}
            {...form.getInputProps('date')}
          />
        )}
        <TextInput
          type="time"
          required
          label={t('lesson.startTime')}
          {...form.getInputProps('startTime')}
        />
        <TextInput
          type="time"
          required
          label={t('lesson.endTime')}
          {...form.getInputProps('endTime')}
        />
      </SimpleGrid>
    </>
  )
}

const A_MONDAY = '2024-01-01'

function Weekdays({ form }: FormProps) {
  const { t } = useTranslation('planning')
  const { time } = useSchool()
  return (
    <Checkbox.Group label={t('lesson.weekdays')} required {...form.getInputProps('weekdays')}>
      <Group gap="sm" mt={6}>
        {Array.from({ length: 7 }, (_, i) => (
          <Checkbox key={i} value={String(i + 1)} label={time.weekday(addDays(A_MONDAY, i))} />
        ))}
      </Group>
    </Checkbox.Group>
  )
}

/** @param withCover whoever covers is found when somebody falls ill, not when the lesson is made */
export function WhatInputs({ form, withCover = false }: FormProps & { withCover?: boolean }) {
  const { t } = useTranslation('planning')
  const { data } = useStructure()
  const rooms = useOptions('room')
  const nothing = { value: '', label: t('lesson.none') }
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <NativeSelect
          label={t('lesson.subject')}
          data={[
            nothing,
            ...(data?.subjects ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          {...form.getInputProps('subjectId')}
        />
        <NativeSelect
          label={t('lesson.room')}
          data={[nothing, ...(rooms ?? [])]}
          {...form.getInputProps('roomId')}
        />
      </SimpleGrid>
      <TeacherInputs form={form} withCover={withCover} />
    </>
  )
}

function TeacherInputs({ form, withCover }: FormProps & { withCover: boolean }) {
  const { t } = useTranslation('planning')
  const { data } = useStructure()
  const { teacherIds, coverIds } = form.values
  const isOn = (id: string) => teacherIds.includes(id) || coverIds.includes(id)
  // Whoever has left is not offered, but named where they are on it.
  const teachers = (data?.teachers ?? [])
    .filter(({ id, isActive }) => isActive || isOn(id))
    .map((teacher) => ({ value: teacher.id, label: personName(teacher) }))
  return (
    <>
      <ChooseTeachers
        label={t('lesson.teachers')}
        data={teachers.filter(({ value }) => !coverIds.includes(value))}
        {...form.getInputProps('teacherIds')}
      />
      {withCover && (
        <ChooseTeachers
          label={t('lesson.cover')}
          description={t('lesson.coverHint')}
          data={teachers.filter(({ value }) => !teacherIds.includes(value))}
          {...form.getInputProps('coverIds')}
        />
      )}
    </>
  )
}

/** Closes with every choice: nearly always it is one teacher, and what is below the list is wanted next. */
function ChooseTeachers({ onChange, ...props }: MultiSelectProps) {
  const { t } = useTranslation('planning')
  const [opened, { open, close }] = useDisclosure(false)
  return (
    <MultiSelect
      {...props}
      searchable
      nothingFoundMessage={t('sessions.nothingFound')}
      dropdownOpened={opened}
      onDropdownOpen={open}
      onDropdownClose={close}
      onChange={(ids) => {
        onChange?.(ids)
        close()
      }}
    />
  )
}

/** The day's register of a homeroom instead of a lesson; a group has none. */
export function RegistrationInput({ form }: FormProps) {
  const { t } = useTranslation('planning')
  const { data } = useStructure()
  const section = data?.sections.find(({ id }) => id === form.values.sectionId)
  if (section?.kind !== 'HOMEROOM') return null
  return (
    <Checkbox
      label={t('lesson.isRegistration')}
      {...form.getInputProps('isRegistration', { type: 'checkbox' })}
    />
  )
}
