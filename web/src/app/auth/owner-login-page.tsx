import { Anchor, Button, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Navigate, useLocation } from 'react-router'
import { AuthFrame } from '#src/features/auth/auth-frame.tsx'
import { FailureAlert } from '#src/features/auth/failure-alert.tsx'
import { PasswordField } from '#src/features/auth/password-field.tsx'
import { useCountdown } from '#src/features/auth/use-countdown.ts'
import { useSignIn } from '#src/features/auth/use-sign-in.ts'
import { readSignInState, wayBack } from '#src/lib/session/sign-in-state.ts'
import { useSessions } from '#src/lib/session/sessions-context.tsx'
import { useSessionState } from '#src/lib/session/use-session.ts'
import { Page } from '#src/ui/page.tsx'

/** Signing in as the owner of the platform. */
export function OwnerLoginPage() {
  const { t } = useTranslation('auth')
  const session = useSessions().ofOwner()
  const state = useSessionState(session)
  const left = readSignInState(useLocation().state)
  const mayGoOn = state.status === 'unknown' && session.mayBeSignedIn()
  useEffect(() => {
    if (mayGoOn) void session.restore()
  }, [mayGoOn, session])

  const { submit, isBusy, failure, forget } = useSignIn(session)
  const [missing, setMissing] = useState<readonly string[]>([])
  const secondsLeft = useCountdown(failure?.kind === 'wait' ? failure.until : undefined)
  const mustWait = secondsLeft !== undefined && secondsLeft > 0
  const form = useRef<HTMLFormElement>(null)
  const focus = (name: string) =>
    form.current?.querySelector<HTMLInputElement>(`input[name="${name}"]`)?.focus()

  if (state.status === 'signed-in')
    return <Navigate replace to={wayBack(left, state.who.owner.id, '/owner')} />

  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (mustWait) return
    const typed = new FormData(event.currentTarget)
    const credentials = {
      email: String(typed.get('email') ?? '').trim(),
      password: String(typed.get('password') ?? ''),
    }
    const lacking = (['email', 'password'] as const).filter((name) => credentials[name] === '')
    setMissing(lacking)
    if (lacking[0]) return focus(lacking[0])
    const why = await submit(credentials)
    if (why?.kind === 'credentials') focus('password')
    if (why?.kind === 'invalid') focus(why.fields[0] ?? 'email')
  }
  const errorOf = (name: string) => (missing.includes(name) ? t('failure.required') : undefined)
  const wrong = failure?.kind === 'credentials' && t('failure.ownerCredentials')

  return (
    <AuthFrame
      foot={
        <Anchor component={Link} to="/login" size="sm">
          {t('owner.school')}
        </Anchor>
      }
    >
      <Page title={t('owner.title')}>
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
            <TextInput
              name="email"
              type="email"
              label={t('owner.email')}
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              required
              withAsterisk={false}
              size="md"
              error={errorOf('email') ?? Boolean(wrong)}
            />
            <PasswordField
              name="password"
              label={t('login.password')}
              autoComplete="current-password"
              error={errorOf('password') ?? wrong}
            />
            {failure && <FailureAlert failure={failure} secondsLeft={secondsLeft} />}
            <Button
              type="submit"
              size="md"
              fullWidth
              loading={isBusy}
              aria-disabled={mustWait || undefined}
              data-disabled={mustWait || undefined}
            >
              {t('login.submit')}
            </Button>
          </Stack>
        </form>
      </Page>
    </AuthFrame>
  )
}
