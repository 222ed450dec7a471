import { describe, expect, it } from 'vitest'
import type { Removed } from '../school-runtime.ts'
import type { RuntimeUnderTest } from '../testing/runtime-under-test.ts'

const naming = (code: string, removed: Removed[]) =>
  removed.filter(({ name }) => new RegExp(`\\b${code}\\b`, 'i').test(name))

export function describeRemoval(underTest: RuntimeUnderTest): void {
  const { harness, runtime, newSpec, begin, expectOne, expectGone } = underTest

  describe('removing', () => {
    it('forgets a school that is destroyed, says what went with it, and destroys it once', async () => {
      const spec = await newSpec()
      const running = await runtime().ensure(spec)
      const had = await runtime().belongings(spec)
      const removed = await runtime().destroy(spec)
      expect(removed).toEqual(expect.arrayContaining(had))
      expect(removed.length).toBeGreaterThan(1)
      expect(naming(spec.code, removed)).toEqual(removed)
      await expectGone(running)
      expect(await harness().countRunning(spec.code)).toBe(0)
      expect(await runtime().observe(spec.schoolId)).toBeUndefined()
      expect(await runtime().logs(spec, 10)).toEqual([])
      expect(await runtime().belongings(spec)).toEqual([])
      expect(await runtime().destroy(spec)).toEqual([])
    })

    it('destroys what runs besides as well', async () => {
      const spec = await newSpec()
      await runtime().ensure(spec)
      const release = await harness().otherRelease()
      const staged = await runtime().stage({ ...spec, generation: 2, release })
      await runtime().destroy(spec)
      await expectGone(staged)
      expect(await harness().countRunning(spec.code)).toBe(0)
    })

    it('destroys a school that is just starting', async () => {
      const spec = await newSpec()
      const starting = runtime().ensure(spec)
      starting.catch(() => {})
      await runtime().destroy(spec)
      await expect(starting).rejects.toThrow()
      expect(await harness().countRunning(spec.code)).toBe(0)
    })

    it('makes a school that was destroyed anew', async () => {
      const spec = await newSpec()
      await runtime().ensure(spec)
      await runtime().destroy(spec)
      await runtime().ensure({ ...spec, generation: 2 })
      await expectOne(spec, { generation: 2 })
    })

    it('sweeps away what belongs to no school that is known, and that only', async () => {
      const [known, foreign] = [await newSpec(), await newSpec()]
      await Promise.all([runtime().ensure(known), runtime().ensure(foreign)])
      const removed = await runtime().sweep(new Set([known.schoolId]))
      expect(removed).not.toEqual([])
      expect(naming(foreign.code, removed)).toEqual(removed)
      expect(await runtime().observe(foreign.schoolId)).toBeUndefined()
      expect(await harness().countRunning(foreign.code)).toBe(0)
      await expectOne(known, {})
    })

    it('sweeps away what an earlier driver left', async () => {
      const [known, foreign] = [await newSpec(), await newSpec()]
      await Promise.all([runtime().ensure(known), runtime().ensure(foreign)])
      await begin()
      const removed = await runtime().sweep(new Set([known.schoolId]))
      expect(removed).not.toEqual([])
      expect(naming(foreign.code, removed)).toEqual(removed)
      expect(await harness().countRunning(foreign.code)).toBe(0)
      expect(await runtime().sweep(new Set([known.schoolId]))).toEqual([])
    })
  })
}
