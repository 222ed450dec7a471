import { Autocomplete, NativeSelect, Select, SimpleGrid, Switch, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { LOCALES, PLANS, type SchoolFormValues } from './school-fields.ts'

/** A short list of what comes to mind is more use than all four hundred. */
const ZONES_SHOWN = 60

/** Inputs beside each other stand on one line, however long their hints are. */
export const HINT_BELOW: ('label' | 'input' | 'description' | 'error')[] = [
  'label',
  'input',
  'description',
  'error',
]

type SchoolForm = UseFormReturnType<SchoolFormValues>

/** What can be said of a school, for a new one and for one that is there. */
export function SchoolInputs({ form }: { form: SchoolForm }) {
  const { t } = useTranslation('owner')
  const { plan } = form.getValues()
  const plans = PLANS.map((value) => ({ value, label: t(`form.plans.${value}`) }))
  // Plans are the owner's to name: one of before stays a choice.
  if (!PLANS.some((known) => known === plan)) plans.push({ value: plan as 'small', label: plan })
  const zones = Intl.supportedValuesOf('timeZone')
  const { timezone } = form.getValues()
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label={t('form.group')}
          description={t('form.groupHint')}
          inputWrapperOrder={HINT_BELOW}
          {...form.getInputProps('group')}
        />
        <TextInput
          label={t('form.subdomain')}
          description={t('form.subdomainHint')}
          inputWrapperOrder={HINT_BELOW}
          autoCapitalize="none"
          spellCheck={false}
          {...form.getInputProps('subdomain')}
        />
        <TextInput
          type="email"
          label={t('form.adminEmail')}
          description={t('form.adminEmailHint')}
          inputWrapperOrder={HINT_BELOW}
          autoComplete="off"
          {...form.getInputProps('adminEmail')}
        />
        <Autocomplete
          label={t('form.locale')}
          description={t('form.localeHint')}
          inputWrapperOrder={HINT_BELOW}
          data={LOCALES}
          {...form.getInputProps('locale')}
        />
        <Select
          label={t('form.timezone')}
          data={zones.includes(timezone) || !timezone ? zones : [timezone, ...zones]}
          limit={ZONES_SHOWN}
          searchable
          allowDeselect={false}
          nothingFoundMessage={t('form.noTimezone')}
          {...form.getInputProps('timezone')}
        />
        <NativeSelect label={t('form.plan')} data={plans} {...form.getInputProps('plan')} />
      </SimpleGrid>
      <Switch
        size="md"
        label={t('form.listed')}
        {...form.getInputProps('listed', { type: 'checkbox' })}
      />
    </>
  )
}
