// Every provider of the registry passes its conformance suite inside workerd too: the same cases, collected there and run there.
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'
import { registry } from '../../src/providers/registry.ts'
import type { Result } from './inside/conformance-cases.ts'
import { openWorkerd, type Workerd } from './kit/open-workerd.ts'

let workerd: Workerd
beforeAll(async () => {
  workerd = await openWorkerd({
    path: 'test/worker/inside/conformance-worker.ts',
    name: 'conformanceWorker',
    alias: { vitest: join(packageRoot(), 'test/worker/inside/collected.ts') },
  })
}, 300_000)
afterAll(() => workerd?.close())

/** As many as `npm run conformance` asks of each. */
const casesMin = 40

test.for(Object.keys(registry))('%s', { timeout: 120_000 }, async (provider) => {
  const answer = await workerd.fetch(`/?provider=${provider}`)
  expect(answer.status).toBe(200)
  const results = (await answer.json()) as Result[]
  expect(results.filter(({ failure }) => failure !== null)).toEqual([])
  expect(results.filter(({ group }) => group === provider).length).toBeGreaterThanOrEqual(casesMin)
})
