import { NumberInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormFrame, RefusalAlert } from '#src/ui/form-modal.tsx'
import { personName } from '#src/ui/person-name.ts'
import { useNotify } from '#src/ui/use-notify.tsx'
import { useChangeEnrollment } from './enrollment.api.ts'
import type { PlaceFormProps } from './transfer-form.tsx'
import { useChange } from './use-change.ts'

export function RollNumberForm({ pupil, year, onDone }: PlaceFormProps) {
  const { t } = useTranslation('structure')
  const { t: common } = useTranslation()
  const notify = useNotify()
  const save = useChangeEnrollment()
  const name = personName(pupil)
  const [rollNo, setRollNo] = useState<number | string>(pupil.rollNo ?? '')
  const change = useChange({
    name,
    pupil,
    year,
    known: { roll_no_taken: { field: 'rollNo', text: t('change.rollTaken') } },
  })
  const send = async () => {
    if (save.isPending) return
    if (typeof rollNo !== 'number' || rollNo < 1 || rollNo > 100_000)
      return change.setFields({ rollNo: t('change.rollRange') })
    const id = pupil.enrollmentId ?? ''
    if (!(await change.send(() => save.mutateAsync({ id, patch: { rollNo } })))) return
    notify.done(t('change.rollDone', { name, rollNo }))
    onDone()
  }
  return (
    <FormFrame
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
      onCancel={onDone}
      submitLabel={common('actions.save')}
      isBusy={save.isPending}
      refusal={change.text && <RefusalAlert>{change.text}</RefusalAlert>}
    >
      <NumberInput
        label={t('change.rollNo')}
        value={rollNo}
        onChange={setRollNo}
        error={change.fields['rollNo']}
        hideControls
        allowDecimal={false}
        allowNegative={false}
        data-autofocus
      />
    </FormFrame>
  )
}
