import { Button, Group, Text } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useErrorText } from '#src/ui/error-text.ts'
import { FormFrame, FormModal, RefusalAlert } from '#src/ui/form-modal.tsx'
import { useNotify } from '#src/ui/use-notify.tsx'
import { AnnouncementForm } from './announcement-form.tsx'
import { type Announcement, useWithdrawAnnouncement } from './announcements.api.ts'

interface AuthorActionsProps {
  announcement: Announcement
  /** After it is gone, and with it the button that had the focus. */
  onGone: () => void
}

/** What whoever may change an announcement can do with it. */
export function AuthorActions({ announcement, onGone }: AuthorActionsProps) {
  const { t } = useTranslation('family')
  const { t: common } = useTranslation()
  const [dialog, setDialog] = useState<'edit' | 'withdraw' | null>(null)
  const close = () => setDialog(null)
  return (
    <Group gap="sm">
      <Button
        variant="default"
        leftSection={<IconPencil size={18} aria-hidden />}
        onClick={() => setDialog('edit')}
      >
        {common('actions.edit')}
      </Button>
      <Button
        variant="default"
        leftSection={<IconTrash size={18} aria-hidden />}
        onClick={() => setDialog('withdraw')}
      >
        {t('announcements.withdraw')}
      </Button>
      <FormModal
        title={t('announcements.editing')}
        size="lg"
        opened={dialog === 'edit'}
        onClose={close}
      >
        <AnnouncementForm announcement={announcement} onDone={close} onCancel={close} />
      </FormModal>
      <FormModal
        title={t('announcements.withdrawing')}
        opened={dialog === 'withdraw'}
        onClose={close}
      >
        <Withdrawal announcement={announcement} onCancel={close} onGone={onGone} />
      </FormModal>
    </Group>
  )
}

function Withdrawal({
  announcement,
  onGone,
  onCancel,
}: AuthorActionsProps & { onCancel: () => void }) {
  const { t } = useTranslation('family')
  const notify = useNotify()
  const errorText = useErrorText()
  const withdraw = useWithdrawAnnouncement(announcement.id)
  return (
    <FormFrame
      submitLabel={t('announcements.withdraw')}
      submitColor="red"
      isBusy={withdraw.isPending}
      onCancel={onCancel}
      onSubmit={(event) => {
        event.preventDefault()
        withdraw.mutate(undefined, {
          onSuccess: () => {
            notify.done(t('announcements.withdrawn'))
            onGone()
          },
        })
      }}
      refusal={withdraw.isError && <RefusalAlert>{errorText(withdraw.error)}</RefusalAlert>}
    >
      <Text style={{ overflowWrap: 'anywhere' }}>
        {t('announcements.withdrawSure', { title: announcement.title })}
      </Text>
    </FormFrame>
  )
}
