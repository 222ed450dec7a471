import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconPrinter } from '@tabler/icons-react'
import type { InviteAnswer } from '@usms/school-api/modules/invites/invites.schema'
import { QRCodeSVG } from 'qrcode.react'
import { Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { CopyText } from '#src/ui/copy-text.tsx'
import { personName } from '#src/ui/person-name.ts'
import { PrintedSheet } from './printed-sheet.tsx'
import classes from './invite-card.module.css'
import type { Invited } from './slip.tsx'

/** A link that sets somebody's password, in every way in which it can be handed over. */
export function InviteCard({ invited, invite }: { invited: Invited; invite: InviteAnswer }) {
  const { t } = useTranslation('people')
  const { t: tc } = useTranslation()
  const { time } = useSchool()
  return (
    <Stack gap="md">
      <Text>
        {t('invite.shown', { name: personName(invited), until: time.dateTime(invite.expiresAt) })}
      </Text>
      <div className={classes.frame}>
        <QRCodeSVG
          value={invite.url}
          size={184}
          level="M"
          marginSize={2}
          role="img"
          aria-label={t('slip.code', { name: personName(invited) })}
        />
      </div>
      <TextInput
        label={t('invite.link')}
        value={invite.url}
        readOnly
        onFocus={(event) => event.currentTarget.select()}
      />
      <Group gap="sm">
        <CopyText text={invite.url} />
        <Button
          variant="default"
          leftSection={<IconPrinter size={18} aria-hidden />}
          onClick={() => window.print()}
        >
          {tc('actions.print')}
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        {t('invite.once')}
      </Text>
      <Suspense>
        <PrintedSheet slips={[{ invited, invite }]} />
      </Suspense>
    </Stack>
  )
}
