import { useTranslation } from 'react-i18next'

/** What the API will not take is said before it is sent: `code: line(20)` answers the fault of a value, or null. */
export function useFieldChecks() {
  const { t } = useTranslation('structure')
  return {
    line: (max: number) => (value: string) => {
      const { length } = value.trim()
      if (length === 0) return t('form.required')
      return length > max ? t('form.tooLong', { max }) : null
    },
    needed: (value: string | number | null) =>
      value === '' || value === null ? t('form.required') : null,
    /** A whole number between two, or nothing. */
    wholeOrEmpty: (min: number, max: number, text: string) => (value: string | number) =>
      value === '' || isWhole(value, min, max) ? null : text,
  }
}

export const isWhole = (value: unknown, min: number, max: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
