import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { invalidFields, refusedFields, type SchoolFormValues } from './school-fields.ts'

/** A school's form, with what is wrong said at the fields: before it is sent, and as the API answers. */
export function useSchoolForm(initialValues: SchoolFormValues) {
  const { t } = useTranslation('owner')
  const form = useForm<SchoolFormValues>({
    initialValues,
    validate: (values) =>
      Object.fromEntries(invalidFields(values).map((name) => [name, t(`form.invalid.${name}`)])),
  })
  const toFirstOf = (name: string | undefined) => {
    if (name) form.getInputNode(name)?.focus()
  }
  return {
    form,
    onInvalid: (errors: object) => toFirstOf(Object.keys(errors)[0]),
    /** @returns whether the refusal stands at fields now */
    showRefusal(error: unknown): boolean {
      const refused = refusedFields(error).filter(({ field }) => field in form.getValues())
      for (const { field, taken } of refused)
        form.setFieldError(
          field,
          taken
            ? t(field === 'code' ? 'form.codeTaken' : 'form.subdomainTaken')
            : t(`form.invalid.${field}`),
        )
      toFirstOf(refused[0]?.field)
      return refused.length > 0
    },
  }
}
