import type { SchoolLimits } from './school-runtime.ts'

/**
 * What a school of each plan may take. A school takes about 115 MB at rest; its heap is bounded well below its memory, so that it
 * collects rather than being ended.
 */
const PLANS: Readonly<Record<string, SchoolLimits>> = {
  small: { heapMb: 96, memoryMb: 256, cpus: 0.5, pids: 64 },
  standard: { heapMb: 96, memoryMb: 320, cpus: 1, pids: 64 },
  large: { heapMb: 256, memoryMb: 640, cpus: 2, pids: 128 },
}

/** Plans are the owner's to name: one that is not known here gets what the standard one gets. */
export const limitsOf = (plan: string): SchoolLimits =>
  PLANS[plan] ?? (PLANS['standard'] as SchoolLimits)
