import { useTranslation } from 'react-i18next'

/** Everything that is written down, in the order of a school's life. */
export const ACTIONS = [
  'school.create',
  'school.update',
  'school.provision',
  'school.admin-invite',
  'school.restart',
  'school.upgrade',
  'school.suspend',
  'school.resume',
  'school.archive',
  'school.erase',
  'owner.create',
  'owner.sign-in',
  'owner.sign-in-failed',
  'owner.sign-out',
  'owner.refresh-token-reused',
  'owner.change-password',
] as const

/** An action in words; one that a newer service knows by its own name. */
export function useActionName(): (action: string) => string {
  const { t, i18n } = useTranslation('owner')
  return (action) => {
    const name = action.replace('.', '_')
    const isKnown: boolean = i18n.exists(`audit.actions.${name}`, { ns: 'owner' })
    return isKnown ? t(`audit.actions.${name as 'school_create'}`) : action
  }
}
