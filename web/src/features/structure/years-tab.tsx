import { Badge, Button, Group, Text } from '@mantine/core'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { ConfirmModal } from '#src/ui/confirm-modal.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { useErrorText } from '#src/ui/error-text.ts'
import { FormModal } from '#src/ui/form-modal.tsx'
import { useNotify } from '#src/ui/use-notify.tsx'
import { RemoveThing } from './remove-thing.tsx'
import { type Structure, useMakeCurrent, type Year } from './structure.api.ts'
import { TabFrame } from './tab-frame.tsx'
import { Thing, Things } from './thing-list.tsx'
import { useEditing } from './use-editing.ts'
import { YearForm } from './year-form.tsx'

export function YearsTab({ structure: { years } }: { structure: Structure }) {
  const { t } = useTranslation('structure')
  const { time } = useSchool()
  const heading = useRef<HTMLHeadingElement>(null)
  const editing = useEditing('years')
  const [removing, setRemoving] = useState<Year | null>(null)
  const [promoting, setPromoting] = useState<Year | null>(null)
  return (
    <TabFrame
      title={t('years.title')}
      heading={heading}
      addLabel={t('years.add')}
      onAdd={editing.add}
    >
      {years.length === 0 ? (
        <EmptyState text={t('years.empty')} />
      ) : (
        <Things>
          {years.map((year) => (
            <Thing
              key={year.id}
              name={year.name}
              onEdit={() => editing.edit(year)}
              onRemove={() => setRemoving(year)}
              actions={
                !year.isCurrent && (
                  <Button
                    variant="default"
                    size="sm"
                    aria-label={t('years.makeCurrentOne', { name: year.name })}
                    onClick={() => setPromoting(year)}
                  >
                    {t('years.makeCurrent')}
                  </Button>
                )
              }
            >
              <Group gap="xs">
                <Text fw={550}>{year.name}</Text>
                <Badge variant="default" tt="none">
                  {year.code}
                </Badge>
                {year.isCurrent && <Badge tt="none">{t('years.current')}</Badge>}
              </Group>
              <Text size="sm">
                {time.date(year.startsOn)} – {time.date(year.endsOn)}
              </Text>
              <Text size="sm" c="dimmed">
                {year.terms.length === 0
                  ? t('years.noTerms')
                  : year.terms
                      .map(
                        ({ name, startsOn, endsOn }) =>
                          `${name}: ${time.date(startsOn)} – ${time.date(endsOn)}`,
                      )
                      .join(' · ')}
              </Text>
            </Thing>
          ))}
        </Things>
      )}
      <FormModal
        title={editing.item ? t('years.edit', { name: editing.item.name }) : t('years.new')}
        opened={editing.isOpen}
        onClose={editing.close}
        size="lg"
      >
        <YearForm
          key={editing.item?.version}
          item={editing.item}
          years={years}
          onDone={editing.close}
          onReload={() => void editing.reload()}
        />
      </FormModal>
      <MakeCurrent
        year={promoting}
        before={years.find(({ isCurrent }) => isCurrent)}
        onClose={() => setPromoting(null)}
        onDone={() => setTimeout(() => heading.current?.focus(), 50)}
      />
      <RemoveThing
        resource="academic-years"
        item={removing}
        nameOf={({ name }) => name}
        text={({ name }) => t('years.removeText', { name })}
        obstacle={removing?.isCurrent && t('years.isCurrentText')}
        heading={heading}
        onClose={() => setRemoving(null)}
      />
    </TabFrame>
  )
}

interface MakeCurrentProps {
  year: Year | null
  before: Year | undefined
  onClose: () => void
  onDone: () => void
}

function MakeCurrent({ year, before, onClose, onDone }: MakeCurrentProps) {
  const { t } = useTranslation('structure')
  const errorText = useErrorText()
  const notify = useNotify()
  const makeCurrent = useMakeCurrent()
  const close = () => {
    makeCurrent.reset()
    onClose()
  }
  return (
    <ConfirmModal
      title={year ? t('years.makeCurrentOne', { name: year.name }) : ''}
      opened={year !== null}
      text={year && t('years.makeCurrentText', { name: year.name, before: before?.name ?? '–' })}
      confirmLabel={t('years.makeCurrent')}
      isBusy={makeCurrent.isPending}
      refusal={makeCurrent.isError && errorText(makeCurrent.error)}
      onConfirm={() =>
        year &&
        makeCurrent.mutate(year.id, {
          onSuccess: () => {
            close()
            notify.done(t('done.current', { name: year.name }))
            onDone()
          },
        })
      }
      onClose={close}
    />
  )
}
