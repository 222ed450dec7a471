import { NativeSelect, SimpleGrid, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import type { Kind } from './person.ts'
import { type Field, FIELDS, MAX_LENGTH } from './person-values.ts'
import type { PersonForm } from './use-person-form.ts'

const TYPES: Readonly<Partial<Record<Field, string>>> = {
  email: 'email',
  phone: 'tel',
  dob: 'date',
  hireDate: 'date',
}
/** These are somebody else's: the browser must not fill in who sits here. */
const AUTO_COMPLETE = 'off'

interface PersonFieldsProps {
  kind: Kind
  form: PersonForm
  /** What stands below fields: what somebody else saved meanwhile, a username that is free. */
  notes?: Partial<Record<Field, ReactNode>>
  onNameLeft?: () => void
  onUsernameTyped?: () => void
}

export function PersonFields({
  kind,
  form,
  notes = {},
  onNameLeft,
  onUsernameTyped,
}: PersonFieldsProps) {
  const { t } = useTranslation('people')
  const { t: tc } = useTranslation()
  const { user } = useSchool()
  const own = (field: Field): ReactNode =>
    field === 'username' || field === 'preferredName' || field === 'teacherCode'
      ? t(`hints.${field}`)
      : undefined
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md" verticalSpacing="md">
      {FIELDS[kind].map((field) => {
        const props = form.getInputProps(field)
        if (field === 'role')
          return (
            <NativeSelect
              key={field}
              label={t('fields.role')}
              description={user.role === 'OWNER' ? t('hints.role') : t('hints.ownersOnly')}
              {...props}
              disabled={user.role !== 'OWNER'}
              data={(['ADMIN', 'OWNER'] as const).map((value) => ({
                value,
                label: tc(`roles.${value}`),
              }))}
            />
          )
        return (
          <TextInput
            key={field}
            label={t(`fields.${field}`)}
            description={notes[field] ?? own(field)}
            type={TYPES[field] ?? 'text'}
            maxLength={MAX_LENGTH[field]}
            autoComplete={AUTO_COMPLETE}
            {...((field === 'username' || field === 'email') && {
              autoCapitalize: 'none',
              spellCheck: false,
            })}
            {...((field === 'firstName' || field === 'username') && {
              withAsterisk: true,
              'aria-required': true,
            })}
            {...props}
            onChange={(event) => {
              props.onChange(event)
              if (field === 'username') onUsernameTyped?.()
            }}
            onBlur={(event) => {
              props.onBlur?.(event)
              if (field === 'firstName' || field === 'lastName') onNameLeft?.()
            }}
          />
        )
      })}
    </SimpleGrid>
  )
}
