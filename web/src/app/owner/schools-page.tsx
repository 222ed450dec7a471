import { Button, Stack } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import type { SchoolAnswer } from '@usms/directory/modules/schools/schools.schema'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import { SchoolCards, SortSelect } from '#src/features/schools/school-cards.tsx'
import { type SchoolOrder, schoolOrder } from '#src/features/schools/school-order.ts'
import { PAGE_SIZE, usePrefetchSchools, useSchools } from '#src/features/schools/schools.api.ts'
import { SchoolsFilters } from '#src/features/schools/schools-filters.tsx'
import { SchoolsTable } from '#src/features/schools/schools-table.tsx'
import { useOpenedSchool } from '#src/features/schools/use-opened-school.ts'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import { type CursorPage, useCursorPage } from '#src/lib/use-cursor-page.ts'
import { CursorPager } from '#src/ui/cursor-pager.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { Loaded, LoadingRows } from '#src/ui/loaded.tsx'
import { Page } from '#src/ui/page.tsx'

/** The query of the API that the address stands for. */
const queryOf = ({ params, cursor }: CursorPage, { sort, order }: SchoolOrder) => ({
  q: params.get('q'),
  status: params.get('status'),
  sort,
  order,
  cursor,
})

export function SchoolsPage() {
  const { t } = useTranslation('owner')
  const place = useCursorPage()
  const order = schoolOrder(place)
  const schools = useSchools(queryOf(place, order))
  const isCurrent = schools.data !== undefined && !schools.isPlaceholderData
  // Here, around the page: the page itself gives the focus to its heading first.
  const open = useOpenedSchool(isCurrent)
  const isWide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false })
  return (
    <Page
      title={t('schools.title')}
      actions={
        <Button
          component={Link}
          to="/owner/schools/new"
          leftSection={<IconPlus size={18} aria-hidden />}
        >
          {t('schools.onboard')}
        </Button>
      }
    >
      <Stack gap="md">
        <SchoolsFilters
          place={place}
          counts={schools.data?.statusCounts}
          sortSelect={!isWide && <SortSelect order={order} />}
        />
        <Loaded query={schools} skeleton={<LoadingRows rows={12} height={isWide ? 40 : 120} />}>
          {({ items, nextCursor, total = items.length }) => (
            <SchoolList {...{ place, order, items, nextCursor, total, isWide, isCurrent, open }} />
          )}
        </Loaded>
      </Stack>
    </Page>
  )
}

interface SchoolListProps {
  place: CursorPage
  order: SchoolOrder
  items: readonly SchoolAnswer[]
  nextCursor: string | null
  total: number
  isWide: boolean
  /** Not what stood there before the search was changed. */
  isCurrent: boolean
  open: (schoolId: string) => void
}

function SchoolList({
  place,
  order,
  items,
  nextCursor,
  total,
  isWide,
  isCurrent,
  open,
}: SchoolListProps) {
  const { t } = useTranslation('owner')
  const { time } = useOwner()
  const { search } = useLocation()
  const linkTo = (school: SchoolAnswer) => ({
    to: `/owner/schools/${school.id}`,
    state: { list: search },
    onClick: () => open(school.id),
  })
  if (items.length === 0)
    return place.params.size === 0 ? (
      <EmptyState text={t('schools.none')}>
        <Button component={Link} to="/owner/schools/new">
          {t('schools.onboard')}
        </Button>
      </EmptyState>
    ) : (
      <EmptyState text={t('schools.noneFound')}>
        <Button component={Link} to="/owner" variant="default">
          {t('schools.clear')}
        </Button>
      </EmptyState>
    )
  const first = (place.page - 1) * PAGE_SIZE + 1
  return (
    <Stack gap="md" aria-busy={!isCurrent}>
      {isWide ? (
        <SchoolsTable schools={items} order={order} linkTo={linkTo} />
      ) : (
        <SchoolCards schools={items} linkTo={linkTo} />
      )}
      <CursorPager place={place} nextCursor={nextCursor}>
        {t('schools.range', {
          from: time.number(first),
          to: time.number(first + items.length - 1),
          total: time.number(total),
        })}
      </CursorPager>
      {isCurrent && nextCursor && (
        <NextPage query={{ ...queryOf(place, order), cursor: nextCursor }} />
      )}
    </Stack>
  )
}

function NextPage({ query }: { query: ReturnType<typeof queryOf> }) {
  usePrefetchSchools(query)
  return null
}
