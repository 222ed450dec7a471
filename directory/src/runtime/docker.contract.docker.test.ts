import { describe } from 'vitest'
import { describeSchoolRuntime } from './school-runtime.contract.ts'
import { hasEngine } from './testing/docker-cli.ts'
import { prepareDockerHarness } from './testing/docker-harness.ts'

describe.skipIf(!(await hasEngine()))('(needs a Docker Engine)', () => {
  describeSchoolRuntime('the docker driver', prepareDockerHarness)
})
