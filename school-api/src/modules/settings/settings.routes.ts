import { expectedVersions } from '@usms/service-kit/http/if-match'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import { settings, settingsPatch } from './settings.schema.ts'
import type { SettingsService } from './settings.service.ts'

export const settingsRoutes = (service: SettingsService): SchoolEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/settings/school',
    summary: 'Read the settings of the school',
    access: 'settings.read',
    response: settings,
    handle: () => service.read(),
  }),
  endpoint({
    method: 'patch',
    path: '/settings/school',
    summary: 'Change the settings of the school; with If-Match only the version that was read',
    access: 'settings.write',
    body: settingsPatch,
    response: settings,
    handle: ({ actor, body, req }) => service.update(actor, body, expectedVersions(req)),
  }),
]
