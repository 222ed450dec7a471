import { Skeleton, Stack, VisuallyHidden } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorAlert } from './error-alert.tsx'

interface LoadedProps<Data> {
  query: UseQueryResult<Data>
  /** Of about the size of what comes, so that nothing jumps when it does. */
  skeleton?: ReactNode
  children: (data: Data) => ReactNode
}

/** A query's three states: loading, failed, there. What is there stays while it is read again. */
export function Loaded<Data>({ query, skeleton, children }: LoadedProps<Data>) {
  if (query.data !== undefined)
    return (
      <>
        {query.isError && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
        {children(query.data)}
      </>
    )
  if (query.isError) return <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />
  return skeleton ?? <LoadingRows />
}

/** Grey rows, `rows` of them. */
export function LoadingRows({ rows = 4, height = 64 }: { rows?: number; height?: number }) {
  const { t } = useTranslation()
  return (
    <Stack gap="sm" aria-busy="true">
      <VisuallyHidden role="status">{t('state.loading')}</VisuallyHidden>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height} radius="md" />
      ))}
    </Stack>
  )
}
