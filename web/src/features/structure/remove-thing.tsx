import { type ReactNode, type RefObject, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '#src/lib/http/problem.ts'
import { ConfirmModal } from '#src/ui/confirm-modal.tsx'
import { useErrorText } from '#src/ui/error-text.ts'
import { useNotify } from '#src/ui/use-notify.tsx'
import { type Resource, useRemove } from './structure.api.ts'

interface RemoveThingProps<Item> {
  resource: Resource
  /** What is asked about; null: nothing. */
  item: Item | null
  nameOf: (item: Item) => string
  text: (item: Item) => string
  /** Why it cannot be removed, known before it is asked for. */
  obstacle?: ReactNode
  /** Takes the focus when the row, and its button with it, is gone. */
  heading: RefObject<HTMLElement | null>
  onClose: () => void
}

const REFERRERS = [
  'sections',
  'teaching',
  'sessions',
  'assignments',
  'enrollments',
  'memberships',
] as const

/** Asks, removes, and says in words what keeps it. */
export function RemoveThing<Item extends { id: string }>({
  resource,
  item,
  nameOf,
  text,
  obstacle,
  heading,
  onClose,
}: RemoveThingProps<Item>) {
  const { t } = useTranslation('structure')
  const { t: common } = useTranslation()
  const errorText = useErrorText()
  const notify = useNotify()
  const remove = useRemove(resource)
  const [refusal, setRefusal] = useState<string | null>(null)
  const close = () => {
    setRefusal(null)
    onClose()
  }
  const whyNot = (error: unknown): string => {
    if (!item || !(error instanceof Problem)) return errorText(error)
    if (error.code === 'current_year') return t('years.isCurrentText')
    if (error.code !== 'in_use') return errorText(error)
    const by = REFERRERS.find((referrer) => referrer === error.details['by']) ?? 'other'
    return t(`inUse.${by}`)
  }
  const confirm = async () => {
    if (!item) return
    setRefusal(null)
    try {
      await remove.mutateAsync(item.id)
    } catch (error) {
      return setRefusal(whyNot(error))
    }
    close()
    notify.done(t('done.removed', { name: nameOf(item) }))
    // After the dialog has given the focus back to a button that is not there any more.
    setTimeout(() => heading.current?.focus(), 50)
  }
  return (
    <ConfirmModal
      title={item ? t('list.removeOne', { name: nameOf(item) }) : ''}
      opened={item !== null}
      text={item && (obstacle || text(item))}
      canConfirm={!obstacle}
      confirmLabel={common('actions.remove')}
      isDanger
      isBusy={remove.isPending}
      refusal={refusal}
      onConfirm={() => void confirm()}
      onClose={close}
    />
  )
}
