import { describe, expect, it } from 'vitest'
import type { Launcher } from './launcher.ts'
import type { SchoolSpec } from './school-runtime.ts'
import {
  children,
  countAlive,
  eventually,
  launch,
  prepareSlot,
  SPEC,
} from './testing/bare-programs.ts'

/** Gives out what it starts when told to. */
function slowLauncher() {
  const gates: (() => void)[] = []
  const launcher: Launcher = {
    async launch(spec) {
      await new Promise<void>((open) => gates.push(open))
      return launch(spec)
    },
  }
  return { launcher, gates }
}

/** Something that ends only when told to, as long as it is asked and not forced. */
function reluctantLauncher() {
  const ends: (() => void)[] = []
  const launcher: Launcher = {
    async launch(spec) {
      const instance = await launch(spec)
      let mayEnd: Promise<void> | undefined
      return {
        ...instance,
        async stop(graceMs) {
          if (graceMs > 0) await (mayEnd ??= new Promise((end) => ends.push(end)))
          await instance.stop(0)
        },
      }
    },
  }
  return { launcher, ends }
}

const NEXT: SchoolSpec = { ...SPEC, generation: 2, release: 'two' }

describe('what is staged', () => {
  it('is not promoted any more once the school is being stopped', async () => {
    const { launcher, ends } = reluctantLauncher()
    const { slot } = prepareSlot({ launcher })
    await slot.ensure(SPEC, { anew: false })
    await slot.stage(NEXT)
    const restarting = slot.ensure({ ...SPEC, generation: 3 }, { anew: true })
    const promoting = slot.promote('two')
    for (const attempt of [restarting, promoting]) attempt.catch(() => {})
    await eventually(() => expect(ends).toHaveLength(1))
    const stopping = slot.stop(4)
    await eventually(() => expect(ends).toHaveLength(2))
    // Its turn comes after the restart and before the stop, while what was staged is still ending.
    ends[0]?.()
    await expect(restarting).rejects.toThrow('It was stopped before it listened')
    await expect(promoting).rejects.toThrow('Nothing of release two is staged')
    ends[1]?.()
    expect(await stopping).toMatchObject({ state: 'stopped', others: 0 })
    expect(countAlive()).toBe(0)
  })

  it('is neither promoted, nor given to whoever stages the same, once it is being pruned', async () => {
    const { launcher, ends } = reluctantLauncher()
    const { slot } = prepareSlot({ launcher })
    const running = await slot.ensure(SPEC, { anew: false })
    const first = await slot.stage(NEXT)
    const pruning = slot.prune(1_000)
    await eventually(() => expect(ends).toHaveLength(1))
    await expect(slot.promote('two')).rejects.toThrow('Nothing of release two is staged')
    const second = await slot.stage({ ...NEXT, generation: 3 })
    expect(second).toMatchObject({ generation: 3, state: 'running' })
    expect(second.address).not.toBe(first.address)
    ends.forEach((end) => end())
    await pruning
    expect(slot.observe()).toMatchObject({ ...running, others: 1 })
    slot.leave()
  })

  it('is not ended by a stop that was decided before it', async () => {
    const { launcher, ends } = reluctantLauncher()
    const { slot } = prepareSlot({ launcher })
    await slot.ensure(SPEC, { anew: false })
    const stopping = slot.stop(2)
    await eventually(() => expect(ends).toHaveLength(1))
    const staged = await slot.stage({ ...NEXT, generation: 3 })
    ends.forEach((end) => end())
    expect(await stopping).toMatchObject({ state: 'stopped', others: 1 })
    expect(await slot.promote('two')).toMatchObject({ state: 'running', address: staged.address })
    slot.leave()
  })
})

describe('a decision while something is being started', () => {
  it('ends it, when it is a stop, and nothing of it is left', async () => {
    const { launcher, gates } = slowLauncher()
    const { slot } = prepareSlot({ launcher })
    const starting = slot.ensure(SPEC, { anew: false })
    await eventually(() => expect(gates).toHaveLength(1))
    const staging = slot.stage(NEXT)
    for (const attempt of [starting, staging]) attempt.catch(() => {})
    await eventually(() => expect(gates).toHaveLength(2))
    const stopping = slot.stop(3)
    gates.forEach((open) => open())
    await expect(starting).rejects.toThrow('It was stopped before it listened')
    await expect(staging).rejects.toThrow('It was stopped before it listened')
    expect(await stopping).toMatchObject({ state: 'stopped', others: 0, generation: 3 })
    expect(countAlive()).toBe(0)
  })

  it('lets a newer start have the last word, whatever a stop before it waits for', async () => {
    const { launcher, gates } = slowLauncher()
    const { slot } = prepareSlot({ launcher })
    const first = slot.ensure(SPEC, { anew: false })
    first.catch(() => {})
    await eventually(() => expect(gates).toHaveLength(1))
    const stopping = slot.stop(2)
    const second = slot.ensure({ ...SPEC, generation: 3 }, { anew: false })
    gates[0]?.()
    await stopping
    await eventually(() => expect(gates).toHaveLength(2))
    gates[1]?.()
    expect(await second).toMatchObject({ state: 'running', generation: 3 })
    await expect(first).rejects.toThrow('It was stopped before it listened')
    expect(countAlive()).toBe(1)
    await slot.end()
  })
})

it('starts nothing in the place of what it has just ended when its driver leaves', async () => {
  const { launcher, ends } = reluctantLauncher()
  const { slot } = prepareSlot({ launcher })
  await slot.ensure(SPEC, { anew: false })
  const started = children.length
  const replacing = slot.ensure(NEXT, { anew: false })
  replacing.catch(() => {})
  await eventually(() => expect(ends).toHaveLength(1))
  slot.leave()
  ends.forEach((end) => end())
  await expect(replacing).rejects.toThrow('closing')
  expect(children).toHaveLength(started)
})
