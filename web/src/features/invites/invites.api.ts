import { useMutation } from '@tanstack/react-query'
import type {
  InviteAnswer,
  SectionInvitesAnswer,
} from '@usms/school-api/modules/invites/invites.schema'
import { useSchool } from '#src/lib/school/school-context.tsx'

/** Links that set passwords: gone from every cache as soon as nobody shows them any more. */
const KEPT_MS = 0

/** A new link for one person; the one before stops working. */
export function useIssueInvite() {
  const { api } = useSchool()
  return useMutation({
    gcTime: KEPT_MS,
    mutationFn: (userId: string) => api.post<InviteAnswer>(`/users/${userId}/invite`),
  })
}

export interface SectionInvitesRequest {
  sectionId: string
  who: 'students' | 'guardians'
  onlyNew: boolean
}

/** New links for everybody of a section, in one request. */
export function useIssueSectionInvites() {
  const { api } = useSchool()
  return useMutation({
    gcTime: KEPT_MS,
    mutationFn: ({ sectionId, ...body }: SectionInvitesRequest) =>
      api.post<SectionInvitesAnswer>(`/sections/${sectionId}/invites`, body),
  })
}
