import { Button, CopyButton, VisuallyHidden } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

/** Copies a text and says that it has. */
export function CopyText({ text }: { text: string }) {
  const { t } = useTranslation()
  return (
    <CopyButton value={text} timeout={3_000}>
      {({ copied, copy }) => (
        <>
          <Button
            variant="default"
            onClick={copy}
            leftSection={
              copied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />
            }
          >
            {copied ? t('actions.copied') : t('actions.copy')}
          </Button>
          <VisuallyHidden role="status">{copied ? t('actions.copied') : ''}</VisuallyHidden>
        </>
      )}
    </CopyButton>
  )
}
