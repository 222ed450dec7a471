import { Button, List, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '#src/lib/http/problem.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { useErrorText } from '#src/ui/error-text.ts'
import { FormFrame, RefusalAlert } from '#src/ui/form-modal.tsx'
import { personName } from '#src/ui/person-name.ts'
import { useNotify } from '#src/ui/use-notify.tsx'
import {
  type RosterPupil,
  type Section,
  useAddMembers,
  useEnroll,
  type Year,
} from './enrollment.api.ts'
import { type Full, OverCapacity } from './over-capacity.tsx'
import { type Picked, PupilPicker } from './pupil-picker.tsx'
import { type PupilFault, readFaults } from './read-faults.ts'

/** What one request takes. */
const MAX_AT_ONCE = 200

interface EnrollFormProps {
  section: Section
  year: Year
  date: string
  roster: readonly RosterPupil[]
  homerooms: readonly Section[]
  onDone: () => void
}

/** Into a homeroom or a group: several pupils, one day, one request. */
export function EnrollForm({ section, year, date, roster, homerooms, onDone }: EnrollFormProps) {
  const { t } = useTranslation('structure')
  const { time } = useSchool()
  const notify = useNotify()
  const errorText = useErrorText()
  const enroll = useEnroll()
  const addMembers = useAddMembers(section.id)
  const isGroup = section.kind === 'GROUP'
  const isBusy = enroll.isPending || addMembers.isPending
  const [picked, setPicked] = useState<Picked>(new Map())
  const [joinedOn, setJoinedOn] = useState(date)
  const [reason, setReason] = useState('')
  const [full, setFull] = useState<Full | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [hint, setHint] = useState<'pick' | 'reason' | null>(null)
  const [faults, setFaults] = useState<readonly PupilFault[]>([])

  const taken = new Set(isGroup ? roster.map(({ studentUserId }) => studentUserId) : [])
  const isOutside = joinedOn < year.startsOn || joinedOn > year.endsOn
  const dateFault = isOutside
    ? t('enroll.notInYear', { from: time.date(year.startsOn), to: time.date(year.endsOn) })
    : null

  const send = async () => {
    if (isBusy) return
    setError(null)
    setFaults([])
    setHint(null)
    if (picked.size === 0) return setHint('pick')
    if (dateFault) return
    if (full && !reason.trim()) return setHint('reason')
    const ids = [...picked.keys()]
    const override = full ? { overrideCapacity: true, reason: reason.trim() } : {}
    try {
      if (isGroup) await addMembers.mutateAsync({ studentUserIds: ids, joinedOn, ...override })
      else
        await enroll.mutateAsync({
          enrollments: ids.map((studentUserId) => ({
            studentUserId,
            academicYearId: year.id,
            sectionId: section.id,
            joinedOn,
          })),
          ...override,
        })
    } catch (refused) {
      const isFull = refused instanceof Problem && refused.code === 'capacity_exceeded'
      if (!isFull) {
        setFaults(readFaults(refused, ids))
        return setError(refused)
      }
      const { capacity, enrolledCount } = section
      return setFull({
        ...(capacity !== null && { capacity, enrolled: enrolledCount }),
        ...refused.details,
      })
    }
    const names = { count: ids.length, section: section.name }
    notify.done(isGroup ? t('enroll.added', names) : t('enroll.done', names))
    onDone()
  }

  const leaveOut = () => {
    const faulty = new Set(faults.map(({ id }) => id))
    setPicked(new Map([...picked].filter(([id]) => !faulty.has(id))))
    setError(null)
    setFaults([])
  }
  const count = { count: picked.size }
  const label =
    picked.size === 0
      ? t(isGroup ? 'enroll.addNone' : 'enroll.submitNone')
      : isGroup
        ? t('enroll.add', count)
        : t('enroll.submit', count)
  return (
    <FormFrame
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
      onCancel={onDone}
      submitLabel={full ? t('enroll.anyway') : label}
      isBusy={isBusy}
      refusal={
        <Stack gap="sm">
          {hint === 'pick' && <RefusalAlert>{t('enroll.pick')}</RefusalAlert>}
          {picked.size > MAX_AT_ONCE && (
            <RefusalAlert>{t('enroll.tooMany', { max: MAX_AT_ONCE })}</RefusalAlert>
          )}
          {full && (
            <OverCapacity
              section={section.name}
              full={full}
              reason={{
                value: reason,
                error: hint === 'reason' ? t('capacity.needed') : null,
                onChange: setReason,
              }}
            />
          )}
          {error !== null && faults.length === 0 && (
            <RefusalAlert>
              {error instanceof Problem && error.code === 'date_outside_year'
                ? t('enroll.outsideYear')
                : errorText(error)}
            </RefusalAlert>
          )}
          {faults.length > 0 && (
            <RefusalAlert title={t('enroll.refused')}>
              <List size="sm">
                {faults.map(({ id, text }) => (
                  <List.Item key={id} style={{ overflowWrap: 'anywhere' }}>
                    <Text span fw={550}>
                      {nameOf(picked, id)}
                    </Text>{' '}
                    {t(`enroll.${text}`)}
                  </List.Item>
                ))}
              </List>
              <Button variant="default" size="xs" onClick={leaveOut}>
                {t('enroll.leaveOut')}
              </Button>
            </RefusalAlert>
          )}
        </Stack>
      }
    >
      <PupilPicker
        yearId={isGroup ? undefined : year.id}
        homerooms={homerooms}
        taken={taken}
        picked={picked}
        onPick={(next) => {
          setPicked(next)
          setHint(null)
          // Fewer may fit.
          setFull(null)
        }}
      />
      <TextInput
        type="date"
        label={t('enroll.joinedOn')}
        value={joinedOn}
        onChange={(event) => setJoinedOn(event.currentTarget.value)}
        min={year.startsOn}
        max={year.endsOn}
        error={dateFault}
        maw={220}
      />
    </FormFrame>
  )
}

function nameOf(picked: Picked, id: string): string {
  const pupil = picked.get(id)
  return pupil ? personName(pupil) : ''
}
