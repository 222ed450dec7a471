import { Button, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { KnownSchool } from '#src/lib/last-school.ts'
import type { SchoolSession } from '#src/lib/session/sessions.ts'
import { FailureAlert } from './failure-alert.tsx'
import { PasswordField } from './password-field.tsx'
import { RoleTabs, type SignInTab } from './role-tabs.tsx'
import type { SignInFailure } from './sign-in-failure.ts'
import { useCountdown } from './use-countdown.ts'
import { useSignIn } from './use-sign-in.ts'

interface SchoolSignInFormProps {
  school: KnownSchool | undefined
  session: SchoolSession | undefined
  initialTab: SignInTab
  /** The field with which the school is chosen, told what is wrong with the choice. */
  renderSchool: (wrong: ReactNode) => ReactNode
  /** Moves the focus there. */
  focusSchool: () => void
  onSignedIn: (as: SignInTab) => void
}

/** Who one is and the password. The fields keep what was typed whatever the answer, so that browsers can fill them in, too. */
export function SchoolSignInForm({
  school,
  session,
  initialTab,
  renderSchool,
  focusSchool,
  onSignedIn,
}: SchoolSignInFormProps) {
  const { t } = useTranslation('auth')
  const [tab, setTab] = useState(initialTab)
  const [missing, setMissing] = useState<readonly string[]>([])
  const { submit, isBusy, failure, forget } = useSignIn(session)
  const form = useRef<HTMLFormElement>(null)
  const roleId = useId()
  const secondsLeft = useCountdown(failure?.kind === 'wait' ? failure.until : undefined)
  const mustWait = secondsLeft !== undefined && secondsLeft > 0
  const isTeacher = tab === 'TEACHER'

  const focus = (name: string) =>
    form.current?.querySelector<HTMLInputElement>(`input[name="${name}"]`)?.focus()
  /** To what has to be mended; what passes by itself leaves the focus on the button. */
  const focusWhatToMend = (why: SignInFailure) => {
    if (why.kind === 'credentials') focus('password')
    else if (why.kind === 'gone') focusSchool()
    else if (why.kind === 'role')
      form.current?.querySelector<HTMLInputElement>('input[type="radio"]:checked')?.focus()
    else if (why.kind === 'invalid') focus(why.fields[0] ?? 'username')
  }

  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (mustWait) return
    const typed = new FormData(event.currentTarget)
    const textOf = (name: string) => String(typed.get(name) ?? '')
    const empty = ['username', 'password'].filter((name) => textOf(name).trim() === '')
    const lacking = [...(school ? [] : ['school']), ...empty]
    setMissing(lacking)
    const [first] = lacking
    if (first) return first === 'school' ? focusSchool() : focus(first)
    const why = await submit({
      username: textOf('username'),
      password: textOf('password'),
      // Owners and admins share a tab, and the server knows which of them it is.
      ...(tab !== 'STAFF' && { role: tab }),
      ...(isTeacher && { teacherId: textOf('teacherId') }),
    })
    if (why) focusWhatToMend(why)
    else onSignedIn(tab)
  }

  const isInvalid = (name: string) => failure?.kind === 'invalid' && failure.fields.includes(name)
  const errorOf = (name: string) =>
    missing.includes(name)
      ? t('failure.required')
      : isInvalid(name)
        ? t('failure.invalid')
        : undefined
  const wrong =
    failure?.kind === 'credentials' &&
    t(isTeacher ? 'failure.credentialsTeacher' : 'failure.credentials')
  const wrongSchool = missing.includes('school')
    ? t('login.chooseSchool')
    : failure?.kind === 'gone' && t('failure.gone')

  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => void send(event)}
      onInput={() => {
        forget()
        setMissing([])
      }}
    >
      <Stack>
        {renderSchool(wrongSchool)}
        <div>
          <Text component="span" id={roleId} fw={600}>
            {t('login.role')}
          </Text>
          <RoleTabs
            value={tab}
            onChange={(chosen) => {
              setTab(chosen)
              forget()
            }}
            labelId={roleId}
            errorId={failure?.kind === 'role' ? `${roleId}-error` : undefined}
          />
          {failure?.kind === 'role' && (
            <Text
              id={`${roleId}-error`}
              role="alert"
              size="sm"
              c="var(--mantine-color-error)"
              mt={4}
            >
              {t(`failure.role.${tab}`)}
            </Text>
          )}
        </div>
        <TextInput
          name="username"
          label={t('login.username')}
          autoComplete="username"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          maxLength={200}
          required
          withAsterisk={false}
          size="md"
          error={errorOf('username') ?? Boolean(wrong)}
        />
        <PasswordField
          name="password"
          label={t('login.password')}
          autoComplete="current-password"
          error={errorOf('password') ?? wrong}
        />
        {isTeacher && (
          <TextInput
            name="teacherId"
            label={t('login.teacherId')}
            description={t('login.teacherIdHint')}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            maxLength={50}
            size="md"
            error={errorOf('teacherId')}
          />
        )}
        {failure && <FailureAlert failure={failure} secondsLeft={secondsLeft} />}
        <Button
          type="submit"
          size="md"
          fullWidth
          loading={isBusy}
          // Not `disabled`: the focus would be lost.
          aria-disabled={mustWait || undefined}
          data-disabled={mustWait || undefined}
        >
          {t('login.submit')}
        </Button>
      </Stack>
    </form>
  )
}
