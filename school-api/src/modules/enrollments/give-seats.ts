import { isTakenOn, type LockedSection, type Seat } from '#src/modules/sections/seats.queries.ts'
import type { Fault } from './enrollments.policy.ts'

export interface SeatRequest {
  academicYearId: string
  sectionId: string
  /** Absent: the lowest free one. */
  rollNo?: number | undefined
  joinedOn: string
}

export interface Seating {
  /** By request. */
  rollNos: number[]
  faults: Fault[]
  /** Requests beyond the capacity of their section. */
  overfull: Fault[]
}

/**
 * Who gets which roll number and whether there is a seat. Pure; `seats` were read under the lock on `sections`, so nobody else gives
 * them out meanwhile. A request of a section that is not there is passed over.
 */
export function giveSeats(
  requests: readonly SeatRequest[],
  sections: ReadonlyMap<string, LockedSection>,
  seats: readonly Seat[],
  today: string,
): Seating {
  const seating: Seating = { rollNos: [], faults: [], overfull: [] }
  const key = (place: { sectionId: string; academicYearId: string }) =>
    `${place.sectionId} ${place.academicYearId}`
  const seatsOf = Map.groupBy(seats, key)
  const rollsOf = new Map<string, Set<number>>()
  for (const seat of seats) if (seat.rollNo !== null) setOf(rollsOf, key(seat)).add(seat.rollNo)

  // Named numbers first: a number that somebody asks for is not given to somebody who does not care.
  requests.forEach((request, index) => {
    if (request.rollNo === undefined) return
    const open = seatsOf.get(key(request))?.filter((seat) => seat.leftOn === null) ?? []
    const asked = requests.slice(0, index).filter((earlier) => key(earlier) === key(request))
    if ([...open, ...asked].some((other) => other.rollNo === request.rollNo))
      seating.faults.push({
        index,
        field: 'rollNo',
        kind: 'conflict',
        code: 'roll_no_taken',
        message: 'the section has this roll number already',
      })
    setOf(rollsOf, key(request)).add(request.rollNo)
  })

  const given = new Map<string, number>()
  requests.forEach((request, index) => {
    const place = key(request)
    seating.rollNos.push(request.rollNo ?? takeLowest(setOf(rollsOf, place)))
    const section = sections.get(request.sectionId)
    if (!section || section.capacity === null) return
    const from = request.joinedOn > today ? request.joinedOn : today
    const enrolled =
      (seatsOf.get(place)?.filter((seat) => isTakenOn(seat, from)).length ?? 0) +
      (given.get(place) ?? 0)
    given.set(place, (given.get(place) ?? 0) + 1)
    if (enrolled >= section.capacity)
      seating.overfull.push({
        index,
        field: 'sectionId',
        kind: 'conflict',
        code: 'capacity_exceeded',
        message: `the section has ${section.capacity} seats and ${enrolled} are taken`,
        details: { sectionId: section.id, capacity: section.capacity, enrolled },
      })
  })
  return seating
}

function setOf(sets: Map<string, Set<number>>, key: string): Set<number> {
  const set = sets.get(key) ?? new Set()
  sets.set(key, set)
  return set
}

function takeLowest(taken: Set<number>): number {
  let rollNo = 1
  while (taken.has(rollNo)) rollNo++
  taken.add(rollNo)
  return rollNo
}
