import { Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { PAGE_SIZE, useAudit } from '#src/features/audit/audit.api.ts'
import { AuditFilters } from '#src/features/audit/audit-filters.tsx'
import { AuditTable } from '#src/features/audit/audit-table.tsx'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import { addDays } from '#src/lib/school-time.ts'
import { useCursorPage } from '#src/lib/use-cursor-page.ts'
import { CursorPager } from '#src/ui/cursor-pager.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { Loaded, LoadingRows } from '#src/ui/loaded.tsx'
import { Page } from '#src/ui/page.tsx'

const DATE = /^\d{4}-\d{2}-\d{2}$/

/** Who did what to which school. */
export function OwnerAuditPage() {
  const { t } = useTranslation('owner')
  const { time } = useOwner()
  const place = useCursorPage()
  const { params, cursor } = place
  /** The first moment of a day of the address, days later. */
  const dayOf = (name: string, later: number) => {
    const date = params.get(name) ?? ''
    return DATE.test(date) ? time.instantOf(addDays(date, later), '00:00') : undefined
  }
  const audit = useAudit({
    schoolCode: params.get('school'),
    action: params.get('action'),
    from: dayOf('from', 0),
    to: dayOf('to', 1),
    cursor,
  })
  return (
    <Page title={t('audit.title')} subtitle={t('audit.subtitle')}>
      <Stack gap="md">
        <AuditFilters place={place} />
        <Loaded query={audit} skeleton={<LoadingRows rows={12} height={36} />}>
          {({ items, nextCursor, total = items.length }) => {
            if (items.length === 0)
              return <EmptyState text={t(params.size > 0 ? 'audit.noneFound' : 'audit.none')} />
            const first = (place.page - 1) * PAGE_SIZE + 1
            return (
              <Stack gap="md" aria-busy={audit.isPlaceholderData}>
                <AuditTable items={items} />
                <CursorPager place={place} nextCursor={nextCursor}>
                  {t('audit.range', {
                    from: time.number(first),
                    to: time.number(first + items.length - 1),
                    total: time.number(total),
                  })}
                </CursorPager>
              </Stack>
            )
          }}
        </Loaded>
      </Stack>
    </Page>
  )
}
