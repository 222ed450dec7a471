import { describe, expect, it } from 'vitest'
import type { SchoolSpec } from '../school-runtime.ts'
import { eventually, type RuntimeUnderTest } from '../testing/runtime-under-test.ts'

const GRACE_MS = 5_000

export function describeDriverRestart(underTest: RuntimeUnderTest): void {
  const { harness, runtime, newSpec, begin, expectOne, expectGone } = underTest

  /** What lives on without a driver. */
  const left = (count: number) => (harness().survivesClose ? count : 0)

  describe('when the driver begins anew', () => {
    it('starts nothing once it is closed', async () => {
      const spec = await newSpec()
      await runtime().ensure(spec)
      await runtime().close()
      await expect(runtime().ensure({ ...spec, generation: 2 })).rejects.toThrow('closing')
      await expect(runtime().stage({ ...spec, generation: 3 })).rejects.toThrow('closing')
      expect(await harness().countRunning(spec.code)).toBe(left(1))
    })

    it('knows what goes on running, and starts what does not', async () => {
      const spec = await newSpec()
      const before = await runtime().ensure(spec)
      await begin()
      expect(await runtime().observeAll()).toEqual(harness().survivesClose ? [before] : [])
      await runtime().ensure({ ...spec, generation: 2, port: before.port })
      const after = await expectOne(spec, { generation: 2 })
      if (harness().survivesClose) expect(after.startedAt).toEqual(before.startedAt)
    })

    it('starts no second one beside what it finds when it is to run something else', async () => {
      const spec = await newSpec()
      const before = await runtime().ensure(spec)
      await begin()
      const settings = { ...spec.settings, LOG_LEVEL: 'debug' }
      await runtime().ensure({ ...spec, settings, generation: 2 })
      const after = await expectOne(spec, { generation: 2 })
      expect(after.startedAt).not.toEqual(before.startedAt)
    })

    it('stops what it finds', async () => {
      const spec = await newSpec()
      const before = await runtime().ensure(spec)
      await begin()
      await runtime().stop(spec.schoolId, 2)
      expect(await harness().countRunning(spec.code)).toBe(0)
      await expectGone(before)
    })

    it('keeps what it finds running when that is killed, as soon as it is to run', async () => {
      const spec = await newSpec()
      const before = await runtime().ensure(spec)
      await begin()
      await runtime().ensure({ ...spec, generation: 2 })
      await harness().endAbruptly(before)
      await eventually(async () => {
        const after = await expectOne(spec, { generation: 2 })
        expect(after.startedAt).not.toEqual(before.startedAt)
      })
    })

    /** What whoever takes an upgrade over does, wherever it was cut off. */
    async function goOnWith(next: SchoolSpec) {
      const { schoolId, release } = next
      await runtime()
        .promote(schoolId, release)
        .catch(async () => {
          await runtime().stage({ ...next, generation: next.generation + 1 })
          await runtime().promote(schoolId, release)
        })
      await runtime().prune(schoolId, GRACE_MS)
    }

    describe.each([
      { cut: 'staged', promotes: false, recorded: 1, isSchool: 1 },
      { cut: 'promoted', promotes: true, recorded: 1, isSchool: 1 },
      { cut: 'promoted and recorded', promotes: true, recorded: 2, isSchool: 2 },
    ])('after the new one was $cut', ({ promotes, recorded, isSchool }) => {
      it('takes for the school what the registry sends requests to, and ends the upgrade', async () => {
        const spec = await newSpec()
        const old = await runtime().ensure(spec)
        const next = { ...spec, generation: 2, release: await harness().otherRelease() }
        const staged = await runtime().stage(next)
        if (promotes) await runtime().promote(spec.schoolId, next.release)
        await begin({ recordedGenerations: new Map([[spec.schoolId, recorded]]) })

        expect(await harness().countRunning(spec.code)).toBe(left(2))
        const { address, startedAt } = isSchool === 1 ? old : staged
        const found = { generation: isSchool, others: 1, state: 'running', address, startedAt }
        const observed = (await runtime().observeAll()).filter(({ code }) => code === spec.code)
        expect(observed).toMatchObject(harness().survivesClose ? [found] : [])

        await goOnWith(next)
        await expectOne(spec, { release: next.release })
      })
    })

    it('takes over what runs already as it is to run, whoever staged it', async () => {
      const spec = await newSpec()
      await runtime().ensure(spec)
      const next = { ...spec, generation: 2, release: await harness().otherRelease() }
      await runtime().stage(next)
      await begin()
      await runtime().ensure({ ...next, generation: 3 })
      await expectOne(spec, { generation: 3, release: next.release })
    })
  })
}
