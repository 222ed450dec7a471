import { Anchor, Button, Skeleton, Stack, Text } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation, useNavigate, useSearchParams } from 'react-router'
import { AcceptInviteForm } from '#src/features/auth/accept-invite-form.tsx'
import { AuthFrame } from '#src/features/auth/auth-frame.tsx'
import { useSchoolNamed } from '#src/features/auth/public-schools.api.ts'
import { Problem } from '#src/lib/http/problem.ts'
import { schoolCodeOf } from '#src/lib/session/school-code.ts'
import type { SignInState } from '#src/lib/session/sign-in-state.ts'
import { apiBaseOf } from '#src/lib/site.ts'
import { useSite } from '#src/lib/site-context.tsx'
import { Page } from '#src/ui/page.tsx'

/** Where the link of an invite leads: to a password, and from there to the sign-in. */
export function AcceptInvitePage() {
  const { t } = useTranslation('account')
  const site = useSite()
  const navigate = useNavigate()
  const [query] = useSearchParams()
  const { hash, pathname, search } = useLocation()
  const linked = new URLSearchParams(hash.slice(1)).get('token')
  const [token, setToken] = useState(linked)
  const [isUsed, setUsed] = useState(false)
  const [isGone, setGone] = useState(false)
  // Another link opened in the same tab: the address differs in its hash alone, so the page is not loaded anew.
  if (linked && linked !== token) {
    setToken(linked)
    setUsed(false)
    setGone(false)
  }
  const code = site.kind === 'school' ? site.code : schoolCodeOf(query.get('school'))
  const resolved = useSchoolNamed(site.kind === 'school' || !token ? undefined : code)
  const name = site.kind === 'school' ? site.name : resolved.data?.name

  useEffect(() => {
    // Whoever comes to this screen, or to this browser's history, later finds no token there.
    if (hash) void navigate(pathname + search, { replace: true })
  }, [hash, pathname, search, navigate])

  if (!code || !token) return <Hint kind="incomplete" loginPath="/login" />
  const loginPath = `/login?school=${code}`
  if (isUsed) return <Hint kind="used" loginPath={loginPath} />
  const isUnknown = resolved.error instanceof Problem && resolved.error.status === 404
  if (isGone || isUnknown) return <Hint kind="gone" loginPath="/login" />

  const onDone = () => {
    const state: SignInState = { accepted: true }
    return navigate(loginPath, { replace: true, state })
  }
  return (
    <AuthFrame>
      <Page
        title={t('invite.title')}
        subtitle={
          name ? (
            t('invite.welcome', { school: name })
          ) : resolved.isLoading ? (
            <Skeleton height={16} mt={6} width={220} />
          ) : (
            t('invite.welcomeBare')
          )
        }
      >
        <Stack>
          <Text>{t('invite.intro')}</Text>
          <AcceptInviteForm
            key={token}
            base={apiBaseOf(site, code)}
            token={token}
            onDone={() => void onDone()}
            onUsed={() => setUsed(true)}
            onGone={() => setGone(true)}
          />
        </Stack>
      </Page>
    </AuthFrame>
  )
}

interface HintProps {
  kind: 'incomplete' | 'used' | 'gone'
  loginPath: string
}

/** Why the link leads to no password, and what to do. */
function Hint({ kind, loginPath }: HintProps): ReactNode {
  const { t } = useTranslation('account')
  return (
    // By kind, so that the heading of another one takes the focus.
    <AuthFrame key={kind}>
      <Page title={t(`invite.${kind}.title`)}>
        <Stack align="flex-start">
          <Text>{t(`invite.${kind}.text`)}</Text>
          {kind === 'used' ? (
            <Button component={Link} to={loginPath}>
              {t('invite.toLogin')}
            </Button>
          ) : (
            <Anchor component={Link} to={loginPath}>
              {t('invite.toLogin')}
            </Anchor>
          )}
        </Stack>
      </Page>
    </AuthFrame>
  )
}
