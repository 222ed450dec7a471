import { Badge, Button, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { FormFrame, FormModal } from '#src/ui/form-modal.tsx'
import { isWhole, useFieldChecks } from './field-checks.ts'
import { RemoveThing } from './remove-thing.tsx'
import type { Grade, Structure } from './structure.api.ts'
import { TabFrame } from './tab-frame.tsx'
import { Thing, ThingList, Things } from './thing-list.tsx'
import { useEditing } from './use-editing.ts'
import { useThingForm } from './use-thing-form.tsx'

export function GradesTab({ structure }: { structure: Structure }) {
  const { t } = useTranslation('structure')
  const heading = useRef<HTMLHeadingElement>(null)
  const editing = useEditing('grades')
  const [removing, setRemoving] = useState<Grade | null>(null)
  const { grades, sections } = structure
  const sectionsOf = ({ id }: Grade) => sections.filter(({ gradeId }) => gradeId === id).length
  return (
    <TabFrame
      title={t('grades.title')}
      heading={heading}
      addLabel={t('grades.add')}
      onAdd={editing.add}
    >
      {grades.length === 0 ? (
        <EmptyState text={t('grades.empty')} />
      ) : (
        <ThingList
          label={t('grades.title')}
          items={grades}
          textOf={({ code, name }) => `${code} ${name}`}
        >
          {(found) => (
            <Things>
              {found.map((grade) => (
                <Thing
                  key={grade.id}
                  name={grade.name}
                  onEdit={() => editing.edit(grade)}
                  onRemove={() => setRemoving(grade)}
                >
                  <Group gap="xs">
                    <Text fw={550}>{grade.name}</Text>
                    <Badge variant="default" tt="none">
                      {grade.code}
                    </Badge>
                  </Group>
                  <Text size="sm" c="dimmed">
                    {t('grades.sections', { count: sectionsOf(grade) })}
                  </Text>
                </Thing>
              ))}
            </Things>
          )}
        </ThingList>
      )}
      <FormModal
        title={editing.item ? t('grades.edit', { name: editing.item.name }) : t('grades.new')}
        opened={editing.isOpen}
        onClose={editing.close}
      >
        <GradeForm
          key={editing.item?.version}
          item={editing.item}
          nextPlace={1 + Math.max(0, ...grades.map(({ orderNo }) => orderNo))}
          onDone={editing.close}
          onReload={() => void editing.reload()}
        />
      </FormModal>
      <RemoveThing
        resource="grades"
        item={removing}
        nameOf={({ name }) => name}
        text={({ name }) => t('grades.removeText', { name })}
        obstacle={
          removing &&
          sectionsOf(removing) > 0 && (
            <Stack align="flex-start" gap="sm">
              <Text style={{ overflowWrap: 'anywhere' }}>
                {t('grades.inUse', { name: removing.name, count: sectionsOf(removing) })}
              </Text>
              <Button component={Link} to={{ search: '?tab=sections' }} variant="default">
                {t('grades.toSections')}
              </Button>
            </Stack>
          )
        }
        heading={heading}
        onClose={() => setRemoving(null)}
      />
    </TabFrame>
  )
}

interface GradeFormProps {
  item: Grade | undefined
  /** After every other grade. */
  nextPlace: number
  onDone: () => void
  onReload: () => void
}

function GradeForm({ item, nextPlace, onDone, onReload }: GradeFormProps) {
  const { t } = useTranslation('structure')
  const { t: common } = useTranslation()
  const { line } = useFieldChecks()
  const { form, frame } = useThingForm({
    resource: 'grades',
    item,
    values: {
      code: item?.code ?? '',
      name: item?.name ?? '',
      orderNo: (item?.orderNo ?? nextPlace) as number | string,
    },
    validate: {
      code: line(20),
      name: line(100),
      orderNo: (value) => (isWhole(value, 0, 1_000) ? null : t('form.invalid')),
    },
    toBody: (values) => values,
    nameOf: ({ name }) => name.trim(),
    known: () => ({ code_taken: { field: 'code', text: t('grades.codeTaken') } }),
    nextValues: ({ orderNo }) => ({ code: '', name: '', orderNo: Number(orderNo) + 1 }),
    onDone,
    onReload,
  })
  return (
    <FormFrame {...frame} submitLabel={common('actions.save')}>
      <TextInput
        label={t('grades.code')}
        description={t('grades.codeHint')}
        data-autofocus
        autoComplete="off"
        {...form.getInputProps('code')}
      />
      <TextInput
        label={t('grades.name')}
        description={t('grades.nameHint')}
        autoComplete="off"
        {...form.getInputProps('name')}
      />
      <NumberInput
        label={t('grades.orderNo')}
        hideControls
        allowDecimal={false}
        allowNegative={false}
        {...form.getInputProps('orderNo')}
      />
    </FormFrame>
  )
}
