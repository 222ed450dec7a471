import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type {
  AttendanceCodeAnswer,
  AttendanceCodeBody,
  AttendanceCodePatch,
} from '@usms/school-api/modules/attendance-codes/attendance-codes.schema'
import type {
  SettingsAnswer,
  SettingsPatch,
} from '@usms/school-api/modules/settings/settings.schema'
import { ifMatch } from '#src/lib/http/if-match.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'

export function useSettings() {
  const { api } = useSchool()
  return useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => api.get<SettingsAnswer>('/settings/school', { signal }),
  })
}

export function useChangeSettings() {
  const { api, session } = useSchool()
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ settings, patch }: { settings: SettingsAnswer; patch: SettingsPatch }) =>
      api.patch<SettingsAnswer>('/settings/school', patch, ifMatch(settings)),
    onSuccess: async (saved) => {
      client.setQueryData(['settings'], saved)
      // The school's name, zone and locale came with the sign-in: every page shows its times by them.
      await session.restore()
      await client.invalidateQueries()
    },
  })
}

export function useAttendanceCodes() {
  const { api } = useSchool()
  return useQuery({
    queryKey: ['attendance-codes'],
    queryFn: async ({ signal }) => {
      const { items } = await api.get<{ items: AttendanceCodeAnswer[] }>('/attendance-codes', {
        query: { limit: 200 },
        signal,
      })
      return items
    },
  })
}

export type CodeWrite =
  | { code: AttendanceCodeAnswer; patch: AttendanceCodePatch }
  | { code: undefined; body: AttendanceCodeBody }

export function useWriteCode() {
  const { api } = useSchool()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (write: CodeWrite) =>
      write.code
        ? api.patch<AttendanceCodeAnswer>(
            `/attendance-codes/${write.code.code}`,
            write.patch,
            ifMatch(write.code),
          )
        : api.post<AttendanceCodeAnswer>('/attendance-codes', write.body),
    onSuccess: () =>
      Promise.all(
        ['attendance-codes', 'register'].map((noun) =>
          client.invalidateQueries({ queryKey: [noun] }),
        ),
      ),
  })
}
