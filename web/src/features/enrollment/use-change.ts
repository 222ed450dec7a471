import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '#src/lib/http/problem.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { useErrorText } from '#src/ui/error-text.ts'
import { type KnownCodes, readRefusal } from '#src/ui/read-refusal.ts'
import type { RosterPupil, Year } from './enrollment.api.ts'
import type { Full } from './over-capacity.tsx'

interface ChangeState {
  fields: Record<string, string>
  text: string | null
  /** The other section has no seat. */
  full: Full | null
}

const NOTHING: ChangeState = { fields: {}, text: null, full: null }

/** Sends a change of one pupil's place and keeps what the server had against it. */
export function useChange({
  name,
  pupil,
  year,
  dateField,
  known = {},
}: {
  name: string
  pupil: RosterPupil
  year: Year
  /** What the form calls its day. */
  dateField?: string
  known?: KnownCodes
}) {
  const { t } = useTranslation('structure')
  const { time } = useSchool()
  const errorText = useErrorText()
  const [state, setState] = useState(NOTHING)
  const at = (text: string) => (dateField === undefined ? { text } : { field: dateField, text })
  const codes: KnownCodes = {
    enrollment_closed: { text: t('change.closed', { name }) },
    membership_closed: { text: t('change.closed', { name }) },
    dates_out_of_order: at(t('change.order', { date: time.date(pupil.joinedOn) })),
    date_outside_year: at(
      t('change.outsideYear', { from: time.date(year.startsOn), to: time.date(year.endsOn) }),
    ),
    ...known,
  }
  return {
    ...state,
    setFields: (fields: Record<string, string>) =>
      setState({ ...NOTHING, fields, full: state.full }),
    async send(work: () => Promise<unknown>): Promise<boolean> {
      setState({ ...NOTHING, full: state.full })
      try {
        await work()
        return true
      } catch (error) {
        const isFull = error instanceof Problem && error.code === 'capacity_exceeded'
        if (isFull) setState({ ...NOTHING, full: error.details })
        else {
          const { fields, text } = readRefusal(error, {
            known: codes,
            invalid: t('form.invalid'),
            isField: (path) => ['sectionId', 'reason', 'rollNo', dateField].includes(path),
            errorText,
          })
          setState({ ...NOTHING, fields, text })
        }
        return false
      }
    },
  }
}
