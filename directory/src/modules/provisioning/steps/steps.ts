import type pg from 'pg'
import type { StepName } from '#src/modules/operations/operation-kinds.ts'
import type { PostgresAdmin } from '#src/platform/postgres-admin.ts'
import type { SchoolRuntime } from '#src/runtime/school-runtime.ts'
import type { HealthTiming } from '../await-health.ts'
import type { SchoolRunner } from '../school-runner.ts'
import type { SchoolSecretStore } from '../school-secrets.ts'
import type { Step } from '../step.ts'
import { activateStep } from './activate.step.ts'
import { certifyStep } from './certify.step.ts'
import { checkHealthStep } from './check-health.step.ts'
import { closeDatabaseStep } from './close-database.step.ts'
import { createDatabaseStep } from './create-database.step.ts'
import { deleteSecretsStep } from './delete-secrets.step.ts'
import { destroyRuntimeStep } from './destroy-runtime.step.ts'
import { type DrainTiming, drainStep } from './drain.step.ts'
import { dropDatabaseStep } from './drop-database.step.ts'
import { fetchReleaseStep } from './fetch-release.step.ts'
import { markArchivedStep } from './mark-archived.step.ts'
import { migrateStep } from './migrate.step.ts'
import { scrubRecordsStep } from './scrub-records.step.ts'
import { seedStep } from './seed.step.ts'
import { smokeTestStep } from './smoke-test.step.ts'
import { stageRuntimeStep } from './stage-runtime.step.ts'
import { startRuntimeStep } from './start-runtime.step.ts'
import { stopRuntimeStep } from './stop-runtime.step.ts'
import { storeInviteStep } from './store-invite.step.ts'
import { switchStep } from './switch.step.ts'

export interface StepDeps {
  pool: pg.Pool
  admin: PostgresAdmin
  secrets: SchoolSecretStore
  runner: SchoolRunner
  runtime: SchoolRuntime
  healthTiming?: HealthTiming | undefined
  drainTiming?: DrainTiming | undefined
}

/** Every step there is, by the name under which operations list it. */
export const createSteps = (deps: StepDeps): Record<StepName, Step> => ({
  'create-database': createDatabaseStep(deps),
  migrate: migrateStep(deps),
  seed: seedStep(deps),
  'start-runtime': startRuntimeStep(deps),
  'check-health': checkHealthStep(deps),
  activate: activateStep(deps),
  'stop-runtime': stopRuntimeStep(deps),
  'store-invite': storeInviteStep(deps),
  'fetch-release': fetchReleaseStep(deps),
  'stage-runtime': stageRuntimeStep(deps),
  'smoke-test': smokeTestStep(deps),
  switch: switchStep(deps),
  drain: drainStep(deps),
  'destroy-runtime': destroyRuntimeStep(deps),
  'close-database': closeDatabaseStep(deps),
  'mark-archived': markArchivedStep(),
  'drop-database': dropDatabaseStep(deps),
  'delete-secrets': deleteSecretsStep(),
  'scrub-records': scrubRecordsStep(deps),
  certify: certifyStep(deps),
})
