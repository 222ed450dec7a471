import { useTranslation } from 'react-i18next'

/** A step in words; one that a newer service knows by its own name. */
export function useStepName(): (name: string) => string {
  const { t, i18n } = useTranslation('owner')
  return (name) => {
    const isKnown: boolean = i18n.exists(`job.step.${name}`, { ns: 'owner' })
    return isKnown ? t(`job.step.${name as 'migrate'}`) : name
  }
}
