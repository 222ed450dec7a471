import { useTranslation } from 'react-i18next'
import type { Announcement } from './announcements.api.ts'

export const ROLES = ['STUDENT', 'PARENT', 'TEACHER', 'ADMIN', 'OWNER'] as const

const isRole = (value: string | null): value is (typeof ROLES)[number] =>
  ROLES.some((role) => role === value)

/** To whom it is addressed, in words. */
export function useAudienceName(): (audience: Announcement['audience']) => string {
  const { t } = useTranslation('family')
  return ({ kind, value, name }) => {
    if (kind === 'all') return t('announcements.everybody')
    if (kind === 'role' && isRole(value)) return t(`announcements.roles.${value}`)
    return name ?? t('announcements.gone')
  }
}
