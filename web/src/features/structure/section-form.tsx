import { NativeSelect, NumberInput, Radio, Select, Stack, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { FormFrame } from '#src/ui/form-modal.tsx'
import { useFieldChecks } from './field-checks.ts'
import type { Section, Structure } from './structure.api.ts'
import { teacherOptions } from './teacher-options.ts'
import { useThingForm } from './use-thing-form.tsx'

interface SectionFormProps {
  item: Section | undefined
  structure: Structure
  onDone: () => void
  onReload: () => void
}

export function SectionForm({ item, structure, onDone, onReload }: SectionFormProps) {
  const { t } = useTranslation('structure')
  const { t: common } = useTranslation()
  const { line, wholeOrEmpty } = useFieldChecks()
  const { grades, subjects, teachers } = structure
  const { form, frame } = useThingForm({
    resource: 'sections',
    item,
    values: {
      kind: item?.kind ?? (grades.length === 0 ? 'GROUP' : 'HOMEROOM'),
      gradeId: item ? (item.gradeId ?? '') : '',
      name: item?.name ?? '',
      capacity: (item?.capacity ?? '') as number | string,
      classTeacherId: item?.classTeacherId ?? null,
      subjectId: item?.subjectId ?? null,
    },
    validate: {
      gradeId: (value, { kind }) =>
        kind === 'HOMEROOM' && value === '' ? t('form.required') : null,
      name: line(100),
      capacity: wholeOrEmpty(1, 10_000, t('sections.capacityRange')),
    },
    toBody: ({ kind, gradeId, capacity, subjectId, ...rest }) => ({
      ...rest,
      ...(!item && { kind }),
      gradeId: gradeId || null,
      capacity: capacity === '' ? null : capacity,
      subjectId: kind === 'GROUP' ? subjectId : null,
    }),
    nameOf: ({ name }) => name.trim(),
    known: (_sent, details) => ({
      section_name_taken: { field: 'name', text: t('sections.nameTaken') },
      not_an_active_teacher: { field: 'classTeacherId', text: t('sections.notActive') },
      capacity_exceeded: {
        field: 'capacity',
        text: t('sections.tooFewSeats', { enrolled: Number(details['enrolled'] ?? 0) }),
      },
      unknown_reference: { text: t('form.unknown') },
    }),
    // The next one is most often of the same grade and size.
    nextValues: (sent) => ({ ...sent, name: '', classTeacherId: null }),
    onDone,
    onReload,
  })
  const isGroup = form.getValues().kind === 'GROUP'
  return (
    <FormFrame {...frame} submitLabel={common('actions.save')}>
      {!item && (
        <Radio.Group label={t('sections.kind')} {...form.getInputProps('kind')}>
          <Stack gap="xs" mt="xs">
            <Radio
              value="HOMEROOM"
              label={t('sections.homeroom')}
              description={t('sections.homeroomHint')}
            />
            <Radio
              value="GROUP"
              label={t('sections.group')}
              description={t('sections.groupHint')}
            />
          </Stack>
        </Radio.Group>
      )}
      <NativeSelect
        label={t('sections.grade')}
        data={[
          { value: '', label: isGroup ? t('form.none') : t('sections.chooseGrade') },
          ...grades.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        {...form.getInputProps('gradeId')}
      />
      <TextInput
        label={t('sections.name')}
        description={t('sections.nameHint')}
        data-autofocus
        autoComplete="off"
        {...form.getInputProps('name')}
      />
      <NumberInput
        label={t('sections.capacity')}
        description={t('sections.capacityHint')}
        hideControls
        allowDecimal={false}
        allowNegative={false}
        {...form.getInputProps('capacity')}
      />
      <Select
        label={t('sections.classTeacher')}
        data={teacherOptions(teachers, item?.classTeacherId)}
        searchable
        clearable
        limit={50}
        placeholder={t('form.none')}
        nothingFoundMessage={t('form.nothing')}
        clearButtonProps={{ 'aria-label': t('form.clear') }}
        {...form.getInputProps('classTeacherId')}
      />
      {isGroup && (
        <Select
          label={t('sections.subject')}
          data={subjects.map(({ id, name }) => ({ value: id, label: name }))}
          searchable
          clearable
          limit={50}
          placeholder={t('form.none')}
          nothingFoundMessage={t('enrollment.noSection')}
          clearButtonProps={{ 'aria-label': t('form.clear') }}
          {...form.getInputProps('subjectId')}
        />
      )}
    </FormFrame>
  )
}
