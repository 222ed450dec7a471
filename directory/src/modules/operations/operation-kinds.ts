/** The steps of every kind of operation, in their order: each observes, acts and verifies, and is safe to run again. */
export const STEPS_OF = {
  PROVISION: ['create-database', 'migrate', 'seed', 'start-runtime', 'check-health', 'activate'],
  RESTART: ['stop-runtime', 'start-runtime', 'check-health'],
  ADMIN_INVITE: ['store-invite'],
} as const

export type OperationKind = keyof typeof STEPS_OF
export type StepName = (typeof STEPS_OF)[OperationKind][number]

/** The queue that delivers operation ids to the provisioner; it holds no state of ours. */
export const OPERATION_QUEUE = 'operation'
