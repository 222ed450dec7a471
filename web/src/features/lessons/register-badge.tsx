import { Badge } from '@mantine/core'
import {
  IconBan,
  IconAlertCircle,
  IconCheck,
  IconClock,
  IconPencil,
  IconProgress,
  IconUsersMinus,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { registerStateOf } from './lesson-state.ts'
import type { Lesson } from './lessons.api.ts'

const LOOKS = {
  cancelled: { icon: IconBan, color: 'gray' },
  future: { icon: IconClock, color: 'gray' },
  nobody: { icon: IconUsersMinus, color: 'gray' },
  taken: { icon: IconCheck, color: 'teal' },
  missing: { icon: IconAlertCircle, color: 'red' },
  partly: { icon: IconProgress, color: 'orange' },
  'to-take': { icon: IconPencil, color: 'orange' },
} as const

/** How it stands with the register of a lesson. */
export function RegisterBadge({ lesson, now }: { lesson: Lesson; now: number }) {
  const { t } = useTranslation('teacher')
  const state = registerStateOf(lesson, now)
  const { icon: Icon, color } = LOOKS[state]
  const { marked, rosterSize } = lesson.register
  const text = {
    cancelled: t('lesson.cancelled'),
    future: t('lesson.future'),
    nobody: t('lesson.nobody'),
    taken: t('lesson.taken'),
    missing: t('lesson.missing'),
    partly: t('lesson.partly', { marked, size: rosterSize }),
    'to-take': t('lesson.toTake'),
  }[state]
  return (
    <Badge
      variant="outline"
      color={color}
      size="lg"
      tt="none"
      leftSection={<Icon size={15} aria-hidden />}
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
    >
      {text}
    </Badge>
  )
}
