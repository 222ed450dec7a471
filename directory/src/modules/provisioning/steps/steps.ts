import type { StepName } from '#src/modules/operations/operation-kinds.ts'
import type { PostgresAdmin } from '#src/platform/postgres-admin.ts'
import type { SchoolRuntime } from '#src/runtime/school-runtime.ts'
import type { SchoolRunner } from '../school-runner.ts'
import type { SchoolSecretStore } from '../school-secrets.ts'
import type { Step } from '../step.ts'
import { activateStep } from './activate.step.ts'
import { checkHealthStep } from './check-health.step.ts'
import { createDatabaseStep } from './create-database.step.ts'
import { migrateStep } from './migrate.step.ts'
import { seedStep } from './seed.step.ts'
import { startRuntimeStep } from './start-runtime.step.ts'
import { stopRuntimeStep } from './stop-runtime.step.ts'
import { storeInviteStep } from './store-invite.step.ts'

interface StepDeps {
  admin: PostgresAdmin
  secrets: SchoolSecretStore
  runner: SchoolRunner
  runtime: SchoolRuntime
  routerKey: string
}

/** Every step there is, by the name under which operations list it. */
export const createSteps = (deps: StepDeps): Record<StepName, Step> => ({
  'create-database': createDatabaseStep(deps),
  migrate: migrateStep(deps),
  seed: seedStep(deps),
  'start-runtime': startRuntimeStep(deps),
  'check-health': checkHealthStep(deps),
  activate: activateStep(),
  'stop-runtime': stopRuntimeStep(deps),
  'store-invite': storeInviteStep(deps),
})
