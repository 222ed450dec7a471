import { Button, Group, Paper, SimpleGrid, Stack, TextInput } from '@mantine/core'
import type { SchoolAnswer } from '@usms/directory/modules/schools/schools.schema'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import { ErrorAlert } from '#src/ui/error-alert.tsx'
import { proposeCode } from './propose-code.ts'
import { refusedFields, toFields } from './school-fields.ts'
import { HINT_BELOW, SchoolInputs } from './school-inputs.tsx'
import { useCreateSchool, useRequestJob } from './schools.api.ts'
import { useSchoolForm } from './use-school-form.ts'

interface NewSchoolFormProps {
  onStarted: (jobId: string) => void
  /** It is registered, and nothing sets it up. */
  onNotStarted: (school: SchoolAnswer, error: unknown) => void
}

/** Registers a school and has it set up. */
export function NewSchoolForm({ onStarted, onNotStarted }: NewSchoolFormProps) {
  const { t } = useTranslation('owner')
  const { t: tCommon } = useTranslation()
  const { time } = useOwner()
  const create = useCreateSchool()
  const provision = useRequestJob()
  // A code that was typed is nobody's to change.
  const [isOwnCode, setOwnCode] = useState(false)
  const { form, onInvalid, showRefusal } = useSchoolForm({
    name: '',
    code: '',
    plan: 'standard',
    subdomain: '',
    group: '',
    adminEmail: '',
    timezone: time.timezone,
    locale: 'en-IN',
    listed: true,
  })
  const isBusy = create.isPending || provision.isPending
  const name = form.getInputProps('name')
  const code = form.getInputProps('code')

  const submit = form.onSubmit(async (values) => {
    if (isBusy) return
    const school = await create
      .mutateAsync({ code: values.code.trim().toUpperCase(), ...toFields(values) })
      .catch((error: unknown) => void showRefusal(error))
    if (!school) return
    await provision.mutateAsync({ schoolId: school.id, verb: 'provision' }).then(
      ({ jobId }) => onStarted(jobId),
      (error: unknown) => onNotStarted(school, error),
    )
  }, onInvalid)

  const isAtFields = refusedFields(create.error).length > 0
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }} maw={760}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          {create.isError && !isAtFields && <ErrorAlert error={create.error} />}
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              label={t('form.name')}
              required
              autoComplete="off"
              data-autofocus
              {...name}
              onChange={(event) => {
                name['onChange'](event)
                if (!isOwnCode) form.setFieldValue('code', proposeCode(event.currentTarget.value))
              }}
            />
            <TextInput
              label={t('form.code')}
              description={t('form.codeHint')}
              inputWrapperOrder={HINT_BELOW}
              required
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              maxLength={16}
              {...code}
              onChange={(event) => {
                const typed = event.currentTarget.value.toUpperCase()
                setOwnCode(typed !== '')
                form.setFieldValue('code', typed)
              }}
            />
          </SimpleGrid>
          <SchoolInputs form={form} />
          <Group>
            <Button type="submit" loading={isBusy}>
              {t('new.submit')}
            </Button>
            <Button component={Link} to="/owner" variant="default">
              {tCommon('actions.cancel')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  )
}
