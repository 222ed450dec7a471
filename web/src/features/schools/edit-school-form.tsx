import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import type { SchoolAnswer } from '@usms/directory/modules/schools/schools.schema'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '#src/lib/http/problem.ts'
import { useNotify } from '#src/ui/use-notify.tsx'
import { OperationError } from './operation-error.tsx'
import { changesOf, refusedFields, toFields, toFormValues } from './school-fields.ts'
import { SchoolInputs } from './school-inputs.tsx'
import { useUpdateSchool } from './schools.api.ts'
import { useSchoolForm } from './use-school-form.ts'

/** Changes a school as it was when the form was opened; what others changed meanwhile is not written over unseen. */
export function EditSchoolForm({ school, onEnd }: { school: SchoolAnswer; onEnd: () => void }) {
  const { t } = useTranslation('owner')
  const { t: tCommon } = useTranslation()
  const notify = useNotify()
  const queryClient = useQueryClient()
  const update = useUpdateSchool(school.id)
  const [before, setBefore] = useState(school)
  const { form, onInvalid, showRefusal } = useSchoolForm(toFormValues(before))
  const firstField = useRef<HTMLInputElement>(null)
  // The button that opened the form is gone.
  useEffect(() => firstField.current?.focus(), [])
  const hasNewer = update.error instanceof Problem && update.error.status === 412

  const save = (version: number) =>
    form.onSubmit((values) => {
      if (update.isPending) return
      const changes = changesOf(toFields(toFormValues(before)), toFields(values))
      if (Object.keys(changes).length === 0) return onEnd()
      update.mutate(
        { changes, version },
        {
          onSuccess() {
            notify.done(t('school.edited'))
            onEnd()
          },
          onError(error) {
            showRefusal(error)
            if (error instanceof Problem && error.status === 412)
              void queryClient.invalidateQueries({ queryKey: ['school', school.id] })
          },
        },
      )
    }, onInvalid)

  const showNewer = () => {
    setBefore(school)
    form.setValues(toFormValues(school))
    update.reset()
  }
  const isAtFields = refusedFields(update.error).length > 0
  return (
    <form onSubmit={save(before.version)} noValidate>
      <Stack gap="md">
        {hasNewer ? (
          <Alert color="orange" variant="outline" role="alert" title={t('school.conflictTitle')}>
            <Stack gap="sm">
              <Text size="sm">{t('school.conflictText')}</Text>
              <Group gap="sm">
                <Button variant="default" onClick={showNewer}>
                  {t('school.showNewer')}
                </Button>
                <Button variant="default" onClick={() => save(school.version)()}>
                  {t('school.saveOver')}
                </Button>
              </Group>
            </Stack>
          </Alert>
        ) : (
          update.isError && !isAtFields && <OperationError error={update.error} />
        )}
        <TextInput
          label={t('form.name')}
          required
          ref={firstField}
          {...form.getInputProps('name')}
        />
        <SchoolInputs form={form} />
        <Group>
          <Button type="submit" loading={update.isPending}>
            {tCommon('actions.save')}
          </Button>
          <Button variant="default" onClick={onEnd}>
            {tCommon('actions.cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
