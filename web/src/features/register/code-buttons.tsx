import { useTranslation } from 'react-i18next'
import { CODE_BUTTONS, type Code } from './marks.ts'
import classes from './register.module.css'
import { useCodeName } from '#src/ui/use-code-name.ts'

interface CodeButtonsProps {
  /** Of the group of radio buttons, once a page. */
  name: string
  /** The id of the pupil's name, and the name itself. */
  labelledBy: string
  pupil: string
  codes: readonly Code[]
  status: string
  tabIndex: number
  onChoose: (code: string) => void
}

export function CodeButtons({
  name,
  labelledBy,
  pupil,
  codes,
  status,
  tabIndex,
  onChoose,
}: CodeButtonsProps) {
  const { t } = useTranslation('teacher')
  const codeName = useCodeName()
  // A retired one stands here as long as it is what the pupil has.
  const given = codes.filter((code) => code.isActive || code.code === status)
  const buttons = given.slice(0, CODE_BUTTONS)
  const others = given.slice(CODE_BUTTONS)
  const other = others.find((code) => code.code === status)
  return (
    <div className={classes.codes}>
      <div className={classes.group} role="radiogroup" aria-labelledby={labelledBy}>
        {buttons.map((code) => (
          <label key={code.code} className={classes.code}>
            <input
              type="radio"
              name={name}
              value={code.code}
              checked={code.code === status}
              data-target={code.code === status || undefined}
              tabIndex={tabIndex}
              onChange={() => onChoose(code.code)}
            />
            {codeName(code)}
          </label>
        ))}
      </div>
      {others.length > 0 && (
        <select
          className={classes.more}
          aria-label={t('register.otherCodes', { name: pupil })}
          value={other?.code ?? ''}
          data-chosen={other ? true : undefined}
          data-target={other ? true : undefined}
          tabIndex={tabIndex}
          onChange={(event) => event.currentTarget.value && onChoose(event.currentTarget.value)}
        >
          <option value="">{t('register.other')}</option>
          {others.map((code) => (
            <option key={code.code} value={code.code}>
              {codeName(code)}
            </option>
          ))}
        </select>
      )}
    </div>
  )
}
