import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // One PostgreSQL for the whole run; every file gets databases of its own.
    globalSetup: ['service-kit/src/testing/global-setup.ts'],
    include: ['{service-kit,directory,school-api,scripts}/**/*.test.ts', 'web/src/**/*.test.ts'],
    // vitest.docker.config.ts runs those.
    exclude: [...configDefaults.exclude, '**/*.docker.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
