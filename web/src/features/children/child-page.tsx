import { Button, Stack } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { OwnChild } from '@usms/school-api/modules/me/me.schema'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '#src/lib/http/problem.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { EmptyState } from '#src/ui/empty-state.tsx'
import { Loaded } from '#src/ui/loaded.tsx'
import { ChildSwitch } from './child-switch.tsx'
import { useChild } from './use-child.ts'

interface ChildPageProps<Data> {
  query: UseQueryResult<Data>
  /** Who is shown, and between whom a parent chooses. */
  whoseOf: (data: Data) => { shown: string | undefined; children: readonly OwnChild[] }
  skeleton?: ReactNode
  /** What led to what could not be read, such as the choice of days: the way back from it. */
  controls?: ReactNode
  /** Shown to a parent without a child here. */
  renderWithoutChild?: (data: Data) => ReactNode
  children: (data: Data) => ReactNode
}

/** What is about one pupil: the pupil's own page, or a parent's with the switch between children above it. */
export function ChildPage<Data>({
  query,
  whoseOf,
  skeleton,
  controls,
  renderWithoutChild,
  children,
}: ChildPageProps<Data>) {
  const { t } = useTranslation('family')
  const { user } = useSchool()
  const { child, choose } = useChild()
  const isUnknown =
    child !== undefined &&
    query.data === undefined &&
    query.error instanceof Problem &&
    [400, 404].includes(query.error.status)
  if (isUnknown)
    return (
      <EmptyState text={t('children.unknown')}>
        <Button onClick={() => choose(undefined)}>{t('children.mine')}</Button>
      </EmptyState>
    )
  return (
    <>
      {query.isError && query.data === undefined && controls}
      <Loaded query={query} skeleton={skeleton}>
        {(data) => {
          const whose = whoseOf(data)
          return user.role === 'PARENT' && whose.shown === undefined ? (
            <Stack gap="lg">
              <EmptyState text={t('children.none')} />
              {renderWithoutChild?.(data)}
            </Stack>
          ) : (
            <Stack gap="lg">
              <ChildSwitch among={whose.children} shown={whose.shown} />
              {children(data)}
            </Stack>
          )
        }}
      </Loaded>
    </>
  )
}
