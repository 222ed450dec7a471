import { Skeleton, Stack, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** The row of the week, and the week. */
export function TimetableSkeleton() {
  const { t } = useTranslation()
  return (
    <Stack gap="md" aria-busy="true">
      <VisuallyHidden role="status">{t('state.loading')}</VisuallyHidden>
      <Skeleton height={44} radius="md" />
      <Skeleton height={720} radius="md" />
    </Stack>
  )
}
