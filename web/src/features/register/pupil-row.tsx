import { TextInput, VisuallyHidden } from '@mantine/core'
import { IconMessage2, IconMessage2Plus } from '@tabler/icons-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { personName } from '#src/ui/person-name.ts'
import { CodeButtons } from './code-buttons.tsx'
import type { MarkValue } from './drafts.ts'
import type { Code, Line, Pupil } from './marks.ts'
import classes from './register.module.css'
import { toneOf } from './tone.ts'
import { useCodeName } from '#src/ui/use-code-name.ts'

const MAX_MINUTES = 600

export interface PupilRowProps {
  index: number
  pupil: Pupil
  status: string
  minutesLate: number | null
  note: string | null
  lock: Line['lock']
  isReadOnly: boolean
  /** The one row that the Tab key stops at. */
  isActive: boolean
  codes: readonly Code[]
  onMark: (pupil: Pupil, change: Partial<MarkValue>) => void
  onNote: (index: number) => void
}

/** One pupil. Drawn again only when something of this pupil changes: there may be hundreds. */
export const PupilRow = memo(function PupilRow(props: PupilRowProps) {
  const { index, pupil, status, minutesLate, note, lock, isReadOnly, isActive, codes } = props
  const { t } = useTranslation('teacher')
  const codeName = useCodeName()
  const code = codes.find((of) => of.code === status)
  const name = personName(pupil)
  const nameId = `name-${pupil.studentUserId}`
  const isFixed = isReadOnly || lock !== null
  const isUnmarked = isReadOnly && pupil.entry === null
  const tabIndex = isActive ? 0 : -1
  return (
    <li
      className={classes.row}
      data-row={index}
      data-tone={isUnmarked ? 'none' : toneOf(code)}
      data-fixed={isFixed || undefined}
    >
      <span className={classes.roll}>
        <VisuallyHidden>{t('register.roll')} </VisuallyHidden>
        {pupil.rollNo ?? '–'}
      </span>
      <span className={classes.name}>
        <span id={nameId}>{name}</span>
        {lock && <span className={classes.under}>{t(`register.lock.${lock}`)}</span>}
        {note && <span className={classes.under}>{note}</span>}
      </span>
      {isFixed ? (
        <span
          className={classes.fixed}
          data-target
          role="group"
          aria-labelledby={nameId}
          tabIndex={tabIndex}
        >
          {isUnmarked
            ? t('register.unmarked')
            : codeName({ code: status, name: code?.name ?? status })}
          {minutesLate !== null && ` · ${t('register.minutesOf', { count: minutesLate })}`}
        </span>
      ) : (
        <>
          <span>
            {code?.takesMinutes && (
              <TextInput
                size="sm"
                data-minutes
                className={classes.minutes}
                aria-label={t('register.minutesLabel', { name })}
                inputMode="numeric"
                autoComplete="off"
                maxLength={3}
                tabIndex={tabIndex}
                value={minutesLate ?? ''}
                rightSection={<span aria-hidden>{t('register.min')}</span>}
                rightSectionWidth={40}
                onChange={({ currentTarget: { value } }) => {
                  const digits = value.replaceAll(/\D/g, '')
                  props.onMark(pupil, {
                    minutesLate: digits === '' ? null : Math.min(Number(digits), MAX_MINUTES),
                  })
                }}
              />
            )}
          </span>
          <CodeButtons
            name={`mark-${pupil.studentUserId}`}
            labelledBy={nameId}
            pupil={name}
            codes={codes}
            status={status}
            tabIndex={tabIndex}
            onChoose={(chosen) => props.onMark(pupil, { status: chosen })}
          />
          <button
            type="button"
            className={classes.noteButton}
            data-noted={note ? true : undefined}
            tabIndex={tabIndex}
            aria-label={t(note ? 'register.noteEdit' : 'register.noteAdd', { name })}
            onClick={() => props.onNote(index)}
          >
            {note ? (
              <IconMessage2 size={22} aria-hidden />
            ) : (
              <IconMessage2Plus size={22} aria-hidden />
            )}
          </button>
        </>
      )}
    </li>
  )
})
