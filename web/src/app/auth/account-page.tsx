import { Stack } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { AccountCard } from '#src/features/auth/account-card.tsx'
import { ChangePasswordForm } from '#src/features/auth/change-password-form.tsx'
import { Look } from '#src/features/auth/look.tsx'
import { MIN_CHARACTERS, STAFF_MIN_CHARACTERS } from '#src/features/auth/new-password.ts'
import { OwnSessions } from '#src/features/auth/own-sessions.tsx'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { Page } from '#src/ui/page.tsx'
import { personName } from '#src/ui/person-name.ts'
import { useNotify } from '#src/ui/use-notify.tsx'

/** Who one is at this school, the password, and where one is signed in. */
export function AccountPage() {
  const { t } = useTranslation('account')
  const { t: common } = useTranslation()
  const { user, api } = useSchool()
  const notify = useNotify()
  const sessionsId = useId()
  const isStaff = user.role !== 'STUDENT' && user.role !== 'PARENT'
  return (
    <Page
      title={t('title')}
      subtitle={`${personName(user)} · ${user.username} · ${common(`roles.${user.role}`)}`}
    >
      <Stack maw={640}>
        <AccountCard title={t('changePassword.title')}>
          <ChangePasswordForm
            api={api}
            username={user.username}
            minCharacters={isStaff ? STAFF_MIN_CHARACTERS : MIN_CHARACTERS}
            rules={t(isStaff ? 'password.staffRules' : 'password.familyRules')}
            onDone={() => notify.done(t('changePassword.done'))}
          />
        </AccountCard>
        <AccountCard title={t('sessions.title')} id={sessionsId}>
          <OwnSessions headingId={sessionsId} />
        </AccountCard>
        <AccountCard title={t('look.title')}>
          <Look />
        </AccountCard>
      </Stack>
    </Page>
  )
}
