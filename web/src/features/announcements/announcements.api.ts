import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type {
  AnnouncementAnswer,
  AnnouncementPage,
  AudiencesAnswer,
} from '@usms/school-api/modules/announcements/announcements.schema'
import type { DashboardAnswer } from '@usms/school-api/modules/me/dashboard.schema'
import { useSchool } from '#src/lib/school/school-context.tsx'

const PAGE_SIZE = 20

export type Announcement = AnnouncementPage['items'][number]

/** What is announced to oneself, unread first; or what one wrote, newest first. */
export function useAnnouncements({ mine, cursor }: { mine: boolean; cursor: string | undefined }) {
  const { api } = useSchool()
  return useQuery({
    queryKey: ['announcements', 'list', { mine, cursor }],
    queryFn: ({ signal }) =>
      api.get<AnnouncementPage>('/announcements', {
        query: { ...(mine ? { mine } : { order: 'unread' }), cursor, limit: PAGE_SIZE },
        signal,
      }),
  })
}

/** To whom one may announce; asked when somebody begins to write. */
export function useAudiences() {
  const { api } = useSchool()
  return useQuery({
    queryKey: ['announcements', 'audiences'],
    queryFn: ({ signal }) => api.get<AudiencesAnswer>('/announcements/audiences', { signal }),
  })
}

/** As POST and PATCH take it. */
export interface AnnouncementInput {
  title?: string
  body?: string
  audience?: { kind: string; value?: string }
  publishAt?: string
  expiresAt?: string | null
}

/** Writes a new one, or changes one. */
export function useWriteAnnouncement(id: string | undefined) {
  const { api } = useSchool()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: AnnouncementInput) =>
      id === undefined
        ? api.post<AnnouncementAnswer>('/announcements', input)
        : api.patch<AnnouncementAnswer>(`/announcements/${id}`, input),
    onSuccess: () => reread(client),
  })
}

export function useWithdrawAnnouncement(id: string) {
  const { api } = useSchool()
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.delete(`/announcements/${id}`),
    onSuccess: () => reread(client),
  })
}

/** Says that one has read it. What is on the page stays where it is: only the next visit sorts it anew. */
export function useMarkRead() {
  const { api } = useSchool()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.post<void>(`/announcements/${id}/read`),
    onSuccess: async (_, id) => {
      const readAt = new Date().toISOString()
      const read = <Item extends { id: string; readAt: string | null }>(items: Item[]) =>
        items.map((item) => (item.id === id ? { ...item, readAt } : item))
      client.setQueriesData<AnnouncementPage>(
        { queryKey: ['announcements', 'list'] },
        (page) => page && { ...page, items: read(page.items) },
      )
      client.setQueriesData<DashboardAnswer>({ queryKey: ['dashboard'] }, (dashboard) => {
        if (!dashboard) return dashboard
        const { items, unread } = dashboard.announcements
        return {
          ...dashboard,
          announcements: { items: read(items), unread: Math.max(0, unread - 1) },
        }
      })
      const later = { refetchType: 'none' as const }
      await client.invalidateQueries({ queryKey: ['announcements', 'list'], ...later })
      await client.invalidateQueries({ queryKey: ['dashboard'], ...later })
    },
  })
}

async function reread(client: QueryClient): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: ['announcements', 'list'] }),
    client.invalidateQueries({ queryKey: ['dashboard'] }),
  ])
}
