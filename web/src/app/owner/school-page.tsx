import { Alert, Anchor, Button, Group, Stack, Tabs, Text } from '@mantine/core'
import { IconArrowLeft, IconExternalLink } from '@tabler/icons-react'
import type { SchoolAnswer } from '@usms/directory/modules/schools/schools.schema'
import { useTranslation } from 'react-i18next'
import { Link, useLocation, useNavigate, useParams, useSearchParams } from 'react-router'
import { JobList } from '#src/features/jobs/job-list.tsx'
import { CertificatePanel } from '#src/features/schools/certificate-panel.tsx'
import { SchoolActions } from '#src/features/schools/school-actions.tsx'
import { SchoolDetails } from '#src/features/schools/school-details.tsx'
import { SchoolLogs } from '#src/features/schools/school-logs.tsx'
import { SchoolRunning } from '#src/features/schools/school-running.tsx'
import { useSchoolRecord } from '#src/features/schools/schools.api.ts'
import { StatusBadge } from '#src/features/schools/status-badge.tsx'
import { Loaded, LoadingRows } from '#src/ui/loaded.tsx'
import { Page } from '#src/ui/page.tsx'

const TABS = ['overview', 'jobs', 'logs'] as const

/** Everything about one school, and everything that can be done with it. */
export function SchoolPage() {
  const { schoolId = '' } = useParams()
  const { t: tCommon } = useTranslation()
  const { t } = useTranslation('owner')
  const query = useSchoolRecord(schoolId)
  const school = query.data
  return (
    <Page
      title={school?.name ?? tCommon('state.loading')}
      subtitle={
        <Group gap="sm">
          <BackToList />
          {school && <Text>{school.code}</Text>}
          {school && <StatusBadge status={school.status} />}
        </Group>
      }
      actions={
        school &&
        school.status !== 'ERASED' && (
          <Button
            component="a"
            href={`/app/login?school=${school.code}`}
            target="_blank"
            rel="noopener noreferrer"
            variant="default"
            rightSection={<IconExternalLink size={18} aria-hidden />}
          >
            {t('school.openSignIn')}
          </Button>
        )
      }
    >
      <Loaded query={query} skeleton={<LoadingRows rows={3} height={200} />}>
        {(found) => <SchoolTabs key={found.id} school={found} />}
      </Loaded>
    </Page>
  )
}

/** To the list as it was left. */
function BackToList() {
  const { t } = useTranslation('owner')
  const list = (useLocation().state as { list?: string } | null)?.list ?? ''
  return (
    <Anchor component={Link} to={`/owner${list}`} state={{ back: true }} py={4}>
      <Group gap={4} component="span">
        <IconArrowLeft size={16} aria-hidden />
        {t('school.back')}
      </Group>
    </Anchor>
  )
}

function SchoolTabs({ school }: { school: SchoolAnswer }) {
  const { t } = useTranslation('owner')
  const [params] = useSearchParams()
  const navigate = useNavigate()
  const { state } = useLocation()
  const tab = TABS.find((name) => name === params.get('tab')) ?? 'overview'
  return (
    <Tabs
      value={tab}
      keepMounted={false}
      onChange={(next) =>
        void navigate(
          { search: next === 'overview' ? '' : `?tab=${next}` },
          { replace: true, state },
        )
      }
    >
      <Tabs.List mb="md">
        {TABS.map((name) => (
          <Tabs.Tab key={name} value={name} mih={44}>
            {t(`school.tabs.${name}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="overview">
        <Overview school={school} />
      </Tabs.Panel>
      <Tabs.Panel value="jobs">
        <JobList schoolId={school.id} />
      </Tabs.Panel>
      <Tabs.Panel value="logs">
        <SchoolLogs schoolId={school.id} />
      </Tabs.Panel>
    </Tabs>
  )
}

function Overview({ school }: { school: SchoolAnswer }) {
  const { t } = useTranslation('owner')
  return (
    <Stack gap="md">
      {school.status === 'FAILED' && (
        <Alert color="red" variant="outline" title={t('school.failedTitle')}>
          {t('school.failedText')}
        </Alert>
      )}
      {school.status === 'ERASED' ? (
        <CertificatePanel schoolId={school.id} />
      ) : (
        <>
          <SchoolRunning school={school} />
          <SchoolActions school={school} />
        </>
      )}
      <SchoolDetails school={school} />
    </Stack>
  )
}
