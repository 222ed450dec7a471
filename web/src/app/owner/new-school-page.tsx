import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { NewSchoolForm } from '#src/features/schools/new-school-form.tsx'
import { Page } from '#src/ui/page.tsx'
import { useNotify } from '#src/ui/use-notify.tsx'

export function NewSchoolPage() {
  const { t } = useTranslation('owner')
  const navigate = useNavigate()
  const notify = useNotify()
  return (
    <Page title={t('new.title')} subtitle={t('new.intro')}>
      <NewSchoolForm
        onStarted={(jobId) =>
          void navigate(`/owner/jobs/${jobId}`, { replace: true, state: { invite: true } })
        }
        onNotStarted={(school, error) => {
          notify.failed(error)
          void navigate(`/owner/schools/${school.id}`, { replace: true })
        }}
      />
    </Page>
  )
}
