import { Skeleton, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { useRegister } from '#src/features/register/register.api.ts'
import { RegisterHeading } from '#src/features/register/register-heading.tsx'
import { RegisterView } from '#src/features/register/register-view.tsx'
import { Loaded } from '#src/ui/loaded.tsx'
import { Page } from '#src/ui/page.tsx'

/** Taking the register of a class session; for teachers and the office. */
export function RegisterPage() {
  const { t } = useTranslation('teacher')
  const { sessionId = '' } = useParams()
  const query = useRegister(sessionId)
  const { data } = query
  return (
    <Page
      key={sessionId}
      title={data ? t('register.titleOf', { section: data.section.name }) : t('register.title')}
      subtitle={data ? <RegisterHeading register={data} /> : <Skeleton h={24} w={260} />}
    >
      <Loaded query={query} skeleton={<LoadingRegister />}>
        {(register) => <RegisterView key={sessionId} register={register} />}
      </Loaded>
    </Page>
  )
}

function LoadingRegister() {
  const { t } = useTranslation()
  return (
    <Stack gap={6} aria-busy="true" role="status" aria-label={t('state.loading')}>
      <Skeleton h={36} maw={340} mb={10} />
      {Array.from({ length: 10 }, (_, row) => (
        <Skeleton key={row} h={58} radius="md" />
      ))}
    </Stack>
  )
}
