import { Button, Group, Text, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { MissingList } from '#src/features/missing-registers/missing-list.tsx'
import { useMissingRegisters } from '#src/features/missing-registers/missing-registers.api.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { Loaded, LoadingRows } from '#src/ui/loaded.tsx'
import { Page } from '#src/ui/page.tsx'

const DATE = /^\d{4}-\d{2}-\d{2}$/

export function MissingRegistersPage() {
  const { t } = useTranslation('planning')
  const { time } = useSchool()
  const [params, setParams] = useSearchParams()
  const asked = params.get('date') ?? ''
  const today = time.today()
  const date = DATE.test(asked) ? asked : today
  const query = useMissingRegisters(date)
  const count = query.data?.pages[0]?.total ?? 0

  return (
    <Page title={t('missing.title')} subtitle={t('missing.text')}>
      <Group align="flex-end">
        <TextInput
          type="date"
          label={t('lesson.date')}
          value={date}
          onChange={(event) => {
            // Empty while a date is being typed.
            if (event.currentTarget.value)
              setParams({ date: event.currentTarget.value }, { replace: true })
          }}
        />
        {date !== today && (
          <Button variant="default" onClick={() => setParams({})}>
            {t('sessions.today')}
          </Button>
        )}
      </Group>
      <Text role="status" fw={600}>
        {count > 0 && t('missing.count', { count, date: time.shortDate(date) })}
      </Text>
      <Loaded query={query} skeleton={<LoadingRows rows={6} />}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items)
          if (items.length === 0) return <EmptyState text={t('missing.none')} />
          return (
            <>
              <MissingList items={items} />
              {query.hasNextPage && (
                <Button
                  variant="default"
                  loading={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  {t('sessions.more')}
                </Button>
              )}
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}
