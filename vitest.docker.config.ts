import { defineConfig } from 'vitest/config'

/** What needs a Docker Engine, and the contract of the other driver beside it. */
export default defineConfig({
  test: {
    globalSetup: ['service-kit/src/testing/global-setup.ts'],
    include: [
      '{service-kit,directory,school-api,scripts}/**/*.docker.test.ts',
      'directory/src/runtime/process.contract.test.ts',
    ],
    pool: 'forks',
    // One engine, and names and networks on it that two files would both take.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
})
