import {
  keepPreviousData,
  type QueryClient,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type { InviteAnswer } from '@usms/school-api/modules/invites/invites.schema'
import type { FreeUsernameAnswer } from '@usms/school-api/modules/users/users.schema'
import { ifMatch } from '#src/lib/http/if-match.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { type Kind, type Person, RESOURCE_OF } from './person.ts'

export const PAGE_SIZE = 50
/** As many as somebody looks through below an input. */
const FOUND = 20

interface PeoplePage {
  items: Person[]
  nextCursor: string | null
  total: number
}

export interface PeopleFilter {
  q?: string | undefined
  sectionId?: string | undefined
  isActive?: boolean | undefined
  cursor?: string | undefined
}

const ofKind = (kind: Kind) => (kind === 'staff' ? { isOffice: true } : {})

/** A page by name; the one before stays until the next is there. */
export function usePeople(kind: Kind, filter: PeopleFilter) {
  const { api } = useSchool()
  const query = { ...ofKind(kind), ...filter, limit: PAGE_SIZE, count: true }
  return useQuery({
    queryKey: ['people', kind, query],
    queryFn: ({ signal }) => api.get<PeoplePage>(RESOURCE_OF[kind], { query, signal }),
    // Within one list: students among teachers would be wrong for as long as they stood there.
    placeholderData: (before, query) =>
      query?.queryKey[1] === kind ? keepPreviousData(before) : undefined,
  })
}

/** Some whose names fit; nothing is asked before something is typed. */
export function useFoundPeople(kind: Kind, q: string) {
  const { api } = useSchool()
  const query = { q, isActive: true, limit: FOUND }
  return useQuery({
    queryKey: ['people', kind, query],
    queryFn: ({ signal }) => api.get<PeoplePage>(RESOURCE_OF[kind], { query, signal }),
    placeholderData: keepPreviousData,
    enabled: q !== '',
  })
}

export function usePerson(kind: Kind, id: string) {
  const { api } = useSchool()
  return useQuery({
    queryKey: ['person', kind, id],
    queryFn: ({ signal }) => api.get<Person>(`${RESOURCE_OF[kind]}/${id}`, { signal }),
  })
}

/** People are named on every other page (rosters, lessons, whom to enroll): all is read again but `but`, which was just answered. */
const invalidatePeople = (queryClient: QueryClient, { but }: { but?: string } = {}) =>
  queryClient.invalidateQueries({
    predicate: ({ queryKey: [noun, , id] }) => noun !== 'person' || id !== but,
  })

export type Created = Person & { invite: InviteAnswer }

/** The answer carries a link to set a password: it is kept by who shows it, and by no cache. */
export function useCreatePerson(kind: Kind) {
  const { api } = useSchool()
  const queryClient = useQueryClient()
  return useMutation({
    gcTime: 0,
    mutationFn: (body: object) => api.post<Created>(RESOURCE_OF[kind], body),
    onSuccess: () => void invalidatePeople(queryClient),
  })
}

/** Guardians are changed as the accounts that they are. */
const changedAt = (kind: Kind) => (kind === 'guardians' ? '/users' : RESOURCE_OF[kind])

export function useUpdatePerson(kind: Kind, id: string) {
  const { api } = useSchool()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ changes, version }: { changes: object; version: number }) =>
      api.patch<Person>(`${changedAt(kind)}/${id}`, changes, ifMatch({ version })),
    onSuccess(answer) {
      keep(queryClient, kind, answer)
      void invalidatePeople(queryClient, { but: id })
    },
  })
}

export function useSetActive(kind: Kind, id: string) {
  const { api } = useSchool()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (verb: 'deactivate' | 'reactivate') => api.post<Person>(`/users/${id}/${verb}`),
    onSuccess(answer) {
      keep(queryClient, kind, answer)
      void invalidatePeople(queryClient, { but: id })
    },
  })
}

/** Over what was read before: an account's answer does not say what its kind adds. */
const keep = (queryClient: QueryClient, kind: Kind, answer: Person) =>
  queryClient.setQueryData<Person>(['person', kind, answer.id], (before) => ({
    ...before,
    ...answer,
  }))

interface Link {
  studentUserId: string
  guardianUserId: string
}

export function useLinkGuardian() {
  const { api } = useSchool()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ studentUserId, ...body }: Link & { relationship: string | null }) =>
      api.post(`/students/${studentUserId}/guardians`, body),
    onSuccess: () => invalidatePeople(queryClient),
  })
}

export function useUnlinkGuardian() {
  const { api } = useSchool()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ studentUserId, guardianUserId }: Link) =>
      api.delete(`/students/${studentUserId}/guardians/${guardianUserId}`),
    onSuccess: () => invalidatePeople(queryClient),
  })
}

/** Asks the school for a username that nobody has. */
export function useFreeUsername() {
  const { api } = useSchool()
  return async (like: string) =>
    (await api.get<FreeUsernameAnswer>('/users/free-username', { query: { like } })).username
}
