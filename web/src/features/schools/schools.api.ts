import {
  keepPreviousData,
  queryOptions,
  useMutation,
  usePrefetchQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type { CertificateAnswer } from '@usms/directory/modules/schools/schools.lifecycle.schema'
import type {
  InviteAnswer,
  InviteRole,
  RuntimeStatus,
  SchoolAnswer,
  SchoolsAnswer,
} from '@usms/directory/modules/schools/schools.schema'
import type { Api } from '#src/lib/http/api.ts'
import { ifMatch } from '#src/lib/http/if-match.ts'
import type { Query } from '#src/lib/http/request.ts'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import type { SchoolFields } from './school-fields.ts'

const REFRESH_MS = 15_000
export const PAGE_SIZE = 50

const schoolsQuery = (api: Api, query: Query) =>
  queryOptions({
    queryKey: ['schools', query],
    queryFn: ({ signal }) =>
      api.get<SchoolsAnswer>('/schools', {
        query: { ...query, limit: PAGE_SIZE, count: true },
        signal,
      }),
  })

/** A page of the schools, read again while it is looked at; the one before stays until the next is there. */
export function useSchools(query: Query) {
  const { api } = useOwner()
  return useQuery({
    ...schoolsQuery(api, query),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  })
}

/** Reads a page that is likely to be looked at next. */
export function usePrefetchSchools(query: Query) {
  const { api } = useOwner()
  usePrefetchQuery(schoolsQuery(api, query))
}

export function useSchoolRecord(id: string) {
  const { api } = useOwner()
  return useQuery({
    queryKey: ['school', id],
    queryFn: ({ signal }) => api.get<SchoolAnswer>(`/schools/${id}`, { signal }),
    // Others may suspend it, and jobs move it.
    refetchInterval: REFRESH_MS,
  })
}

export function useSchoolStatus(id: string) {
  const { api } = useOwner()
  return useQuery({
    queryKey: ['school', id, 'status'],
    queryFn: ({ signal }) => api.get<RuntimeStatus>(`/schools/${id}/status`, { signal }),
    refetchInterval: REFRESH_MS,
  })
}

export function useCertificate(id: string) {
  const { api } = useOwner()
  return useQuery({
    queryKey: ['certificate', id],
    queryFn: ({ signal }) => api.get<CertificateAnswer>(`/schools/${id}/erasure`, { signal }),
  })
}

/** What a write to a school changes: itself, how it runs and what is listed of it. */
function useInvalidateSchool() {
  const queryClient = useQueryClient()
  return (id: string) =>
    Promise.all(
      [['schools'], ['school', id], ['jobs', id], ['audit']].map((queryKey) =>
        queryClient.invalidateQueries({ queryKey }),
      ),
    )
}

export function useCreateSchool() {
  const { api } = useOwner()
  const invalidate = useInvalidateSchool()
  return useMutation({
    mutationFn: (body: Partial<SchoolFields> & { code: string }) =>
      api.post<SchoolAnswer>('/schools', body),
    onSuccess: ({ id }) => void invalidate(id),
  })
}

export function useUpdateSchool(id: string) {
  const { api } = useOwner()
  const queryClient = useQueryClient()
  const invalidate = useInvalidateSchool()
  return useMutation({
    mutationFn: ({ changes, version }: { changes: Partial<SchoolFields>; version: number }) =>
      api.patch<SchoolAnswer>(`/schools/${id}`, changes, ifMatch({ version })),
    onSuccess(school) {
      queryClient.setQueryData(['school', id], school)
      void invalidate(id)
    },
  })
}

/** ACTIVE ⇄ SUSPENDED. */
export function useMoveSchool(id: string) {
  const { api } = useOwner()
  const queryClient = useQueryClient()
  const invalidate = useInvalidateSchool()
  return useMutation({
    mutationFn: (verb: 'suspend' | 'resume') => api.post<SchoolAnswer>(`/schools/${id}/${verb}`),
    onSuccess(school) {
      queryClient.setQueryData(['school', id], school)
      void invalidate(id)
    },
  })
}

export interface JobRequest {
  schoolId: string
  verb: 'provision' | 'restart' | 'upgrade' | 'archive' | 'erase'
  body?: { release: string } | { code: string }
}

/** Asks for work that is done later: the answer is the job to follow. */
export function useRequestJob() {
  const { api } = useOwner()
  const invalidate = useInvalidateSchool()
  return useMutation({
    mutationFn: ({ schoolId, verb, body }: JobRequest) =>
      api.post<{ jobId: string }>(`/schools/${schoolId}/${verb}`, body),
    onSettled: (_answer, _error, { schoolId }) => void invalidate(schoolId),
  })
}

export function useInvite(schoolId: string) {
  const { api } = useOwner()
  return useMutation({
    mutationFn: (role: InviteRole) =>
      api.post<InviteAnswer>(`/schools/${schoolId}/admin-invite`, { role }),
  })
}
