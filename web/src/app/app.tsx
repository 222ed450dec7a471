import { Container, MantineProvider, Text } from '@mantine/core'
import { type ReactNode, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { BrowserRouter, Route, Routes } from 'react-router'
import type { Sessions } from '#src/lib/session/sessions.ts'
import { SessionsProvider } from '#src/lib/session/sessions-context.tsx'
import type { Site } from '#src/lib/site.ts'
import { SiteProvider } from '#src/lib/site-context.tsx'
import { Page } from '#src/ui/page.tsx'
import { cssVariables, theme } from '#src/ui/theme.ts'
import { ErrorBoundary } from './error-boundary.tsx'
import { NotFoundPage } from './not-found-page.tsx'
import { lazyPage } from './lazy-page.tsx'
import { AcceptInvitePage, LoginPage, OwnerLoginPage } from './pages.ts'
import { StartPage } from './start-page.tsx'

// Not among the pages: each of them puts pages together.
const SchoolArea = lazyPage(
  () => import('./school-area.tsx').then((area) => area.SchoolArea),
  'account',
)
const OwnerArea = lazyPage(
  () => import('./owner/owner-area.tsx').then((area) => area.OwnerArea),
  'owner',
  'account',
)

interface AppProps {
  site: Site
  sessions: Sessions
  styleNonce: string
}

export const App = ({ site, sessions, styleNonce }: AppProps) => (
  <MantineProvider
    theme={theme}
    cssVariablesResolver={cssVariables}
    defaultColorScheme="auto"
    getStyleNonce={() => styleNonce}
  >
    <ErrorBoundary>
      <SiteProvider site={site}>
        <SessionsProvider sessions={sessions}>
          <BrowserRouter basename="/app">
            <Suspense fallback={null}>
              {site.kind === 'unknown' ? <NoSchoolHere /> : <Areas />}
            </Suspense>
          </BrowserRouter>
        </SessionsProvider>
      </SiteProvider>
    </ErrorBoundary>
  </MantineProvider>
)

const Areas = () => (
  <Routes>
    <Route path="/" element={<StartPage />} />
    <Route path="/login" element={<LoginPage />} />
    <Route path="/accept-invite" element={<AcceptInvitePage />} />
    <Route path="/school/:code/*" element={<SchoolArea />} />
    <Route path="/owner/login" element={<OwnerLoginPage />} />
    <Route path="/owner/*" element={<OwnerArea />} />
    <Route
      path="*"
      element={
        <Alone>
          <NotFoundPage home="/" />
        </Alone>
      }
    />
  </Routes>
)

function NoSchoolHere() {
  const { t } = useTranslation()
  return (
    <Alone>
      <Page title={t('unknownHost.title')}>
        <Text>{t('unknownHost.text')}</Text>
      </Page>
    </Alone>
  )
}

const Alone = ({ children }: { children: ReactNode }) => (
  <Container component="main" size="sm" py="xl">
    {children}
  </Container>
)
