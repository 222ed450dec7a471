import { Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, Route, Routes, useLocation, useParams, useSearchParams } from 'react-router'
import { hasDrafts } from '#src/features/register/drafts.ts'
import { SchoolProvider, useSchool } from '#src/lib/school/school-context.tsx'
import { schoolCodeOf } from '#src/lib/session/school-code.ts'
import { useSessions } from '#src/lib/session/sessions-context.tsx'
import { useSite } from '#src/lib/site-context.tsx'
import { LoadingRows } from '#src/ui/loaded.tsx'
import { personName } from '#src/ui/person-name.ts'
import { Guarded } from './guarded.tsx'
import { NotFoundPage } from './not-found-page.tsx'
import { RegisterOutbox } from './pages.ts'
import { PORTALS } from './portals.tsx'
import { Shell } from './shell/shell.tsx'

/** Everything below `/school/CODE`: what somebody who is signed in at that school sees. */
export function SchoolArea() {
  const { code: written } = useParams()
  const { pathname, search } = useLocation()
  const site = useSite()
  const code = site.kind === 'school' ? site.code : schoolCodeOf(written)
  if (!code) return <Navigate replace to="/login" />
  // One spelling a school; and on a school's own host there is no other school.
  if (code !== written)
    return <Navigate replace to={`/school/${code}${belowSchool(pathname)}${search}`} />
  return <AreaOf code={code} />
}

/** `/school/abc/timetable` → `/timetable` */
const belowSchool = (pathname: string) => pathname.replace(/^\/school\/[^/]*/, '')

function AreaOf({ code }: { code: string }) {
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

/** When the page that was opened first is there. */
const PRELOAD_AFTER_MS = 2_000

function Portal() {
  const { t } = useTranslation()
  const { school, user, session, link } = useSchool()
  const pages = PORTALS[user.role]
  const [isWarned, setIsWarned] = useState(false)
  const marksRegisters = ['TEACHER', 'ADMIN', 'OWNER'].includes(user.role)
  const signOut = () => void session.signOut()
  useEffect(() => {
    if (user.role !== 'TEACHER') return
    // Classrooms lose the network: what a teacher may open next is there by then.
    const timer = window.setTimeout(
      () => pages.forEach(({ page }) => void page.preload()),
      PRELOAD_AFTER_MS,
    )
    return () => window.clearTimeout(timer)
  }, [pages, user.role])
  // A parent who looks at one child looks at that child on every page; it is kept nowhere but in the address.
  const [params] = useSearchParams()
  const child = user.role === 'PARENT' ? params.get('child') : null
  const search = child ? `?${new URLSearchParams({ child })}` : ''
  const nav = pages.flatMap(({ path, nav }) =>
    nav
      ? [
          {
            to: link(path && `/${path}`),
            search,
            label: t(`nav.${nav.label}`),
            icon: nav.icon,
            end: path === '',
          },
        ]
      : [],
  )
  return (
    <Shell
      title={school.name}
      nav={nav}
      account={{
        name: personName(user),
        role: t(`roles.${user.role}`),
        accountPath: link('/account'),
        // Marks that the school does not have yet would wait for nobody.
        onSignOut: () =>
          hasDrafts(localStorage, school.code, user.id) ? setIsWarned(true) : signOut(),
      }}
    >
      {marksRegisters && (
        <Suspense fallback={null}>
          <RegisterOutbox
            isLeaving={isWarned}
            onSignOut={signOut}
            onStay={() => setIsWarned(false)}
          />
        </Suspense>
      )}
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
