import { describe } from 'vitest'
import { describeDriverRestart } from './contract/driver-restart.contract.ts'
import { describeFailures } from './contract/failures.contract.ts'
import { describeRemoval } from './contract/removal.contract.ts'
import { describeStarts } from './contract/starts.contract.ts'
import { describeUpgrade } from './contract/upgrade.contract.ts'
import type { RuntimeHarness } from './testing/runtime-harness.ts'
import { prepareRuntimeUnderTest } from './testing/runtime-under-test.ts'

/** What every driver must do, whatever it runs schools on. */
export function describeSchoolRuntime(name: string, prepare: () => Promise<RuntimeHarness>): void {
  describe(`${name} as a school runtime`, () => {
    const underTest = prepareRuntimeUnderTest(prepare)
    describeStarts(underTest)
    describeFailures(underTest)
    describeUpgrade(underTest)
    describeDriverRestart(underTest)
    describeRemoval(underTest)
  })
}
