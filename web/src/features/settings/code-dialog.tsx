import { Button, Checkbox, Group, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { AttendanceCodeAnswer } from '@usms/school-api/modules/attendance-codes/attendance-codes.schema'
import { useTranslation } from 'react-i18next'
import { Problem } from '#src/lib/http/problem.ts'
import { ErrorAlert } from '#src/ui/error-alert.tsx'
import { FormModal } from '#src/ui/form-modal.tsx'
import { useCodeName } from '#src/ui/use-code-name.ts'
import { useNotify } from '#src/ui/use-notify.tsx'
import { type CodeWrite, useWriteCode } from './settings.api.ts'

interface CodeDialogProps {
  /** Absent: the dialog is closed. */
  edited: AttendanceCodeAnswer | 'new' | undefined
  onClose: () => void
}

export function CodeDialog({ edited, onClose }: CodeDialogProps) {
  const { t } = useTranslation('planning')
  const codeName = useCodeName()
  return (
    <FormModal
      opened={edited !== undefined}
      onClose={onClose}
      title={
        edited === undefined || edited === 'new'
          ? t('codes.add')
          : t('codes.changeOne', { name: codeName(edited) })
      }
    >
      {edited && <Form code={edited === 'new' ? undefined : edited} onClose={onClose} />}
    </FormModal>
  )
}

type Counts = 'present' | 'absent' | 'notCounted'

interface Values {
  code: string
  name: string
  counts: Counts
  takesMinutes: boolean
  isActive: boolean
}

const valuesOf = (code: AttendanceCodeAnswer): Values => ({
  code: code.code,
  name: code.name,
  counts: !code.countsPossible ? 'notCounted' : code.countsPresent ? 'present' : 'absent',
  takesMinutes: code.takesMinutes,
  isActive: code.isActive,
})
const NEW: Values = {
  code: '',
  name: '',
  counts: 'present',
  takesMinutes: false,
  isActive: true,
}

function toWrite(code: AttendanceCodeAnswer | undefined, values: Values): CodeWrite {
  const { name, takesMinutes, isActive, counts } = values
  const meaning = {
    countsPresent: counts === 'present',
    countsPossible: counts !== 'notCounted',
    takesMinutes,
  }
  if (!code) return { code, body: { code: values.code, name, ...meaning, orderNo: 100 } }
  return { code, patch: code.isBuiltIn ? { name } : { name, ...meaning, isActive } }
}

function Form({ code, onClose }: { code: AttendanceCodeAnswer | undefined; onClose: () => void }) {
  const { t } = useTranslation('planning')
  const { t: common } = useTranslation()
  const notify = useNotify()
  const write = useWriteCode()
  const required = (value: string) => (value.trim() ? null : t('lesson.errors.required'))
  const form = useForm<Values>({
    initialValues: code ? valuesOf(code) : NEW,
    validate: {
      name: required,
      code: (value) =>
        required(value) ?? (/^[a-z][a-z0-9_]*$/i.test(value.trim()) ? null : t('codes.badCode')),
    },
  })
  const isBuiltIn = code?.isBuiltIn ?? false

  const save = form.onSubmit(async (values) => {
    try {
      await write.mutateAsync(toWrite(code, values))
      notify.done(t('codes.saved'))
      onClose()
    } catch (error) {
      const field = error instanceof Problem && FIELD_OF_CODE[error.code]
      if (field) form.setFieldError(field, t(`codes.${field === 'code' ? 'taken' : 'inUse'}`))
    }
  })
  const isAtField = write.error instanceof Problem && write.error.code in FIELD_OF_CODE

  return (
    <form onSubmit={save} noValidate>
      <Stack gap="md">
        <TextInput
          label={t('codes.name')}
          required
          maxLength={100}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <TextInput
          label={t('codes.code')}
          description={t('codes.codeHint')}
          required
          maxLength={20}
          disabled={code !== undefined}
          {...form.getInputProps('code')}
        />
        {isBuiltIn ? (
          <Text size="sm" c="dimmed">
            {t('codes.builtIn')}
          </Text>
        ) : (
          <>
            <Radio.Group label={t('codes.counts')} {...form.getInputProps('counts')}>
              <Stack gap="xs" mt={6}>
                {(['present', 'absent', 'notCounted'] as const).map((counts) => (
                  <Radio key={counts} value={counts} label={t(`codes.countsAs.${counts}`)} />
                ))}
              </Stack>
            </Radio.Group>
            <Checkbox
              label={t('codes.takesMinutes')}
              {...form.getInputProps('takesMinutes', { type: 'checkbox' })}
            />
            {code && (
              <Checkbox
                label={t('codes.isActive')}
                description={t('codes.retireHint')}
                {...form.getInputProps('isActive', { type: 'checkbox' })}
              />
            )}
          </>
        )}
        {write.isError && !isAtField && <ErrorAlert error={write.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common('actions.cancel')}
          </Button>
          <Button type="submit" loading={write.isPending}>
            {common('actions.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

const FIELD_OF_CODE: Readonly<Record<string, 'code' | 'counts'>> = {
  code_taken: 'code',
  in_use: 'counts',
}
