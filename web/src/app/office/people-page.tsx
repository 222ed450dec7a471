import { Button, Skeleton, Stack, Tabs } from '@mantine/core'
import { IconPlus, IconQrcode } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { usePeople, PAGE_SIZE } from '#src/features/people/people.api.ts'
import { ACTIVITY, PeopleFilters, readActivity } from '#src/features/people/people-filters.tsx'
import { PeopleList } from '#src/features/people/people-list.tsx'
import classes from '#src/features/people/people.module.css'
import { type Kind, KINDS, readKind } from '#src/features/people/person.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { type CursorPage, useCursorPage } from '#src/lib/use-cursor-page.ts'
import { CursorPager } from '#src/ui/cursor-pager.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { Loaded } from '#src/ui/loaded.tsx'
import { Page } from '#src/ui/page.tsx'

export function PeoplePage() {
  const { t } = useTranslation('people')
  const { t: tc } = useTranslation()
  const { link } = useSchool()
  const place = useCursorPage()
  const kind = readKind(place.params.get('kind')) ?? 'students'
  return (
    <Page
      title={tc('nav.people')}
      actions={
        <>
          <Button
            component={Link}
            to={link('/invites')}
            variant="default"
            leftSection={<IconQrcode size={18} aria-hidden />}
          >
            {t('list.sheet')}
          </Button>
          <NewButton kind={kind} />
        </>
      }
    >
      <Tabs
        value={kind}
        onChange={(value) =>
          // A search by name goes on; a section of students is none of guardians'.
          place.change({ kind: value ?? '', section: '' })
        }
      >
        <Tabs.List grow>
          {KINDS.map((value) => (
            <Tabs.Tab key={value} value={value} px={{ base: 6, xs: 'md' }}>
              {t(`kinds.${value}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {KINDS.map((value) => (
          <Tabs.Panel key={value} value={value} pt="md" keepMounted={false}>
            {value === kind && <People kind={kind} place={place} />}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  )
}

function People({ kind, place }: { kind: Kind; place: CursorPage }) {
  const { t } = useTranslation('people')
  const { time } = useSchool()
  const { params, page, cursor } = place
  const activity = readActivity(params.get('state'))
  const q = params.get('q') ?? undefined
  const sectionId = params.get('section') ?? undefined
  const people = usePeople(kind, { q, sectionId, isActive: ACTIVITY[activity], cursor })
  const isFiltered = Boolean(q ?? sectionId) || activity === 'inactive'
  return (
    <Stack gap="md">
      <PeopleFilters kind={kind} place={place} />
      <Loaded query={people} skeleton={<ListSkeleton />}>
        {({ items, nextCursor, total }) =>
          items.length === 0 ? (
            <EmptyState text={t(isFiltered ? 'list.nobodyFits' : `list.empty.${kind}`)}>
              {isFiltered ? (
                <Button
                  variant="default"
                  onClick={() => place.change({ q: '', section: '', state: '' })}
                >
                  {t('list.clear')}
                </Button>
              ) : (
                <NewButton kind={kind} />
              )}
            </EmptyState>
          ) : (
            <Stack gap="md" className={people.isPlaceholderData ? classes.waiting : ''}>
              <PeopleList kind={kind} people={items} label={t(`kinds.${kind}`)} />
              <CursorPager place={place} nextCursor={nextCursor}>
                {t('list.range', {
                  from: time.number((page - 1) * PAGE_SIZE + 1),
                  to: time.number((page - 1) * PAGE_SIZE + items.length),
                  total: time.number(total),
                })}
              </CursorPager>
            </Stack>
          )
        }
      </Loaded>
    </Stack>
  )
}

function NewButton({ kind }: { kind: Kind }) {
  const { t } = useTranslation('people')
  const { link } = useSchool()
  return (
    <Button
      component={Link}
      to={link(`/people/new?kind=${kind}`)}
      leftSection={<IconPlus size={18} aria-hidden />}
    >
      {t(`new.button.${kind}`)}
    </Button>
  )
}

const ListSkeleton = () => (
  <Stack gap={1} aria-hidden>
    {Array.from({ length: 12 }, (_, row) => (
      <Skeleton key={row} height={44} radius="sm" />
    ))}
  </Stack>
)
