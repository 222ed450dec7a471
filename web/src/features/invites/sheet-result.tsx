import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconPrinter } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { PrintedSheet, SLIPS_A_PAGE } from './printed-sheet.tsx'
import classes from './sheet.module.css'
import { type Slip, SlipCard } from './slip.tsx'
import { useSheetTexts } from './use-sheet-texts.ts'

interface SheetResultProps {
  slips: readonly Slip[]
  sectionName: string
  onAgain: () => void
}

/** What was issued: its first page to look at, and all of it for the printer. */
export function SheetResult({ slips, sectionName, onAgain }: SheetResultProps) {
  const { t } = useTranslation('people')
  const { t: tc } = useTranslation()
  const { time } = useSchool()
  const texts = useSheetTexts()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const again = (
    <Button variant="default" onClick={onAgain}>
      {t('sheet.another')}
    </Button>
  )
  if (slips.length === 0) return <EmptyState text={t('sheet.nobody')}>{again}</EmptyState>
  const pages = Math.ceil(slips.length / SLIPS_A_PAGE)
  return (
    <Stack gap="md">
      <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
        <Stack gap="sm">
          <Title order={2} size="h4" ref={heading} tabIndex={-1} style={{ outline: 'none' }}>
            {t('sheet.ready', {
              count: slips.length,
              number: time.number(slips.length),
              section: sectionName,
            })}
          </Title>
          <Text>{t('sheet.once')}</Text>
          <Group>
            <Button
              leftSection={<IconPrinter size={18} aria-hidden />}
              onClick={() => window.print()}
            >
              {tc('actions.print')}
            </Button>
            {again}
          </Group>
        </Stack>
      </Paper>
      <Title order={3} size="h5">
        {t('sheet.preview', { count: pages, number: time.number(pages) })}
      </Title>
      <div className={classes.preview} lang={texts.language}>
        {slips.slice(0, SLIPS_A_PAGE).map((slip) => (
          <SlipCard key={slip.invite.url} slip={slip} texts={texts} />
        ))}
      </div>
      <PrintedSheet slips={slips} />
    </Stack>
  )
}
