import { Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Route, Routes, useNavigate, useParams } from 'react-router'
import { SchoolProvider, useSchool } from '#src/lib/school/school-context.tsx'
import { useSessions } from '#src/lib/session/sessions-context.tsx'
import { LoadingRows } from '#src/ui/loaded.tsx'
import { personName } from '#src/ui/person-name.ts'
import { Guarded } from './guarded.tsx'
import { NotFoundPage } from './not-found-page.tsx'
import { PORTALS } from './portals.tsx'
import { Shell } from './shell/shell.tsx'

/** Everything below `/school/CODE`: what somebody who is signed in at that school sees. */
export function SchoolArea() {
  const { code = '' } = useParams()
  const session = useSessions().ofSchool(code)
  return (
    <Guarded session={session} loginPath={`/login?school=${code}`}>
      {(who) => (
        <SchoolProvider key={`${code} ${who.user.id}`} session={session} who={who}>
          <Portal />
        </SchoolProvider>
      )}
    </Guarded>
  )
}

function Portal() {
  const { t } = useTranslation()
  const { school, user, session, link } = useSchool()
  const navigate = useNavigate()
  const pages = PORTALS[user.role]
  const nav = pages.flatMap(({ path, nav }) =>
    nav
      ? [
          {
            to: link(path && `/${path}`),
            label: t(`nav.${nav.label}`),
            icon: nav.icon,
            end: path === '',
          },
        ]
      : [],
  )
  const signOut = async () => {
    await session.signOut()
    // Not back to where the one before was.
    await navigate(`/login?school=${school.code}`, { replace: true, state: null })
  }
  return (
    <Shell
      title={school.name}
      nav={nav}
      account={{
        name: personName(user),
        role: t(`roles.${user.role}`),
        accountPath: link('/account'),
        onSignOut: () => void signOut(),
      }}
    >
      <Suspense fallback={<LoadingRows />}>
        <Routes>
          {pages.map(({ path, page: PageOf }) => (
            <Route key={path} path={path} element={<PageOf />} />
          ))}
          <Route path="*" element={<NotFoundPage home={link('')} />} />
        </Routes>
      </Suspense>
    </Shell>
  )
}
