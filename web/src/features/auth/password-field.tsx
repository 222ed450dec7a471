import { TextInput, type TextInputProps } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './password-field.module.css'

/** A password, with a button that shows it and can be reached by keyboard. */
export function PasswordField(props: TextInputProps) {
  const { t } = useTranslation('auth')
  const [isShown, setShown] = useState(false)
  return (
    <TextInput
      size="md"
      required
      withAsterisk={false}
      maxLength={1_000}
      type={isShown ? 'text' : 'password'}
      autoCapitalize="none"
      spellCheck={false}
      // Its rules are read, not glanced at, and in Devanagari lines need more room.
      descriptionProps={{ lh: 1.45 }}
      rightSection={
        <button
          type="button"
          className={classes.toggle}
          aria-label={t('login.showPassword')}
          aria-pressed={isShown}
          // A touch leaves the field, and with it the keyboard, as they are.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => setShown((before) => !before)}
        >
          <Eye isOpen={!isShown} />
        </button>
      }
      {...props}
    />
  )
}

const Eye = ({ isOpen }: { isOpen: boolean }): ReactNode => (
  <svg
    width="20"
    height="20"
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.75"
    strokeLinecap="round"
    aria-hidden
  >
    <path d="M2.5 12c2.4-4.3 5.6-6.5 9.5-6.5s7.1 2.2 9.5 6.5c-2.4 4.3-5.6 6.5-9.5 6.5S4.9 16.3 2.5 12z" />
    <circle cx="12" cy="12" r="2.75" />
    {!isOpen && <path d="M4 20 20 4" />}
  </svg>
)
