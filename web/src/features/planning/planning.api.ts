import {
  infiniteQueryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type {
  RecurringMade,
  SessionAnswer,
  SessionPage,
  SessionWithWarnings,
} from '@usms/school-api/modules/sessions/sessions.schema'
import type { Api } from '#src/lib/http/api.ts'
import { ifMatch } from '#src/lib/http/if-match.ts'
import type { Query } from '#src/lib/http/request.ts'
import { addDays } from '#src/lib/school-time.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'

const PAGE = 200

/** Whose week: one of the three. */
export interface WhoseWeek {
  by: 'section' | 'teacher' | 'room'
  id: string
}

export function useWeek(whose: WhoseWeek | undefined, monday: string) {
  const { api } = useSchool()
  const query: Query = {
    [`${whose?.by}Id`]: whose?.id,
    from: monday,
    to: addDays(monday, 6),
    limit: PAGE,
  }
  return useQuery({
    queryKey: ['sessions', 'week', whose, monday],
    queryFn: ({ signal }) => api.get<SessionPage>('/sessions', { query, signal }),
    enabled: whose !== undefined,
  })
}

export type DayState = 'all' | 'scheduled' | 'taken' | 'cancelled'

const FILTER_OF_STATE: Record<DayState, Query> = {
  all: {},
  scheduled: { status: 'SCHEDULED' },
  taken: { status: 'SCHEDULED', taken: true },
  cancelled: { status: 'CANCELLED' },
}

/** All sessions of the school on one day. */
export function useSchoolDay(day: string, state: DayState) {
  const { api } = useSchool()
  return useInfiniteQuery(
    infiniteQueryOptions({
      queryKey: ['sessions', 'day', day, state],
      queryFn: ({ pageParam, signal }) =>
        api.get<SessionPage>('/sessions', {
          query: { from: day, to: day, ...FILTER_OF_STATE[state], limit: 100, cursor: pageParam },
          signal,
        }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
      // Registers are taken all the time.
      staleTime: 0,
    }),
  )
}

/** @param known as a list has it already, read at `knownAt`: then there is no request */
export function useSession(id: string, known: SessionAnswer | undefined, knownAt: number) {
  const { api } = useSchool()
  return useQuery({
    queryKey: ['sessions', 'one', id],
    queryFn: ({ signal }) => api.get<SessionAnswer>(`/sessions/${id}`, { signal }),
    ...(known && { initialData: known, initialDataUpdatedAt: knownAt }),
  })
}

export interface LessonFields {
  sectionId: string
  kind: 'LESSON' | 'REGISTRATION'
  subjectId: string | null
  roomId: string | null
  teachers?: { teacherUserId: string; role: 'MAIN' | 'COVER' }[]
}
export type NewLesson = LessonFields & { startsAt: string; endsAt: string }
export type NewPattern = LessonFields & {
  weekdays: number[]
  startTime: string
  endTime: string
  from: string
  until: string
}

/** Everything that shows sessions is read again after one was written. */
function useWrite<Input, Answer>(write: (api: Api, input: Input) => Promise<Answer>) {
  const { api } = useSchool()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: Input) => write(api, input),
    onSuccess: () =>
      Promise.all(
        ['sessions', 'missing-registers', 'dashboard', 'timetable', 'register'].map((noun) =>
          client.invalidateQueries({ queryKey: [noun] }),
        ),
      ),
  })
}

export const useCreateLesson = () =>
  useWrite((api, lesson: NewLesson) => api.post<SessionWithWarnings>('/sessions', lesson))

export const useCreatePattern = () =>
  useWrite((api, pattern: NewPattern) => api.post<RecurringMade>('/sessions/recurring', pattern))

type LessonPatch = Partial<Omit<NewLesson, 'sectionId' | 'kind'>>
interface Read {
  id: string
  version: number
}

export const useChangeLesson = () =>
  useWrite((api, { session, patch }: { session: Read; patch: LessonPatch }) =>
    api.patch<SessionWithWarnings>(`/sessions/${session.id}`, patch, ifMatch(session)),
  )

export const useCancelLesson = () =>
  useWrite((api, { session, reason }: { session: Read; reason: string }) =>
    api.post<SessionAnswer>(`/sessions/${session.id}/cancel`, { reason }, ifMatch(session)),
  )
