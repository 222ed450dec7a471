import { defineConfig } from 'vitest/config'

/** Real pages in a real Chromium against a really started system: `npm run test:e2e`. */
export default defineConfig({
  test: {
    globalSetup: ['web/e2e/testing/global-setup.ts'],
    include: ['web/e2e/**/*.e2e.test.ts'],
    pool: 'forks',
    // Each has a browser of its own beside the one system.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
