import { Anchor, Button, Center, Loader, Stack, Text } from '@mantine/core'
import { type ReactNode, useCallback, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Navigate, useLocation } from 'react-router'
import { AuthFrame } from '#src/features/auth/auth-frame.tsx'
import { Problem } from '#src/lib/http/problem.ts'
import type { Session } from '#src/lib/session/session.ts'
import type { SignInState } from '#src/lib/session/sign-in-state.ts'
import { useSessionState } from '#src/lib/session/use-session.ts'
import { ErrorAlert } from '#src/ui/error-alert.tsx'
import { Page } from '#src/ui/page.tsx'

interface GuardedProps<Who> {
  session: Session<Who>
  /** Where to sign in; comes back to where one was. */
  loginPath: string
  children: (who: Who) => ReactNode
}

/** Lets in whoever is signed in, after finding that out; sends everybody else to the sign-in. */
export function Guarded<Who>({ session, loginPath, children }: GuardedProps<Who>) {
  const { t } = useTranslation()
  const state = useSessionState(session)
  const { pathname, search } = useLocation()
  useEffect(() => {
    if (state.status === 'unknown') void session.restore()
  }, [session, state])

  switch (state.status) {
    case 'unknown':
      return (
        <Center mih="100dvh">
          <Loader aria-label={t('state.loading')} role="status" />
        </Center>
      )
    case 'unreachable':
      return <Unreachable error={state.error} loginPath={loginPath} onRetry={session.restore} />
    case 'signed-out': {
      // Whoever signed out goes on as somebody new; whose sign-in ended by itself comes back to the page they were on.
      const left: SignInState = state.onPurpose ? {} : { from: pathname + search, of: state.last }
      return <Navigate to={loginPath} replace state={left} />
    }
    case 'signed-in':
      return children(state.who)
  }
}

interface UnreachableProps {
  error: unknown
  loginPath: string
  onRetry: () => Promise<void>
}

/** Whether somebody is signed in cannot be told: nothing of theirs is shown meanwhile. */
function Unreachable({ error, loginPath, onRetry }: UnreachableProps) {
  const { t } = useTranslation('account')
  const { t: common } = useTranslation()
  const retry = useCallback(() => void onRetry(), [onRetry])
  useEffect(() => {
    // Whose connection comes back need not be asked to press a button.
    window.addEventListener('online', retry)
    return () => window.removeEventListener('online', retry)
  }, [retry])
  const isGone = error instanceof Problem && error.code === 'school_not_found'
  return (
    <AuthFrame>
      <Page title={t(isGone ? 'gone.title' : 'gone.unreachable')}>
        {isGone ? (
          <Stack align="flex-start">
            <Text>{t('gone.text')}</Text>
            <Button variant="default" onClick={retry}>
              {common('actions.tryAgain')}
            </Button>
          </Stack>
        ) : (
          <ErrorAlert error={error} onRetry={retry} />
        )}
        <Anchor component={Link} to={loginPath} style={{ alignSelf: 'flex-start' }}>
          {t('gone.signIn')}
        </Anchor>
      </Page>
    </AuthFrame>
  )
}
