import { Stack, Text, Textarea } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Notice } from '#src/ui/notice.tsx'

/** What the server says of a full section, when it says it. */
export interface Full {
  capacity?: number
  enrolled?: number
}

interface OverCapacityProps {
  section: string
  full: Full
  /** Absent where the form asks for a reason anyway. */
  reason?: { value: string; error: string | null; onChange: (reason: string) => void }
}

/** A full section: what the office can do about it. */
export function OverCapacity({ section, full, reason }: OverCapacityProps) {
  const { t } = useTranslation('structure')
  const { capacity, enrolled } = full
  return (
    <Notice
      color="orange"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={t('capacity.title', { section })}
    >
      <Stack gap="sm">
        <Text size="sm">
          {capacity === undefined
            ? t('capacity.bare')
            : t('capacity.text', { count: capacity, taken: enrolled ?? capacity })}
        </Text>
        {reason && (
          <Textarea
            label={t('capacity.reason')}
            value={reason.value}
            error={reason.error}
            onChange={(event) => reason.onChange(event.currentTarget.value)}
            maxLength={500}
            autosize
            minRows={1}
          />
        )}
      </Stack>
    </Notice>
  )
}
