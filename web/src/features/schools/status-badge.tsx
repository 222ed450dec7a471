import { Badge } from '@mantine/core'
import {
  IconArchive,
  IconCheck,
  IconClock,
  IconLoader,
  IconPlayerPause,
  IconTrash,
  IconX,
  type TablerIcon,
} from '@tabler/icons-react'
import type { SchoolStatus } from '@usms/directory/modules/schools/schools.schema'
import { useTranslation } from 'react-i18next'

const LOOKS: Record<SchoolStatus, { icon: TablerIcon; color: string }> = {
  PENDING: { icon: IconClock, color: 'gray' },
  PROVISIONING: { icon: IconLoader, color: 'blue' },
  ACTIVE: { icon: IconCheck, color: 'green' },
  SUSPENDED: { icon: IconPlayerPause, color: 'orange' },
  FAILED: { icon: IconX, color: 'red' },
  ARCHIVED: { icon: IconArchive, color: 'gray' },
  ERASED: { icon: IconTrash, color: 'gray' },
}

/** The state of a school in words; the colour only repeats them. */
export function StatusBadge({ status }: { status: SchoolStatus }) {
  const { t } = useTranslation('owner')
  const { icon: Icon, color } = LOOKS[status]
  return (
    <Badge
      variant="default"
      size="lg"
      tt="none"
      fw={500}
      miw="max-content"
      leftSection={
        <Icon size={16} aria-hidden display="block" color={`var(--mantine-color-${color}-6)`} />
      }
    >
      {t(`status.${status}`)}
    </Badge>
  )
}
