import { Agent } from 'node:http'
import type { RouterSettings } from './router-settings.ts'

export type LaneSettings = Pick<
  RouterSettings,
  | 'inFlightPerSchool'
  | 'queuePerSchool'
  | 'queueWaitMs'
  | 'upgradesPerSchool'
  | 'breakerFailures'
  | 'breakerOpenMs'
>

/** One school's share of the router: its connections, its requests under way, its queue, its breaker. No school takes of another's. */
export interface Lane {
  agent: Agent
  breaker: Breaker
  /** When a request last went to the school (milliseconds since the epoch); 0: none since this was last taken. */
  forwardedAt: number
  /**
   * Runs `start` now, or when a place is free; `expired` when none was in time. The place is held until `leave`.
   * @returns undefined when even the queue is full
   */
  enter(start: () => void, expired: () => void): Place | undefined
  /** Remembers an upgraded socket or an event stream, to be cut with the school; a closed lane cuts it at once. */
  keepOpen(stream: Cuttable): void
  mayUpgrade(): boolean
  /** Cuts what is open. Requests under way end by themselves. */
  cut(): void
  /** Cuts, and takes nothing new: the school is not routed any more. */
  close(): void
  isClosed(): boolean
}

interface Cuttable {
  destroy(): unknown
  once(event: 'close', listener: () => void): unknown
}

/** The lanes of all schools that were asked for. */
export interface Lanes {
  of(schoolId: string): Lane
  find(schoolId: string): Lane | undefined
  drop(schoolId: string): void
  /** When requests last went to schools, by their ids (milliseconds since the epoch): of those with any since the last call. */
  takeActivity(): Map<string, number>
  /** Ends every connection to a school. */
  close(): void
}

export function createLanes(settings: LaneSettings): Lanes {
  const lanes = new Map<string, Lane>()
  /** Of schools whose lanes are gone since. */
  let departed = new Map<string, number>()
  return {
    of(schoolId) {
      let lane = lanes.get(schoolId)
      if (!lane) lanes.set(schoolId, (lane = createLane(settings)))
      return lane
    },
    find: (schoolId) => lanes.get(schoolId),
    drop(schoolId) {
      const lane = lanes.get(schoolId)
      if (!lane) return
      if (lane.forwardedAt > 0) departed.set(schoolId, lane.forwardedAt)
      lane.close()
      lanes.delete(schoolId)
    },
    takeActivity() {
      const taken = departed
      departed = new Map()
      for (const [schoolId, lane] of lanes) {
        if (lane.forwardedAt === 0) continue
        taken.set(schoolId, lane.forwardedAt)
        lane.forwardedAt = 0
      }
      return taken
    },
    close() {
      for (const [schoolId, lane] of lanes) {
        if (lane.forwardedAt > 0) departed.set(schoolId, lane.forwardedAt)
        lane.close()
        lane.agent.destroy()
      }
      lanes.clear()
    },
  }
}

export interface Place {
  /** Gives the place back, or the one in the queue. Once is enough, twice does no harm. */
  leave(): void
}

export interface Breaker {
  /** Whether to try at all. While broken, one request a period is let through to find out. */
  allows(): boolean
  succeeded(): void
  failed(): void
  reset(): void
}

export function createLane(settings: LaneSettings, now: () => number = Date.now): Lane {
  const agent = new Agent({
    keepAlive: true,
    maxFreeSockets: settings.inFlightPerSchool,
    // Well below the keep-alive of the schools, so that it is us who close, and few sockets are kept for quiet schools.
    timeout: 20_000,
    scheduling: 'lifo',
  })
  const open = new Set<Cuttable>()
  let closed = false
  const waiting = new Set<() => void>()
  let inFlight = 0

  function leaveFlight() {
    inFlight--
    const next = waiting.values().next().value
    if (next) next()
  }

  function held(): Place {
    let left = false
    return {
      leave() {
        if (left) return
        left = true
        leaveFlight()
      },
    }
  }

  function queued(start: () => void, expired: () => void): Place {
    let place: Place | undefined
    const begin = () => {
      stopWaiting()
      inFlight++
      place = held()
      start()
    }
    const timer = setTimeout(() => {
      stopWaiting()
      expired()
    }, settings.queueWaitMs)
    const stopWaiting = () => {
      clearTimeout(timer)
      waiting.delete(begin)
    }
    waiting.add(begin)
    return {
      leave() {
        stopWaiting()
        place?.leave()
      },
    }
  }

  function cut() {
    for (const stream of open) stream.destroy()
  }

  return {
    agent,
    breaker: createBreaker(settings, now),
    forwardedAt: 0,
    enter(start, expired) {
      if (inFlight >= settings.inFlightPerSchool)
        return waiting.size < settings.queuePerSchool ? queued(start, expired) : undefined
      inFlight++
      const place = held()
      start()
      return place
    },
    keepOpen(stream) {
      if (closed) return void stream.destroy()
      open.add(stream)
      stream.once('close', () => open.delete(stream))
    },
    mayUpgrade: () => open.size < settings.upgradesPerSchool,
    cut,
    close() {
      closed = true
      cut()
    },
    isClosed: () => closed,
  }
}

/** Opens after so many failures in a row; each failed probe doubles the wait, up to ten times the first. */
export function createBreaker(
  { breakerFailures, breakerOpenMs }: Pick<LaneSettings, 'breakerFailures' | 'breakerOpenMs'>,
  now: () => number = Date.now,
): Breaker {
  let failures = 0
  let openMs = 0
  let nextTryAt = 0

  const reset = () => {
    failures = 0
    openMs = 0
  }
  return {
    allows() {
      if (openMs === 0) return true
      if (now() < nextTryAt) return false
      // The others wait another period for what this one finds; nothing hangs on it ever reporting back.
      nextTryAt = now() + openMs
      return true
    },
    succeeded: reset,
    failed() {
      if (++failures < breakerFailures) return
      openMs = openMs === 0 ? breakerOpenMs : Math.min(openMs * 2, breakerOpenMs * 10)
      nextTryAt = now() + openMs
    },
    reset,
  }
}
