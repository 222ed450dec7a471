import { Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { AccountCard } from '#src/features/auth/account-card.tsx'
import { ChangePasswordForm } from '#src/features/auth/change-password-form.tsx'
import { Look } from '#src/features/auth/look.tsx'
import { STAFF_MIN_CHARACTERS } from '#src/features/auth/new-password.ts'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import { Page } from '#src/ui/page.tsx'
import { useNotify } from '#src/ui/use-notify.tsx'

export function OwnerAccountPage() {
  const { t } = useTranslation('account')
  const { owner, api } = useOwner()
  const notify = useNotify()
  return (
    <Page title={t('title')} subtitle={owner.email}>
      <Stack maw={640}>
        <AccountCard title={t('changePassword.title')}>
          <ChangePasswordForm
            api={api}
            username={owner.email}
            minCharacters={STAFF_MIN_CHARACTERS}
            rules={t('password.staffRules')}
            onDone={() => notify.done(t('changePassword.done'))}
          />
        </AccountCard>
        <AccountCard title={t('look.title')}>
          <Look />
        </AccountCard>
      </Stack>
    </Page>
  )
}
