import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { AnnouncementBoard } from '#src/features/announcements/announcement-board.tsx'
import { AnnouncementForm } from '#src/features/announcements/announcement-form.tsx'
import { WhichChoice } from '#src/features/announcements/which-choice.tsx'
import { useAnnouncements } from '#src/features/announcements/announcements.api.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { useCursorPage } from '#src/lib/use-cursor-page.ts'
import { CursorPager } from '#src/ui/cursor-pager.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { FormModal } from '#src/ui/form-modal.tsx'
import { Loaded } from '#src/ui/loaded.tsx'
import { Page } from '#src/ui/page.tsx'

/** For every role; staff also write. */
export function AnnouncementsPage() {
  const { t } = useTranslation('family')
  const { user } = useSchool()
  const writes = user.role !== 'STUDENT' && user.role !== 'PARENT'
  const place = useCursorPage()
  const mine = writes && place.params.get('mine') === 'true'
  const query = useAnnouncements({ mine, cursor: place.cursor })
  const [writing, { open, close }] = useDisclosure(false)
  const newButton = useRef<HTMLButtonElement>(null)
  return (
    <Page
      title={t('announcements.title')}
      actions={
        writes && (
          <Button ref={newButton} leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
            {t('announcements.write')}
          </Button>
        )
      }
    >
      {writes && (
        <WhichChoice
          mine={mine}
          onChange={(next) => place.change({ mine: next ? 'true' : '' }, { replace: true })}
        />
      )}
      <Loaded query={query}>
        {({ items, nextCursor }) => (
          <>
            {items.length === 0 ? (
              <EmptyState text={mine ? t('announcements.noneMine') : t('announcements.none')} />
            ) : (
              <AnnouncementBoard items={items} onGone={() => newButton.current?.focus()} />
            )}
            {(nextCursor !== null || place.page > 1) && (
              <CursorPager place={place} nextCursor={nextCursor}>
                {t('page', { page: place.page })}
              </CursorPager>
            )}
          </>
        )}
      </Loaded>
      <FormModal title={t('announcements.write')} size="lg" opened={writing} onClose={close}>
        <AnnouncementForm announcement={undefined} onDone={close} onCancel={close} />
      </FormModal>
    </Page>
  )
}
