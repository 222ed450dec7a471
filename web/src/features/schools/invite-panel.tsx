import { Anchor, Box, Code, Group, Stack, Text } from '@mantine/core'
import type { InviteAnswer } from '@usms/directory/modules/schools/schools.schema'
import { QRCodeSVG } from 'qrcode.react'
import { useTranslation } from 'react-i18next'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import { CopyText } from '#src/ui/copy-text.tsx'
import classes from './schools.module.css'

interface InvitePanelProps {
  invite: InviteAnswer
  /** It stands where the button was that asked for it. */
  takesFocus?: boolean
}

const focus = (node: HTMLElement | null) => node?.focus({ preventScroll: true })

/** An invite to hand over: the link, to copy and as a QR code, and how long it holds. */
export function InvitePanel({ invite, takesFocus = false }: InvitePanelProps) {
  const { t } = useTranslation('owner')
  const { time } = useOwner()
  return (
    <Stack gap="sm">
      <Text ref={takesFocus ? focus : null} tabIndex={-1} style={{ outline: 'none' }}>
        {t('invite.text', { username: invite.username, until: time.dateTime(invite.expiresAt) })}
      </Text>
      <Group align="flex-start" gap="lg">
        {/* White in the dark, too: phones read it so. */}
        <Box bg="white" p="sm" style={{ borderRadius: 8, lineHeight: 0 }}>
          <QRCodeSVG value={invite.url} size={176} title={t('invite.qr')} />
        </Box>
        <Stack gap="sm" style={{ flex: '1 1 240px', minWidth: 0 }}>
          <Code block className={classes.code} aria-label={t('invite.link')} role="group">
            {invite.url}
          </Code>
          <Group gap="sm">
            <CopyText text={invite.url} />
            <Anchor href={invite.url} target="_blank" rel="noopener noreferrer" py={4}>
              {t('invite.open')}
            </Anchor>
          </Group>
          <Text size="sm" c="dimmed">
            {t('invite.onlyNow')}
          </Text>
        </Stack>
      </Group>
    </Stack>
  )
}
