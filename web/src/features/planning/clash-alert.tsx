import { Anchor, Stack, Text } from '@mantine/core'
import { IconCalendarX } from '@tabler/icons-react'
import type { SessionClash } from '@usms/school-api/modules/sessions/sessions.schema'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { personName } from '#src/ui/person-name.ts'
import { useLessonName, useTeacherNames } from './lesson-name.ts'
import { sessionPath } from './plan-address.ts'
import { Notice } from '#src/ui/notice.tsx'

interface ClashProps {
  clash: SessionClash
  /** Who was to be on the session that could not be: says which of them is the one. */
  teacherIds: readonly string[]
}

/** Who or what is double booked, and by what. */
export function ClashText({ clash, teacherIds }: ClashProps) {
  const { t } = useTranslation('planning')
  const { time, link } = useSchool()
  const lessonName = useLessonName()
  const teacherNames = useTeacherNames()
  const { section, room, startsAt, endsAt, localDate } = clash
  return (
    <Stack gap={2} align="flex-start">
      <Text size="sm" fw={600}>
        {who()}
      </Text>
      <Text size="sm">
        {[
          time.shortDate(localDate),
          time.timeRange(startsAt, endsAt),
          section.name,
          lessonName(clash),
          room?.name,
          ...teacherNames(clash),
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
      {/* Beside what was typed, which a page in its place would lose. */}
      <Anchor
        component={Link}
        to={link(sessionPath(clash))}
        target="_blank"
        size="sm"
        underline="always"
      >
        {t('clash.show')}
      </Anchor>
    </Stack>
  )

  function who(): string {
    switch (clash.with) {
      case 'section':
        return t('clash.section', { name: section.name })
      case 'room':
        return t('clash.room', { name: room?.name ?? t('lesson.room') })
      case 'teacher': {
        const busy = clash.teachers.filter(({ teacherUserId }) =>
          teacherIds.includes(teacherUserId),
        )
        const names = (busy.length > 0 ? busy : clash.teachers).map(personName)
        return t('clash.teacher', { count: names.length, name: names.join(', ') })
      }
    }
  }
}

export function ClashAlert(props: ClashProps) {
  const { t } = useTranslation('planning')
  return (
    <Notice color="red" role="alert" title={t('clash.title')} icon={<IconCalendarX aria-hidden />}>
      <ClashText {...props} />
    </Notice>
  )
}
