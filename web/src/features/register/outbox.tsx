import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCloudUpload } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { Notice } from '#src/ui/notice.tsx'
import type { Draft } from './drafts.ts'
import { useRefusalText } from './refusal-text.ts'
import { SignOutWarning } from './sign-out-warning.tsx'
import { useAllDrafts, useDrafts } from './use-drafts.ts'
import { useSending } from './use-sending.ts'

interface RegisterOutboxProps {
  /** Somebody wants to sign out. */
  isLeaving: boolean
  onSignOut: () => void
  onStay: () => void
}

/** Sends what has been saved as soon as the school can be reached, and says what still waits. Mounted once, around all pages. */
export function RegisterOutbox({ isLeaving, onSignOut, onStay }: RegisterOutboxProps) {
  const { t } = useTranslation('teacher')
  const { time, link } = useSchool()
  const { pathname } = useLocation()
  const drafts = useDrafts()
  const all = useAllDrafts(drafts)
  const { sendNow } = useSending(drafts, all)
  const refusalText = useRefusalText()
  const pageOf = (draft: Draft) => link(`/register/${draft.sessionId}`)
  // The register that is open says it itself.
  const elsewhere = all.filter((draft) => pageOf(draft) !== pathname)
  const refused = elsewhere.filter((draft) => draft.sending?.refusal)
  const delayed = elsewhere.filter((draft) => draft.sending?.delayed && !draft.sending.refusal)
  return (
    <Stack gap="sm" mb={refused.length + delayed.length > 0 ? 'md' : 0} role="status">
      {isLeaving && <SignOutWarning count={all.length} onSignOut={onSignOut} onStay={onStay} />}
      {delayed.length > 0 && (
        <Notice
          color="orange"
          icon={<IconCloudUpload aria-hidden />}
          title={t('outbox.waiting', { count: delayed.length })}
        >
          <Stack gap="xs" align="flex-start">
            <Text size="sm">{t('outbox.waitingText')}</Text>
            <Group gap="md">
              <Button size="xs" variant="default" onClick={sendNow}>
                {t('outbox.sendNow')}
              </Button>
              {delayed.map((draft) => (
                <Anchor key={draft.sessionId} component={Link} to={pageOf(draft)} size="sm">
                  {t('outbox.open', { time: time.dateTime(draft.sending?.savedAt ?? '') })}
                </Anchor>
              ))}
            </Group>
          </Stack>
        </Notice>
      )}
      {refused.map(({ sessionId, sending }) => (
        <Notice
          key={sessionId}
          color="red"
          icon={<IconAlertTriangle aria-hidden />}
          title={t('outbox.refused')}
        >
          <Stack gap="xs" align="flex-start">
            {sending?.refusal && <Text size="sm">{refusalText(sending.refusal)}</Text>}
            <Anchor component={Link} to={link(`/register/${sessionId}`)} size="sm">
              {t('outbox.open', { time: time.dateTime(sending?.savedAt ?? '') })}
            </Anchor>
          </Stack>
        </Notice>
      ))}
    </Stack>
  )
}
