import { describe, expect, it } from 'vitest'
import { createBreaker, createLane, type Place } from './lane.ts'

const settings = {
  inFlightPerSchool: 1,
  queuePerSchool: 2,
  queueWaitMs: 60_000,
  upgradesPerSchool: 1,
  breakerFailures: 3,
  breakerOpenMs: 1_000,
}

describe('a lane', () => {
  it('starts what waits in its order, each when the one before it has left', () => {
    const lane = createLane(settings)
    const started: string[] = []
    const enter = (name: string) =>
      lane.enter(
        () => started.push(name),
        () => {},
      )
    const [a, b, c] = ['a', 'b', 'c'].map(enter)
    expect(started).toEqual(['a'])
    expect(enter('d')).toBeUndefined()
    a?.leave()
    a?.leave()
    expect(started).toEqual(['a', 'b'])
    b?.leave()
    expect(started).toEqual(['a', 'b', 'c'])
    c?.leave()
    expect(enter('e')).toBeDefined()
    expect(started).toEqual(['a', 'b', 'c', 'e'])
  })

  it('passes over what left while it waited', () => {
    const lane = createLane(settings)
    const started: string[] = []
    const places = ['a', 'b', 'c'].map((name) =>
      lane.enter(
        () => started.push(name),
        () => {},
      ),
    )
    places[1]?.leave()
    places[0]?.leave()
    expect(started).toEqual(['a', 'c'])
    places[1]?.leave()
    expect(
      lane.enter(
        () => started.push('d'),
        () => {},
      ),
    ).toBeDefined()
    expect(started).toEqual(['a', 'c'])
  })

  it('cuts what is open when it closes, and at once what comes later', () => {
    const lane = createLane(settings)
    const cut: string[] = []
    const stream = (name: string) => ({ destroy: () => void cut.push(name), once: () => {} })
    lane.keepOpen(stream('a'))
    expect(lane.mayUpgrade()).toBe(false)
    lane.close()
    lane.keepOpen(stream('b'))
    expect(cut).toEqual(['a', 'b'])
  })

  it('holds no more places than it has, whatever comes and goes', () => {
    const lane = createLane({ ...settings, inFlightPerSchool: 3, queuePerSchool: 5 })
    let running = 0
    const inside: Place[] = []
    for (let i = 0; i < 1_000; i++) {
      let isRunning = false
      const place = lane.enter(
        () => {
          isRunning = true
          running++
        },
        () => {},
      )
      if (place)
        inside.push({
          leave() {
            if (isRunning) running--
            isRunning = false
            place.leave()
          },
        })
      expect(running).toBeLessThanOrEqual(3)
      if (i % 3 > 0) inside.splice((i * 7) % inside.length, 1)[0]?.leave()
    }
    for (const place of inside) place.leave()
    expect(running).toBe(0)
  })
})

describe('a breaker', () => {
  it('opens after failures in a row only, lets one through a period, and waits longer each time', () => {
    let now = 0
    const breaker = createBreaker(settings, () => now)
    breaker.failed()
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    breaker.failed()
    expect(breaker.allows()).toBe(true)
    breaker.failed()
    expect(breaker.allows()).toBe(false)
    now = 999
    expect(breaker.allows()).toBe(false)
    now = 1_000
    expect([breaker.allows(), breaker.allows()]).toEqual([true, false])
    breaker.failed()
    now = 2_999
    expect(breaker.allows()).toBe(false)
    now = 3_000
    expect(breaker.allows()).toBe(true)
    breaker.succeeded()
    expect([breaker.allows(), breaker.allows()]).toEqual([true, true])
  })

  it('never waits longer than ten times its first wait, nor for a probe that never reports', () => {
    let now = 0
    const breaker = createBreaker(settings, () => now)
    for (let i = 0; i < 50; i++) breaker.failed()
    now += 10_000
    expect([breaker.allows(), breaker.allows()]).toEqual([true, false])
    now += 10_000
    expect(breaker.allows()).toBe(true)
  })

  it('forgets everything on reset', () => {
    const breaker = createBreaker(settings, () => 0)
    for (let i = 0; i < 50; i++) breaker.failed()
    breaker.reset()
    expect(breaker.allows()).toBe(true)
    breaker.failed()
    expect(breaker.allows()).toBe(true)
  })
})
