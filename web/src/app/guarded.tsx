import { Box, Center, Container, Loader } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, useLocation } from 'react-router'
import type { Session } from '#src/lib/session/session.ts'
import { useSessionState } from '#src/lib/session/use-session.ts'
import { ErrorAlert } from '#src/ui/error-alert.tsx'

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
  }, [session, state.status])

  switch (state.status) {
    case 'unknown':
      return (
        <Center mih="100dvh">
          <Loader aria-label={t('state.loading')} role="status" />
        </Center>
      )
    case 'unreachable':
      return (
        <Container size="xs" py="xl">
          <Box component="main">
            <ErrorAlert error={state.error} onRetry={() => void session.restore()} />
          </Box>
        </Container>
      )
    case 'signed-out':
      return <Navigate to={loginPath} replace state={{ from: pathname + search }} />
    case 'signed-in':
      return children(state.who)
  }
}
