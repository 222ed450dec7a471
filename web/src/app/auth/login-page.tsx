import { Alert, Anchor, Loader, Stack, Text } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Navigate, useLocation, useSearchParams } from 'react-router'
import { AuthFrame } from '#src/features/auth/auth-frame.tsx'
import { useListedSchools, useSchoolNamed } from '#src/features/auth/public-schools.api.ts'
import { SchoolCombobox } from '#src/features/auth/school-combobox.tsx'
import { toTab } from '#src/features/auth/role-tabs.tsx'
import { SchoolSignInForm } from '#src/features/auth/school-sign-in-form.tsx'
import { keepLastSchool, type KnownSchool, readLastSchool } from '#src/lib/last-school.ts'
import { schoolCodeOf } from '#src/lib/session/school-code.ts'
import { readSignInState, wayBack } from '#src/lib/session/sign-in-state.ts'
import { useSessions } from '#src/lib/session/sessions-context.tsx'
import { useMaybeSession } from '#src/lib/session/use-session.ts'
import { useSite } from '#src/lib/site-context.tsx'
import { Page } from '#src/ui/page.tsx'

/** Signing in at a school. */
export function LoginPage() {
  const { t } = useTranslation('auth')
  const { t: common } = useTranslation()
  const site = useSite()
  const sessions = useSessions()
  const [query] = useSearchParams()
  const left = readSignInState(useLocation().state)
  const [last] = useState(readLastSchool)
  const linked = schoolCodeOf(query.get('school'))
  const [picked, setPicked] = useState<{ school: KnownSchool | undefined }>()
  const [isListWanted, setListWanted] = useState(false)

  const known = site.kind === 'school' ? site : linked && last?.code !== linked ? undefined : last
  const resolved = useSchoolNamed(picked || known ? undefined : linked)
  const school = picked ? picked.school : (known ?? resolved.data)
  const isLinkRead = !resolved.isLoading
  // One request at most: the list only where no school is known, or another one is looked for.
  const schools = useListedSchools(
    site.kind !== 'school' && isLinkRead && (isListWanted || !school),
  )

  const session = school && sessions.ofSchool(school.code)
  const state = useMaybeSession(session)
  // Whoever has just set a password wants to sign in with it, whoever else is signed in here.
  const mayGoOn = state?.status === 'unknown' && !left.accepted && session?.mayBeSignedIn() === true
  useEffect(() => {
    if (mayGoOn) void session?.restore()
  }, [mayGoOn, session])

  const input = useRef<HTMLInputElement>(null)
  const card = useRef<HTMLDivElement>(null)
  const isReady = isLinkRead && !mayGoOn
  useEffect(() => {
    // Where a screen keyboard would come up over the page, the first touch opens it instead.
    if (!isReady || !window.matchMedia('(pointer: fine)').matches) return
    const first = card.current?.querySelector<HTMLInputElement>('input[role="combobox"]')
    const username = card.current?.querySelector<HTMLInputElement>('input[name="username"]')
    if (first && first.value === '') first.focus()
    else username?.focus()
    // Once, when there is something to type into: later the focus is the user's.
  }, [isReady])

  if (school && state?.status === 'signed-in') {
    const home = `/school/${school.code}`
    return <Navigate replace to={wayBack(left, state.who.user.id, home)} />
  }

  return (
    <AuthFrame
      foot={
        site.kind === 'shared' && (
          <Anchor component={Link} to="/owner/login" size="sm">
            {t('login.owner')}
          </Anchor>
        )
      }
    >
      <Page title={t('login.title')} subtitle={site.kind === 'school' ? site.name : undefined}>
        <Stack ref={card} pos="relative">
          {left.accepted ? (
            <Alert color="teal" variant="outline" role="status">
              <Text size="sm">{t('login.accepted')}</Text>
            </Alert>
          ) : (
            left.of && (
              <Alert color="ink" variant="outline" role="status">
                <Text size="sm">{t('login.ended')}</Text>
              </Alert>
            )
          )}
          {mayGoOn && (
            <Loader
              aria-label={common('state.loading')}
              role="status"
              pos="absolute"
              top="40%"
              left="calc(50% - 18px)"
            />
          )}
          <div style={mayGoOn ? { visibility: 'hidden' } : undefined}>
            <SchoolSignInForm
              school={school}
              session={session}
              initialTab={toTab(last?.as)}
              focusSchool={() => input.current?.focus()}
              onSignedIn={(as) => school && keepLastSchool({ ...school, as })}
              renderSchool={(wrong) =>
                site.kind === 'school' ? null : isLinkRead ? (
                  <SchoolCombobox
                    value={school}
                    onChange={(chosen) => setPicked({ school: chosen })}
                    schools={schools}
                    onWanted={() => setListWanted(true)}
                    error={wrong || (!picked && resolved.error ? t('failure.gone') : undefined)}
                    inputRef={input}
                  />
                ) : (
                  <div style={{ height: 67 }} aria-busy="true" />
                )
              }
            />
          </div>
          <Text size="sm" c="dimmed">
            {t('login.forgotten')}
          </Text>
        </Stack>
      </Page>
    </AuthFrame>
  )
}
