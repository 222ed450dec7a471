import { Button, Stack, Text } from '@mantine/core'
import { IconQrcode } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Problem } from '#src/lib/http/problem.ts'
import { ErrorAlert } from '#src/ui/error-alert.tsx'
import { FormModal } from '#src/ui/form-modal.tsx'
import { personName } from '#src/ui/person-name.ts'
import { InviteCard } from './invite-card.tsx'
import { useIssueInvite } from './invites.api.ts'
import type { Invited } from './slip.tsx'

interface InvitePersonProps {
  userId: string
  invited: Invited
  /** Whether there is a password already, which a link replaces. */
  hasSignedIn: boolean
}

/** Issues a link for one person and shows it until the dialog is closed. */
export function InvitePerson({ userId, invited, hasSignedIn }: InvitePersonProps) {
  const { t } = useTranslation('people')
  const issue = useIssueInvite()
  const inactive = issue.error instanceof Problem && issue.error.code === 'user_inactive'
  return (
    <Stack gap="sm" align="flex-start">
      <Text size="sm">{t(hasSignedIn ? 'invite.aboutReset' : 'invite.about')}</Text>
      {inactive && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {t('invite.inactive')}
        </Text>
      )}
      {issue.isError && !inactive && <ErrorAlert error={issue.error} />}
      <Button
        variant="light"
        loading={issue.isPending}
        onClick={() => issue.mutate(userId)}
        leftSection={<IconQrcode size={18} aria-hidden />}
      >
        {t(hasSignedIn ? 'invite.reset' : 'invite.issue')}
      </Button>
      <FormModal
        opened={issue.data !== undefined}
        onClose={issue.reset}
        title={t('invite.title', { name: personName(invited) })}
      >
        {issue.data && <InviteCard invited={invited} invite={issue.data} />}
      </FormModal>
    </Stack>
  )
}
