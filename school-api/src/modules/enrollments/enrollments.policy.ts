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
 * One answer for all faults: the code of the one enrollment that is refused, or the code in which all agree, else
 * `enrollments_refused`; each fault with its path and code either way.
 */
export function refusal(faults: readonly Fault[], pathOf: (fault: Fault) => string): AppError {
  const decisive = decisiveOf(faults)
  const options = {
    issues: faults.map((fault) => ({ path: pathOf(fault), message: fault.message })),
    details: {
      ...(refusedIn(faults) === 1 && decisive?.details),
      faults: faults.map((fault) => ({ path: pathOf(fault), code: fault.code })),
    },
  }
  return decisive
    ? new AppError(decisive.kind, decisive.code, sentence(decisive), options)
    : new AppError(
        faults.every(({ kind }) => kind === 'conflict') ? 'conflict' : 'unprocessable',
        'enrollments_refused',
        `${refusedIn(faults)} enrollments cannot be made`,
        options,
      )
}

/** The fault that speaks for all. What no other moment would make right comes before what is only taken now. */
function decisiveOf(faults: readonly Fault[]): Fault | undefined {
  const [first] = faults
  if (refusedIn(faults) === 1) return faults.find(({ kind }) => kind === 'unprocessable') ?? first
  return faults.every(({ code }) => code === first?.code) ? first : undefined
}

const refusedIn = (faults: readonly Fault[]) => new Set(faults.map(({ index }) => index)).size

const sentence = ({ field, message }: Fault) => `${field}: ${message}`
