import { describeSchoolRuntime } from './school-runtime.contract.ts'
import { prepareProcessHarness } from './testing/process-harness.ts'

describeSchoolRuntime('the process driver', prepareProcessHarness)
