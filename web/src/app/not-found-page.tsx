import { Button, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Page } from '#src/ui/page.tsx'

export function NotFoundPage({ home }: { home: string }) {
  const { t } = useTranslation()
  return (
    <Page title={t('notFound.title')}>
      <Stack align="flex-start">
        <Text>{t('notFound.text')}</Text>
        <Button component={Link} to={home}>
          {t('notFound.home')}
        </Button>
      </Stack>
    </Page>
  )
}
