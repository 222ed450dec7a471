import { forbidden } from '@usms/service-kit/errors/app-error'
import { type Actor, isOffice } from '#src/auth/actor.ts'

/** Capacity is hard: only the office puts one more into a full section, and says why. */
export const canOverrideCapacity = (actor: Pick<Actor, 'role'>): boolean => isOffice(actor)

/** @throws AppError 403 when somebody asks for it who may not */
export function checkOverride(
  actor: Pick<Actor, 'role'>,
  { overrideCapacity = false }: { overrideCapacity?: boolean | undefined },
): void {
  if (overrideCapacity && !canOverrideCapacity(actor))
    throw forbidden('Only the office may fill a section beyond its capacity')
}
