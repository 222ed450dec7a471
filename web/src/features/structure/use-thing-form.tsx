import { Button, Text } from '@mantine/core'
import { type FormValidateInput, useForm } from '@mantine/form'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useErrorText } from '#src/ui/error-text.ts'
import { RefusalAlert, SavedNote } from '#src/ui/form-modal.tsx'
import { type KnownCodes, readRefusal, type Refusal } from '#src/ui/read-refusal.ts'
import { useNotify } from '#src/ui/use-notify.tsx'
import { type Resource, useSave, type Versioned } from './structure.api.ts'

interface ThingForm<Values> {
  resource: Resource
  /** What is changed; undefined: something new. */
  item: Versioned | undefined
  values: Values
  validate: FormValidateInput<Values>
  toBody: (values: Values) => object
  nameOf: (values: Values) => string
  /** What the page can say about a refusal, given what was sent. */
  known: (values: Values, details: Readonly<Record<string, unknown>>) => KnownCodes
  /** What the form begins with after "save and add another". */
  nextValues?: (values: Values) => Values
  onDone: () => void
  /** Opens the form again with what is there now. */
  onReload: () => void
}

/** The form of one of the structure's things: sends it once, says at the fields what was refused, and goes on to the next one. */
export function useThingForm<Values extends Record<string, unknown>>({
  resource,
  item,
  values,
  validate,
  toBody,
  nameOf,
  known,
  nextValues,
  onDone,
  onReload,
}: ThingForm<Values>) {
  const { t } = useTranslation('structure')
  const notify = useNotify()
  const errorText = useErrorText()
  const save = useSave(resource)
  const [refused, setRefused] = useState<Refusal | null>(null)
  /** What was saved before this one, while the form stays open. */
  const [savedName, setSavedName] = useState<string | null>(null)
  const form = useForm<Values>({ mode: 'controlled', initialValues: values, validate })

  const focus = (paths: readonly string[]) =>
    paths[0] !== undefined && form.getInputNode(paths[0])?.focus()

  const send = (another: boolean) =>
    form.onSubmit(
      async (sent) => {
        if (save.isPending) return
        setRefused(null)
        setSavedName(null)
        try {
          await save.mutateAsync({ item, body: toBody(sent) })
        } catch (error) {
          const refusal = readRefusal(error, {
            known: known(sent, detailsOf(error)),
            invalid: t('form.invalid'),
            isField: (path) => (path.split('.', 1)[0] ?? '') in sent,
            errorText,
          })
          form.setErrors(refusal.fields)
          setRefused(refusal)
          focus(Object.keys(refusal.fields))
          return
        }
        if (!another) {
          notify.done(t('done.saved', { name: nameOf(sent) }))
          return onDone()
        }
        setSavedName(nameOf(sent))
        form.setValues(nextValues?.(sent) ?? values)
        form.clearErrors()
        focus(Object.keys(values))
      },
      (errors) => focus(Object.keys(errors)),
    )

  const refusal: ReactNode = refused?.isStale ? (
    <RefusalAlert>
      <Text size="sm">{t('form.stale')}</Text>
      <Button size="xs" variant="default" onClick={onReload}>
        {t('form.reload')}
      </Button>
    </RefusalAlert>
  ) : (
    (refused?.text && <RefusalAlert>{refused.text}</RefusalAlert>) ||
    (savedName !== null && <SavedNote>{t('done.saved', { name: savedName })}</SavedNote>)
  )

  return {
    form,
    refusal,
    frame: {
      onSubmit: send(false),
      onCancel: onDone,
      isBusy: save.isPending,
      refusal,
      second: item === undefined && nextValues && (
        <Button variant="default" disabled={save.isPending} onClick={() => send(true)()}>
          {t('form.saveAnother')}
        </Button>
      ),
    },
  }
}

const detailsOf = (error: unknown): Readonly<Record<string, unknown>> =>
  typeof error === 'object' && error !== null && 'details' in error
    ? (error.details as Readonly<Record<string, unknown>>)
    : {}
