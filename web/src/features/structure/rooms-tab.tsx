import { Badge, Group, NumberInput, Text, TextInput } from '@mantine/core'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { FormFrame, FormModal } from '#src/ui/form-modal.tsx'
import { useFieldChecks } from './field-checks.ts'
import { RemoveThing } from './remove-thing.tsx'
import type { Room, Structure } from './structure.api.ts'
import { TabFrame } from './tab-frame.tsx'
import { Thing, ThingList, Things } from './thing-list.tsx'
import { useEditing } from './use-editing.ts'
import { useThingForm } from './use-thing-form.tsx'

export function RoomsTab({ structure: { rooms } }: { structure: Structure }) {
  const { t } = useTranslation('structure')
  const heading = useRef<HTMLHeadingElement>(null)
  const editing = useEditing('rooms')
  const [removing, setRemoving] = useState<Room | null>(null)
  return (
    <TabFrame
      title={t('rooms.title')}
      heading={heading}
      addLabel={t('rooms.add')}
      onAdd={editing.add}
    >
      {rooms.length === 0 ? (
        <EmptyState text={t('rooms.empty')} />
      ) : (
        <ThingList
          label={t('rooms.title')}
          items={rooms}
          textOf={({ code, name }) => `${code} ${name}`}
        >
          {(found) => (
            <Things>
              {found.map((room) => (
                <Thing
                  key={room.id}
                  name={room.name}
                  onEdit={() => editing.edit(room)}
                  onRemove={() => setRemoving(room)}
                >
                  <Group gap="xs">
                    <Text fw={550}>{room.name}</Text>
                    <Badge variant="default" tt="none">
                      {room.code}
                    </Badge>
                  </Group>
                  {room.capacity !== null && (
                    <Text size="sm" c="dimmed">
                      {t('rooms.places', { count: room.capacity })}
                    </Text>
                  )}
                </Thing>
              ))}
            </Things>
          )}
        </ThingList>
      )}
      <FormModal
        title={editing.item ? t('rooms.edit', { name: editing.item.name }) : t('rooms.new')}
        opened={editing.isOpen}
        onClose={editing.close}
      >
        <RoomForm
          key={editing.item?.version}
          item={editing.item}
          onDone={editing.close}
          onReload={() => void editing.reload()}
        />
      </FormModal>
      <RemoveThing
        resource="rooms"
        item={removing}
        nameOf={({ name }) => name}
        text={({ name }) => t('rooms.removeText', { name })}
        heading={heading}
        onClose={() => setRemoving(null)}
      />
    </TabFrame>
  )
}

interface RoomFormProps {
  item: Room | undefined
  onDone: () => void
  onReload: () => void
}

function RoomForm({ item, onDone, onReload }: RoomFormProps) {
  const { t } = useTranslation('structure')
  const { t: common } = useTranslation()
  const { line, wholeOrEmpty } = useFieldChecks()
  const { form, frame } = useThingForm({
    resource: 'rooms',
    item,
    values: {
      code: item?.code ?? '',
      name: item?.name ?? '',
      capacity: (item?.capacity ?? '') as number | string,
    },
    validate: {
      code: line(20),
      name: line(100),
      capacity: wholeOrEmpty(1, 100_000, t('rooms.capacityRange')),
    },
    toBody: ({ capacity, ...texts }) => ({ ...texts, capacity: capacity === '' ? null : capacity }),
    nameOf: ({ name }) => name.trim(),
    known: () => ({ code_taken: { field: 'code', text: t('rooms.codeTaken') } }),
    nextValues: ({ capacity }) => ({ code: '', name: '', capacity }),
    onDone,
    onReload,
  })
  return (
    <FormFrame {...frame} submitLabel={common('actions.save')}>
      <TextInput
        label={t('rooms.code')}
        description={t('rooms.codeHint')}
        data-autofocus
        autoComplete="off"
        {...form.getInputProps('code')}
      />
      <TextInput label={t('rooms.name')} autoComplete="off" {...form.getInputProps('name')} />
      <NumberInput
        label={t('rooms.capacity')}
        hideControls
        allowDecimal={false}
        allowNegative={false}
        {...form.getInputProps('capacity')}
      />
    </FormFrame>
  )
}
