// How the tests run: real PostgreSQL from the kit, two processes, a time zone in which a forgotten UTC+7 shows.
import { defineConfig } from 'vitest/config'

// Neither UTC nor UTC+7, and with daylight saving. Set here so that the test processes inherit it.
process.env.TZ = 'America/New_York'

/** Files that only call pure functions share a process: nothing is remembered between them, and a new process for each costs more than their tests. */
const pure = ['test/domain/**/*.test.{ts,tsx}', 'test/lib/**/*.test.{ts,tsx}']
const all = ['test/**/*.test.{ts,tsx}']

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  test: {
    globalSetup: ['test/kit/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    // A busy machine would name half of all tests as slow, and what failed would drown among them.
    slowTestThreshold: 20_000,
    allowOnly: false,
    projects: [
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
      { extends: true, test: { name: 'whole', include: all, exclude: pure } },
    ],
  },
})
