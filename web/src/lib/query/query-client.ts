import { QueryClient } from '@tanstack/react-query'
import { isPassing } from '../http/problem.ts'

const MAX_RETRIES = 2

/** One a sign-in, so that nothing read by one person is ever shown to the next. */
export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        // A refusal stays one; what is down for a moment comes back.
        retry: (failures, error) => failures < MAX_RETRIES && isPassing(error),
        networkMode: 'always',
      },
      // Whether a write that failed is sent again is for whoever started it.
      mutations: { retry: false, networkMode: 'always' },
    },
  })
