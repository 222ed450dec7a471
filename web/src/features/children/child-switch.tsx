import { NativeSelect, SegmentedControl } from '@mantine/core'
import type { OwnChild } from '@usms/school-api/modules/me/me.schema'
import { useTranslation } from 'react-i18next'
import { personName } from '#src/ui/person-name.ts'
import classes from './child-switch.module.css'
import { useChild } from './use-child.ts'

/** More than these are no longer seen at a glance, nor fit beside each other on a phone. */
const MAX_BESIDE = 3

interface ChildSwitchProps {
  among: readonly OwnChild[]
  /** Whose page is shown. */
  shown: string | undefined
}

/** Between a parent's children; nothing where there is nothing to choose. */
export function ChildSwitch({ among, shown }: ChildSwitchProps) {
  const { t } = useTranslation('family')
  const { child, choose } = useChild()
  if (among.length < 2) return null
  // At once what was tapped, also while it is being read.
  const value = child ?? shown ?? ''
  const label = (one: OwnChild) =>
    one.sectionName
      ? t('children.inSection', { name: personName(one), section: one.sectionName })
      : personName(one)
  if (among.length > MAX_BESIDE)
    return (
      <NativeSelect
        label={t('children.child')}
        value={value}
        onChange={(event) => choose(event.currentTarget.value)}
        data={among.map((one) => ({ value: one.studentUserId, label: label(one) }))}
      />
    )
  return (
    <SegmentedControl
      aria-label={t('children.child')}
      fullWidth
      size="md"
      value={value}
      onChange={choose}
      classNames={classes}
      data={among.map((one) => ({
        value: one.studentUserId,
        label: <span title={label(one)}>{label(one)}</span>,
      }))}
    />
  )
}
