import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { Problem } from '#src/lib/http/problem.ts'
import type { Kind } from './person.ts'
import { type Field, FIELD_OF_CODE, FIELDS, type PersonValues } from './person-values.ts'

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const isDate = (text: string) => text === '' || (text >= '1900-01-01' && text <= '2200-12-31')

/** The form of one person, with what the server refuses said at the field that it is about. */
export function usePersonForm(kind: Kind, initialValues: PersonValues) {
  const { t } = useTranslation('people')
  const required = (text: string) => (text.trim() === '' ? t('form.required') : null)
  const form = useForm<PersonValues>({
    initialValues,
    validate: {
      firstName: required,
      username: required,
      email: (text) => (text.trim() === '' || EMAIL.test(text.trim()) ? null : t('form.email')),
      dob: (text) => (isDate(text) ? null : t('form.date')),
      hireDate: (text) => (isDate(text) ? null : t('form.date')),
    },
  })

  const focus = (field: string | undefined) => {
    if (field) form.getInputNode(field)?.focus()
  }

  return {
    ...form,
    /** To the first field with an error, as the form shows them. */
    focusFirst: (errors: Readonly<Record<string, unknown>>) =>
      focus(FIELDS[kind].find((field) => errors[field])),
    /** Returns whether the refusal is said at fields; otherwise it is for the whole form. */
    refuse(error: unknown): boolean {
      if (!(error instanceof Problem)) return false
      const errors: Partial<Record<Field, string>> = {}
      const taken = FIELD_OF_CODE[error.code]
      if (taken) errors[taken] = t(`form.taken.${taken as 'username'}`)
      for (const { path } of error.issues) {
        const field = FIELDS[kind].find((name) => name === path)
        if (field) errors[field] ??= t('form.refused')
      }
      if (Object.keys(errors).length === 0) return false
      form.setErrors(errors)
      focus(FIELDS[kind].find((field) => errors[field]))
      return true
    },
  }
}

export type PersonForm = ReturnType<typeof usePersonForm>
