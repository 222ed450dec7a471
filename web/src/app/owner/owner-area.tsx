import { IconHistory, IconSchool } from '@tabler/icons-react'
import { Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Route, Routes } from 'react-router'
import { OwnerProvider, useOwner } from '#src/lib/owner/owner-context.tsx'
import { useSessions } from '#src/lib/session/sessions-context.tsx'
import { LoadingRows } from '#src/ui/loaded.tsx'
import { Guarded } from '../guarded.tsx'
import { NotFoundPage } from '../not-found-page.tsx'
import {
  JobPage,
  NewSchoolPage,
  OwnerAccountPage,
  OwnerAuditPage,
  SchoolPage,
  SchoolsPage,
} from '../pages.ts'
import { Shell } from '../shell/shell.tsx'

/** Everything below `/owner`: the platform's dashboard. */
export function OwnerArea() {
  const session = useSessions().ofOwner()
  return (
    <Guarded session={session} loginPath="/owner/login">
      {(who) => (
        <OwnerProvider key={who.owner.id} session={session} who={who}>
          <Dashboard />
        </OwnerProvider>
      )}
    </Guarded>
  )
}

function Dashboard() {
  const { t } = useTranslation()
  const { owner, session } = useOwner()
  return (
    <Shell
      title={t('appName')}
      nav={[
        { to: '/owner', label: t('nav.schools'), icon: IconSchool, end: true },
        { to: '/owner/audit', label: t('nav.audit'), icon: IconHistory },
      ]}
      account={{
        name: owner.email,
        role: t('roles.OWNER'),
        accountPath: '/owner/account',
        onSignOut: () => void session.signOut(),
      }}
    >
      <Suspense fallback={<LoadingRows />}>
        <Routes>
          <Route path="" element={<SchoolsPage />} />
          <Route path="schools/new" element={<NewSchoolPage />} />
          <Route path="schools/:schoolId" element={<SchoolPage />} />
          <Route path="jobs/:jobId" element={<JobPage />} />
          <Route path="audit" element={<OwnerAuditPage />} />
          <Route path="account" element={<OwnerAccountPage />} />
          <Route path="*" element={<NotFoundPage home="/owner" />} />
        </Routes>
      </Suspense>
    </Shell>
  )
}
