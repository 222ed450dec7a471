/** The steps of every kind of operation, in their order: each observes, acts and verifies, and is safe to run again. */
export const STEPS_OF = {
  PROVISION: ['create-database', 'migrate', 'seed', 'start-runtime', 'check-health', 'activate'],
  RESTART: ['stop-runtime', 'start-runtime', 'check-health'],
  ADMIN_INVITE: ['store-invite'],
  // What serves goes on serving until `switch`; afterwards it ends what it has begun.
  UPGRADE: ['fetch-release', 'migrate', 'stage-runtime', 'smoke-test', 'switch', 'drain'],
  ARCHIVE: ['destroy-runtime', 'close-database', 'mark-archived'],
  ERASE: ['destroy-runtime', 'drop-database', 'delete-secrets', 'scrub-records', 'certify'],
} as const

export type OperationKind = keyof typeof STEPS_OF
export type StepName = (typeof STEPS_OF)[OperationKind][number]

/** The queue that delivers operation ids to the provisioner; it holds no state of ours. */
export const OPERATION_QUEUE = 'operation'
