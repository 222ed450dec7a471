import { ActionIcon, Button, Fieldset, Group, SimpleGrid, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { FormFrame } from '#src/ui/form-modal.tsx'
import { useFieldChecks } from './field-checks.ts'
import type { Year } from './structure.api.ts'
import { useThingForm } from './use-thing-form.tsx'

interface YearFormProps {
  item: Year | undefined
  /** All years: a clash is told by name. */
  years: readonly Year[]
  onDone: () => void
  onReload: () => void
}

const OUTSIDE = [
  'enrollments',
  'memberships',
  'sessions',
  'assignments',
  'teachingAssignments',
] as const

export function YearForm({ item, years, onDone, onReload }: YearFormProps) {
  const { t } = useTranslation('structure')
  const { t: common } = useTranslation()
  const { time } = useSchool()
  const { line, needed } = useFieldChecks()
  const period = ({ name, startsOn, endsOn }: Pick<Year, 'name' | 'startsOn' | 'endsOn'>) =>
    `${name} (${time.date(startsOn)} – ${time.date(endsOn)})`

  const { form, frame } = useThingForm({
    resource: 'academic-years',
    item,
    values: {
      name: item?.name ?? '',
      code: item?.code ?? '',
      startsOn: item?.startsOn ?? '',
      endsOn: item?.endsOn ?? '',
      // Terms keep a key of their own: rows come and go while they are filled in.
      terms: (item?.terms ?? []).map(({ id, name, startsOn, endsOn }) => ({
        key: id,
        name,
        startsOn,
        endsOn,
      })),
    },
    validate: {
      name: line(100),
      code: line(20),
      startsOn: needed,
      endsOn: (value, { startsOn }) =>
        needed(value) ?? (startsOn && value <= startsOn ? t('years.order') : null),
      terms: {
        name: line(100),
        startsOn: (value, { startsOn, endsOn }) =>
          needed(value) ??
          (startsOn && endsOn && (value < startsOn || value > endsOn)
            ? t('years.termOutside')
            : null),
        endsOn: (value, { startsOn, endsOn, terms }, path) => {
          const term = terms[Number(path.split('.')[1])]
          if (value && term && value <= term.startsOn) return t('years.termOrder')
          const isOutside = startsOn && endsOn && (value < startsOn || value > endsOn)
          return needed(value) ?? (isOutside ? t('years.termOutside') : null)
        },
      },
    },
    toBody: ({ terms, ...year }) => ({
      ...year,
      terms: terms.map(({ name, startsOn, endsOn }) => ({ name, startsOn, endsOn })),
    }),
    nameOf: ({ name }) => name.trim(),
    known: (sent, details) => {
      const clashing = years.filter(
        (year) =>
          year.id !== item?.id && year.startsOn <= sent.endsOn && sent.startsOn <= year.endsOn,
      )
      const outside = OUTSIDE.flatMap((kind) => {
        const count = Number(details[kind] ?? 0)
        return count > 0 ? [t(`years.outside_${kind}`, { count })] : []
      })
      return {
        code_taken: { field: 'code', text: t('years.codeTaken') },
        year_overlap: {
          text:
            clashing.length > 0
              ? t('years.overlap', { years: clashing.map(period).join(', ') })
              : t('years.overlapSome'),
        },
        dates_out_of_order: { field: 'endsOn', text: t('years.order') },
        dates_outside_year: { text: t('years.outside', { what: outside.join(', ') }) },
        term_outside_year: { field: 'terms', text: t('years.termOutside') },
        term_overlap: { text: t('years.termOverlap') },
        term_name_taken: { text: t('years.termNameTaken') },
      }
    },
    onDone,
    onReload,
  })
  const { terms } = form.getValues()
  const addTerm = () => {
    form.insertListItem('terms', {
      key: `new-${Date.now()}`,
      name: t('years.term', { number: terms.length + 1 }),
      startsOn: '',
      endsOn: '',
    })
    const path = `terms.${terms.length}.startsOn`
    setTimeout(() => form.getInputNode(path)?.focus())
  }
  const removeTerm = (index: number) => {
    form.removeListItem('terms', index)
    setTimeout(() => form.getInputNode(index > 0 ? `terms.${index - 1}.name` : 'endsOn')?.focus())
  }
  return (
    <FormFrame {...frame} submitLabel={common('actions.save')}>
      <TextInput
        label={t('years.name')}
        data-autofocus
        autoComplete="off"
        {...form.getInputProps('name')}
      />
      <TextInput
        label={t('years.code')}
        description={t('years.codeHint')}
        autoComplete="off"
        {...form.getInputProps('code')}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput type="date" label={t('years.startsOn')} {...form.getInputProps('startsOn')} />
        <TextInput type="date" label={t('years.endsOn')} {...form.getInputProps('endsOn')} />
      </SimpleGrid>
      {terms.map((term, index) => (
        <Fieldset key={term.key} legend={t('years.term', { number: index + 1 })}>
          <Group align="flex-start" wrap="nowrap" gap="sm">
            <SimpleGrid cols={{ base: 1, xs: 3 }} style={{ flex: 1 }}>
              <TextInput
                label={t('years.termName')}
                autoComplete="off"
                {...form.getInputProps(`terms.${index}.name`)}
              />
              <TextInput
                type="date"
                label={t('years.startsOn')}
                {...form.getInputProps(`terms.${index}.startsOn`)}
              />
              <TextInput
                type="date"
                label={t('years.endsOn')}
                {...form.getInputProps(`terms.${index}.endsOn`)}
              />
            </SimpleGrid>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              mt={24}
              aria-label={t('years.removeTerm', { number: index + 1 })}
              onClick={() => removeTerm(index)}
            >
              <IconTrash size={20} aria-hidden />
            </ActionIcon>
          </Group>
        </Fieldset>
      ))}
      <Group>
        <Button
          variant="default"
          size="sm"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={addTerm}
        >
          {t('years.addTerm')}
        </Button>
      </Group>
    </FormFrame>
  )
}
