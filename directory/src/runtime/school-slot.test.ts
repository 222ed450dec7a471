import { describe, expect, it } from 'vitest'
import { fingerprintOf } from './fingerprint.ts'
import type { Found, Launcher } from './launcher.ts'
import type { SchoolSpec } from './school-runtime.ts'
import {
  children,
  countAlive,
  eventually,
  launch,
  prepareSlot,
  SPEC,
  type TestInstance,
} from './testing/bare-programs.ts'

async function find(spec: SchoolSpec, again?: Found['again']) {
  const instance = await launch(spec)
  const found: Found = { spec, fingerprint: fingerprintOf(spec), instance }
  if (again) found.again = again
  return { instance, found }
}

const isAlive = ({ child }: TestInstance) => child.exitCode === null && child.signalCode === null

describe('a school that was found running', () => {
  it('is left alone by who wants it as it runs, and is then known well enough to be started again', async () => {
    const { instance, found } = await find({ ...SPEC, generation: 4 })
    const { slot } = prepareSlot({ found: [found], recordedGeneration: 4 })
    await slot.adopted
    const { address } = await instance.ready
    expect(slot.observe()).toMatchObject({ state: 'running', generation: 4, address, others: 0 })

    const ensured = await slot.ensure({ ...SPEC, generation: 5 }, { anew: false })
    expect(ensured).toMatchObject({ generation: 5, address })
    instance.child.kill('SIGKILL')
    await eventually(() => {
      expect(slot.observe()).toMatchObject({ state: 'running', generation: 5 })
      expect(slot.observe().address).not.toBe(address)
    })
    await slot.end()
  })

  it('is stopped, with its last words, when it ends before anybody has said what it is', async () => {
    const { instance, found } = await find(SPEC)
    const { slot } = prepareSlot({ found: [found] })
    await slot.adopted
    instance.child.kill('SIGKILL')
    await eventually(() =>
      expect(slot.observe()).toMatchObject({
        state: 'stopped',
        address: null,
        lastError: 'It ended by SIGKILL',
      }),
    )
  })

  it('is started again by a driver that knows how', async () => {
    const { instance, found } = await find(SPEC, () => launch(SPEC))
    const { slot } = prepareSlot({ found: [found] })
    await slot.adopted
    const before = slot.observe()
    instance.child.kill('SIGKILL')
    await eventually(() => {
      expect(slot.observe().state).toBe('running')
      expect(slot.observe().address).not.toBe(before.address)
    })
    await slot.end()
  })

  it('refuses decisions older than those by which anything of it runs', async () => {
    const [old, staged] = [await find(SPEC), await find({ ...SPEC, generation: 6, release: 'two' })]
    const { slot } = prepareSlot({ found: [old.found, staged.found], recordedGeneration: 1 })
    await slot.adopted
    await expect(slot.ensure({ ...SPEC, generation: 5 }, { anew: false })).rejects.toThrow('newer')
    await slot.stop(5)
    expect([old.instance, staged.instance].map(isAlive)).toEqual([true, true])
    await slot.stop(7)
    expect([old.instance, staged.instance].map(isAlive)).toEqual([false, false])
  })
})

describe('several that were found', () => {
  it.each([
    { recorded: 2, school: 2, staged: 3, why: 'the one that the registry has' },
    { recorded: 9, school: 3, staged: null, why: 'the newest that is not newer than the registry' },
    { recorded: 1, school: 1, staged: 3, why: 'the one before anything was promoted' },
    { recorded: undefined, school: 1, staged: 3, why: 'the oldest where nothing is known' },
  ])('have for the school $why', async ({ recorded, school, staged }) => {
    const found = [
      await find({ ...SPEC, generation: 3, release: 'three' }),
      await find({ ...SPEC, generation: 1, release: 'one' }),
      await find({ ...SPEC, generation: 2, release: 'two' }),
    ]
    const { slot } = prepareSlot({
      found: found.map((each) => each.found),
      ...(recorded === undefined ? {} : { recordedGeneration: recorded }),
    })
    await slot.adopted
    expect(slot.observe()).toMatchObject({ state: 'running', generation: school, others: 2 })
    const isWell = slot.check('staged', AbortSignal.timeout(1_000))
    expect(await isWell).toBe(staged === null ? 'nothing is staged' : undefined)
    if (staged === 3) expect(await slot.promote('three')).toMatchObject({ generation: 3 })

    await slot.prune(1_000)
    const kept = staged ?? school
    const alive = found.filter(({ instance }) => isAlive(instance))
    expect(alive.map(({ instance }) => instance.generation)).toEqual([kept])
    expect(slot.observe()).toMatchObject({ generation: kept, others: 0 })
    await slot.end()
  })
})

describe('an engine that does not answer', () => {
  it('has what cannot be replaced now replaced later', async () => {
    const faults: Error[] = []
    const launcher: Launcher = { launch: (spec) => launch(spec, faults) }
    const { slot } = prepareSlot({ launcher })
    const before = await slot.ensure(SPEC, { anew: false })
    faults.push(new Error('the engine is away'))
    const next = { ...SPEC, generation: 2, release: 'two' }
    await expect(slot.ensure(next, { anew: false })).rejects.toThrow('the engine is away')
    expect(slot.observe()).toMatchObject({
      state: 'backing-off',
      lastError: 'the engine is away',
    })
    await eventually(() =>
      expect(slot.observe()).toMatchObject({ state: 'running', release: 'two', lastError: null }),
    )
    expect(slot.observe().address).not.toBe(before.address)
    await slot.end()
    expect(countAlive()).toBe(0)
  })

  it('has whoever stops a school hear of it', async () => {
    const faults: Error[] = []
    const launcher: Launcher = { launch: (spec) => launch(spec, faults) }
    const { slot } = prepareSlot({ launcher })
    await slot.ensure(SPEC, { anew: false })
    faults.push(new Error('the engine is away'), new Error('the engine is away'))
    await expect(slot.stop(2)).rejects.toThrow('the engine is away')
    expect(await slot.stop(2)).toMatchObject({ state: 'stopped' })
  })
})

it('leaves what runs when its driver leaves, and starts nothing more', async () => {
  const { instance, found } = await find(SPEC, () => launch(SPEC))
  const { slot, states } = prepareSlot({ found: [found] })
  await slot.adopted
  slot.leave()
  expect(isAlive(instance)).toBe(true)
  await expect(slot.ensure({ ...SPEC, generation: 2 }, { anew: false })).rejects.toThrow('closing')
  const started = children.length
  instance.child.kill('SIGKILL')
  await instance.ended
  expect(children).toHaveLength(started)
  expect(states.map(({ state }) => state)).not.toContain('backing-off')
})
