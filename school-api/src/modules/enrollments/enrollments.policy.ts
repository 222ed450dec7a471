import { AppError } from '@usms/service-kit/errors/app-error'
import { type Actor, isOffice } from '#src/auth/actor.ts'

export const isStaff = (actor: Pick<Actor, 'role'>): boolean =>
  isOffice(actor) || actor.role === 'TEACHER'

/** Why somebody left or was let into a full section is the school's business. */
export const canReadReason = (actor: Pick<Actor, 'role'>): boolean => isStaff(actor)

/** Why one enrollment of a request is refused; many are named at once. */
export interface Fault {
  /** Which enrollment of the request. */
  index: number
  field: string
  kind: 'conflict' | 'unprocessable'
  code: string
  message: string
  details?: Record<string, unknown>
}

/**
 * One answer for all faults: their own code where they agree, `enrollments_refused` where they do not, each fault with its path and
 * code either way.
 */
export function refusal(faults: readonly Fault[], pathOf: (fault: Fault) => string): AppError {
  const [first] = faults
  const alike = first !== undefined && faults.every((fault) => fault.code === first.code)
  const options = {
    issues: faults.map((fault) => ({ path: pathOf(fault), message: fault.message })),
    details: {
      ...(faults.length === 1 && first?.details),
      faults: faults.map((fault) => ({ path: pathOf(fault), code: fault.code })),
    },
  }
  return alike
    ? new AppError(first.kind, first.code, sentence(first), options)
    : new AppError(
        'unprocessable',
        'enrollments_refused',
        `${faults.length} enrollments cannot be made`,
        options,
      )
}

const sentence = ({ field, message }: Fault) => `${field}: ${message}`
