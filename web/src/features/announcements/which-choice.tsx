import { SegmentedControl } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from './announcements.module.css'

/** Everything, or what one wrote. */
export function WhichChoice({
  mine,
  onChange,
}: {
  mine: boolean
  onChange: (mine: boolean) => void
}) {
  const { t } = useTranslation('family')
  return (
    <SegmentedControl
      aria-label={t('announcements.which')}
      value={mine ? 'mine' : 'all'}
      onChange={(which) => onChange(which === 'mine')}
      classNames={{ root: classes.choices ?? '', label: classes.choice ?? '' }}
      data={[
        { value: 'all', label: t('announcements.all') },
        { value: 'mine', label: t('announcements.mine') },
      ]}
    />
  )
}
