import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconBan, IconClipboardCheck, IconEdit } from '@tabler/icons-react'
import type { SessionAnswer } from '@usms/school-api/modules/sessions/sessions.schema'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { Facts } from '#src/ui/facts.tsx'
import { FormModal } from '#src/ui/form-modal.tsx'
import { Loaded, LoadingRows } from '#src/ui/loaded.tsx'
import { CancelLesson } from './cancel-lesson.tsx'
import { ChangeLesson } from './change-lesson.tsx'
import { useLessonName, useTeacherNames } from './lesson-name.ts'
import { useSession } from './planning.api.ts'
import { useFocusFirst } from './use-focus-first.ts'

interface SessionDialogProps {
  /** Absent: the dialog is closed. */
  sessionId: string | undefined
  /** The session as a list on the page has it, read at `knownAt`. */
  known: SessionAnswer | undefined
  knownAt: number
  onClose: () => void
}

/** One session: what it is, its register, and how to change or cancel it. */
export function SessionDialog({ sessionId, known, knownAt, onClose }: SessionDialogProps) {
  const { t } = useTranslation('planning')
  const lessonName = useLessonName()
  const title = known ? `${known.section.name} · ${lessonName(known)}` : t('lesson.lesson')
  return (
    <FormModal opened={sessionId !== undefined} onClose={onClose} size="lg" title={title}>
      {sessionId && <Content key={sessionId} {...{ sessionId, known, knownAt, onClose }} />}
    </FormModal>
  )
}

type ContentProps = SessionDialogProps & { sessionId: string }

function Content({ sessionId, known, knownAt, onClose }: ContentProps) {
  const query = useSession(sessionId, known, knownAt)
  const [mode, setMode] = useState<'view' | 'change' | 'cancel'>('view')
  return (
    <Loaded query={query} skeleton={<LoadingRows rows={3} />}>
      {(session) => {
        const back = () => setMode('view')
        const reload = () => void query.refetch().then(back)
        switch (mode) {
          case 'change':
            return (
              <ChangeLesson session={session} onBack={back} onReload={reload} onDone={onClose} />
            )
          case 'cancel':
            return (
              <CancelLesson session={session} onBack={back} onReload={reload} onDone={onClose} />
            )
          case 'view':
            return <View session={session} onMode={setMode} />
        }
      }}
    </Loaded>
  )
}

function View({
  session,
  onMode,
}: {
  session: SessionAnswer
  onMode: (mode: 'change' | 'cancel') => void
}) {
  const { t } = useTranslation('planning')
  const { time, link } = useSchool()
  const teacherNames = useTeacherNames()
  const first = useFocusFirst<HTMLDivElement>()
  const { startsAt, endsAt, localDate, room, registerTakenAt, status, cancelReason } = session
  const isCancelled = status === 'CANCELLED'
  return (
    <Stack gap="md" ref={first}>
      {isCancelled && (
        <Text>
          <Badge color="gray" variant="outline" mr="xs">
            {t('lesson.cancelled')}
          </Badge>
          {cancelReason}
        </Text>
      )}
      <Facts
        facts={[
          {
            label: t('lesson.time'),
            value: `${time.date(localDate)}, ${time.timeRange(startsAt, endsAt)}`,
          },
          { label: t('lesson.room'), value: room?.name ?? t('lesson.none') },
          {
            label: t('lesson.teachers'),
            value: teacherNames(session).join(', ') || t('lesson.nobody'),
          },
          {
            label: t('lesson.register'),
            value: registerTakenAt
              ? t('lesson.taken', { time: time.dateTime(registerTakenAt) })
              : t('lesson.notTaken'),
          },
        ]}
      />
      <Group gap="sm">
        <Button
          component={Link}
          to={link(`/register/${session.id}`)}
          leftSection={<IconClipboardCheck size={18} aria-hidden />}
        >
          {t('lesson.openRegister')}
        </Button>
        {!isCancelled && (
          <>
            <Button
              variant="default"
              leftSection={<IconEdit size={18} aria-hidden />}
              onClick={() => onMode('change')}
            >
              {t('lesson.change')}
            </Button>
            <Button
              variant="default"
              leftSection={<IconBan size={18} aria-hidden />}
              onClick={() => onMode('cancel')}
            >
              {t('lesson.cancel')}
            </Button>
          </>
        )}
      </Group>
    </Stack>
  )
}
