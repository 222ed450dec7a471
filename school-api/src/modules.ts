import type { AccessTokens } from '@usms/service-kit/auth/access-token'
import type { Passwords } from '@usms/service-kit/auth/passwords'
import type { Sessions } from '@usms/service-kit/auth/sessions'
import type { SchoolEndpoint } from './auth/endpoint.ts'
import type { Permissions } from './auth/permissions.ts'
import type { SignInLimits } from './auth/sign-in-limits.ts'
import type { Db } from './db.ts'
import type { Audit } from './modules/audit/audit.service.ts'
import { gradesRoutes } from './modules/grades/grades.routes.ts'
import { createGradesService } from './modules/grades/grades.service.ts'
import { settingsRoutes } from './modules/settings/settings.routes.ts'
import { createSettingsService } from './modules/settings/settings.service.ts'

/** What modules are made of. */
export interface ModuleDeps {
  db: Db
  audit: Audit
  /** The server's clock; tests set it. */
  now: () => Date
  permissions: Permissions
  accessTokens: AccessTokens
  sessions: Sessions
  passwords: Passwords
  signInLimits: SignInLimits
  /** Where the web front end is reached, for links. */
  appUrl: string
  schoolCode: string
}

/** Every feature of the school and its routes: the second half of the composition root. */
export function createModules(deps: ModuleDeps): SchoolEndpoint[] {
  return [
    ...gradesRoutes(createGradesService(deps)),
    ...settingsRoutes(createSettingsService(deps)),
  ]
}
