import { Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { FormFrame, RefusalAlert } from '#src/ui/form-modal.tsx'
import { personName } from '#src/ui/person-name.ts'
import { useNotify } from '#src/ui/use-notify.tsx'
import { type RosterPupil, type Section, useChangeEnrollment, type Year } from './enrollment.api.ts'
import { OverCapacity } from './over-capacity.tsx'
import { useChange } from './use-change.ts'

export interface PlaceFormProps {
  pupil: RosterPupil
  section: Section
  year: Year
  /** The day the list shows. */
  date: string
  onDone: () => void
}

/** From one homeroom to another: the days before stay what they were. */
export function TransferForm({
  pupil,
  section,
  year,
  date,
  homerooms,
  onDone,
}: PlaceFormProps & { homerooms: readonly Section[] }) {
  const { t } = useTranslation('structure')
  const { time } = useSchool()
  const notify = useNotify()
  const transfer = useChangeEnrollment()
  const name = personName(pupil)
  const [sectionId, setSectionId] = useState<string | null>(null)
  const [on, setOn] = useState(date)
  const [reason, setReason] = useState('')
  const change = useChange({
    name,
    pupil,
    year,
    dateField: 'on',
    known: { same_section: { field: 'sectionId', text: t('change.sameSection', { name }) } },
  })
  const others = homerooms.filter(({ id }) => id !== section.id)
  const target = others.find(({ id }) => id === sectionId)
  const send = async () => {
    if (transfer.isPending || !pupil.enrollmentId) return
    const faults = {
      ...(!target && { sectionId: t('form.required') }),
      ...(!on && { on: t('form.required') }),
      ...(!reason.trim() && { reason: t('form.required') }),
    }
    if (Object.keys(faults).length > 0 || !target) return change.setFields(faults)
    const patch = {
      sectionId: target.id,
      on,
      reason: reason.trim(),
      ...(change.full && { overrideCapacity: true }),
    }
    const id = pupil.enrollmentId
    if (!(await change.send(() => transfer.mutateAsync({ id, patch })))) return
    notify.done(
      on > time.today()
        ? t('change.transferPlanned', { name, section: target.name, date: time.date(on) })
        : t('change.transferDone', { name, section: target.name }),
    )
    onDone()
  }
  if (others.length === 0) return <EmptyState text={t('change.noOther')} />
  return (
    <FormFrame
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
      onCancel={onDone}
      submitLabel={change.full ? t('enroll.anyway') : t('change.transferSubmit')}
      isBusy={transfer.isPending}
      refusal={
        <>
          {change.full && target && <OverCapacity section={target.name} full={change.full} />}
          {change.text && <RefusalAlert>{change.text}</RefusalAlert>}
        </>
      }
    >
      <Select
        label={t('change.transferTo')}
        data={others.map(({ id, name, capacity, enrolledCount }) => ({
          value: id,
          label: capacity === null ? name : `${name} (${enrolledCount}/${capacity})`,
        }))}
        value={sectionId}
        onChange={(id) => {
          setSectionId(id)
          change.setFields({})
        }}
        error={change.fields['sectionId']}
        searchable
        openOnFocus={false}
        limit={50}
        nothingFoundMessage={t('enrollment.noSection')}
        data-autofocus
      />
      <TextInput
        type="date"
        label={t('change.on')}
        value={on}
        onChange={(event) => setOn(event.currentTarget.value)}
        min={pupil.joinedOn}
        max={year.endsOn}
        error={change.fields['on']}
      />
      <Textarea
        label={t('change.reason')}
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
