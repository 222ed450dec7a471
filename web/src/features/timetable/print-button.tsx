import { Button } from '@mantine/core'
import { IconPrinter } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import classes from './timetable.module.css'

export function PrintButton() {
  const { t } = useTranslation()
  return (
    <Button
      variant="default"
      leftSection={<IconPrinter size={18} aria-hidden />}
      visibleFrom="md"
      className={classes.notPrinted}
      onClick={() => window.print()}
    >
      {t('actions.print')}
    </Button>
  )
}
