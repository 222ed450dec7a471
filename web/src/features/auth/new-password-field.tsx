import { useTranslation } from 'react-i18next'
import type { Ref } from 'react'
import type { NewPasswordFault } from './new-password.ts'
import { PasswordField } from './password-field.tsx'

/** What is wrong, as the field shows it: a fault with a text of ours, or the server's own words. */
export type NewPasswordError =
  NewPasswordFault | { key: 'said'; message: string } | { key: 'empty' }

interface NewPasswordFieldProps {
  rules: string
  error: NewPasswordError | undefined
  name: string
  ref: Ref<HTMLInputElement>
}

export function NewPasswordField({ rules, error, name, ref }: NewPasswordFieldProps) {
  const { t } = useTranslation('account')
  const { t: auth } = useTranslation('auth')
  const textOf = (fault: NewPasswordError) => {
    switch (fault.key) {
      case 'said':
        return fault.message
      case 'empty':
        return auth('failure.required')
      case 'tooShort':
        return t('password.tooShort', { count: fault.count })
      default:
        return t(`password.${fault.key}`)
    }
  }
  return (
    <PasswordField
      ref={ref}
      name={name}
      label={t('password.new')}
      description={rules}
      autoComplete="new-password"
      error={error && textOf(error)}
    />
  )
}
