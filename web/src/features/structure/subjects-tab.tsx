import { Badge, Group, Text, TextInput } from '@mantine/core'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { FormFrame, FormModal } from '#src/ui/form-modal.tsx'
import { useFieldChecks } from './field-checks.ts'
import { RemoveThing } from './remove-thing.tsx'
import type { Structure, Subject } from './structure.api.ts'
import { TabFrame } from './tab-frame.tsx'
import { Thing, ThingList, Things } from './thing-list.tsx'
import { useEditing } from './use-editing.ts'
import { useThingForm } from './use-thing-form.tsx'

export function SubjectsTab({ structure: { subjects } }: { structure: Structure }) {
  const { t } = useTranslation('structure')
  const heading = useRef<HTMLHeadingElement>(null)
  const editing = useEditing('subjects')
  const [removing, setRemoving] = useState<Subject | null>(null)
  return (
    <TabFrame
      title={t('subjects.title')}
      heading={heading}
      addLabel={t('subjects.add')}
      onAdd={editing.add}
    >
      {subjects.length === 0 ? (
        <EmptyState text={t('subjects.empty')} />
      ) : (
        <ThingList
          label={t('subjects.title')}
          items={subjects}
          textOf={({ code, name }) => `${code} ${name}`}
        >
          {(found) => (
            <Things>
              {found.map((subject) => (
                <Thing
                  key={subject.id}
                  name={subject.name}
                  onEdit={() => editing.edit(subject)}
                  onRemove={() => setRemoving(subject)}
                >
                  <Group gap="xs">
                    <Text fw={550}>{subject.name}</Text>
                    <Badge variant="default" tt="none">
                      {subject.code}
                    </Badge>
                  </Group>
                </Thing>
              ))}
            </Things>
          )}
        </ThingList>
      )}
      <FormModal
        title={editing.item ? t('subjects.edit', { name: editing.item.name }) : t('subjects.new')}
        opened={editing.isOpen}
        onClose={editing.close}
      >
        <SubjectForm
          key={editing.item?.version}
          item={editing.item}
          onDone={editing.close}
          onReload={() => void editing.reload()}
        />
      </FormModal>
      <RemoveThing
        resource="subjects"
        item={removing}
        nameOf={({ name }) => name}
        text={({ name }) => t('subjects.removeText', { name })}
        heading={heading}
        onClose={() => setRemoving(null)}
      />
    </TabFrame>
  )
}

interface SubjectFormProps {
  item: Subject | undefined
  onDone: () => void
  onReload: () => void
}

function SubjectForm({ item, onDone, onReload }: SubjectFormProps) {
  const { t } = useTranslation('structure')
  const { t: common } = useTranslation()
  const { line } = useFieldChecks()
  const { form, frame } = useThingForm({
    resource: 'subjects',
    item,
    values: { name: item?.name ?? '', code: item?.code ?? '' },
    validate: { name: line(100), code: line(20) },
    toBody: (values) => values,
    nameOf: ({ name }) => name.trim(),
    known: () => ({ code_taken: { field: 'code', text: t('subjects.codeTaken') } }),
    nextValues: () => ({ name: '', code: '' }),
    onDone,
    onReload,
  })
  return (
    <FormFrame {...frame} submitLabel={common('actions.save')}>
      <TextInput
        label={t('subjects.name')}
        data-autofocus
        autoComplete="off"
        {...form.getInputProps('name')}
      />
      <TextInput
        label={t('subjects.code')}
        description={t('subjects.codeHint')}
        autoComplete="off"
        {...form.getInputProps('code')}
      />
    </FormFrame>
  )
}
