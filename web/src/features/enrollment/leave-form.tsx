import { Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormFrame, RefusalAlert } from '#src/ui/form-modal.tsx'
import { personName } from '#src/ui/person-name.ts'
import { useNotify } from '#src/ui/use-notify.tsx'
import { useChangeEnrollment, useCloseMember } from './enrollment.api.ts'
import type { PlaceFormProps } from './transfer-form.tsx'
import { useChange } from './use-change.ts'

/** Out of a homeroom, which takes a reason, or out of a group. */
export function LeaveForm({ pupil, section, year, date, onDone }: PlaceFormProps) {
  const { t } = useTranslation('structure')
  const notify = useNotify()
  const withdraw = useChangeEnrollment()
  const closeMember = useCloseMember(section.id)
  const name = personName(pupil)
  const isGroup = section.kind === 'GROUP'
  const isBusy = withdraw.isPending || closeMember.isPending
  const [leftOn, setLeftOn] = useState(date)
  const [reason, setReason] = useState('')
  const change = useChange({ name, pupil, year, dateField: 'leftOn' })
  const send = async () => {
    if (isBusy) return
    const faults = {
      ...(!leftOn && { leftOn: t('form.required') }),
      ...(!isGroup && !reason.trim() && { reason: t('form.required') }),
    }
    if (Object.keys(faults).length > 0) return change.setFields(faults)
    const patch = { leftOn, ...(reason.trim() && { reason: reason.trim() }) }
    const isDone = await change.send(() =>
      isGroup
        ? closeMember.mutateAsync({ id: pupil.membershipId ?? '', patch })
        : withdraw.mutateAsync({ id: pupil.enrollmentId ?? '', patch }),
    )
    if (!isDone) return
    const names = { name, section: section.name }
    notify.done(isGroup ? t('change.memberDone', names) : t('change.withdrawDone', names))
    onDone()
  }
  return (
    <FormFrame
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
      onCancel={onDone}
      submitLabel={isGroup ? t('change.memberSubmit') : t('change.withdrawSubmit')}
      submitColor="red.8"
      isBusy={isBusy}
      refusal={change.text && <RefusalAlert>{change.text}</RefusalAlert>}
    >
      {!isGroup && (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {t('change.withdrawText', { name, section: section.name })}
        </Text>
      )}
      <TextInput
        type="date"
        label={t('change.leftOn')}
        value={leftOn}
        onChange={(event) => setLeftOn(event.currentTarget.value)}
        min={pupil.joinedOn}
        error={change.fields['leftOn']}
        data-autofocus
      />
      <Textarea
        label={isGroup ? t('change.optionalReason') : t('change.reason')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={change.fields['reason']}
        maxLength={500}
        autosize
        minRows={1}
      />
    </FormFrame>
  )
}
