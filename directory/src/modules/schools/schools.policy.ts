import { type AppError, conflict } from '@usms/service-kit/errors/app-error'
import type { TenantStatus } from '#src/generated/prisma/enums.ts'

/** In which states what can be asked of a school. */
const ALLOWED_IN = {
  suspend: ['ACTIVE'],
  resume: ['SUSPENDED'],
  restart: ['ACTIVE'],
  invite: ['ACTIVE'],
  // PROVISIONING: the job that runs is the answer, or, where it got lost, a new one. ARCHIVED: it is brought back.
  provision: ['PENDING', 'FAILED', 'PROVISIONING', 'ARCHIVED'],
  upgrade: ['ACTIVE'],
  // Two deliberate steps: whoever is in service is suspended first, and whoever is erased was archived.
  archive: ['PENDING', 'FAILED', 'SUSPENDED'],
  erase: ['ARCHIVED'],
  change: ['PENDING', 'PROVISIONING', 'ACTIVE', 'SUSPENDED', 'FAILED', 'ARCHIVED'],
} as const satisfies Record<string, readonly TenantStatus[]>

export type SchoolVerb = keyof typeof ALLOWED_IN

/** Why this cannot be done in this state; undefined when it can. */
export function refusal(verb: SchoolVerb, status: TenantStatus): AppError | undefined {
  if ((ALLOWED_IN[verb] as readonly TenantStatus[]).includes(status)) return undefined
  if (verb === 'provision' && status === 'ACTIVE')
    return conflict('already_active', 'The school is provisioned already', { status })
  return conflict('wrong_state', `This cannot be done with a school that is ${status}`, { status })
}
