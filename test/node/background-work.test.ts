// Background work on Node: kinds that do not wait for each other.
import { expect, it } from 'vitest'
import type { Job } from '../../src/flows/run-jobs.ts'
import { startBackgroundWork } from '../../src/node/background-work.ts'
import type { Database } from '../../src/store/database.ts'
import { createTestDeps } from '../kit/deps.ts'

it('of one kind goes on while another waits for a provider that does not answer, and is over when it is stopped', async () => {
  const answer = Promise.withResolvers<void>()
  const runs = { webhooks: 0, queries: 0 }
  const thrice = Promise.withResolvers<void>()
  const webhooks: Job = async () => {
    runs.webhooks += 1
    if (runs.webhooks === 3) thrice.resolve()
    return 0
  }
  const queries: Job = async () => {
    runs.queries += 1
    await answer.promise
    return 0
  }
  const work = startBackgroundWork(createTestDeps({} as Database), { webhooks, queries })
  await thrice.promise
  expect(runs.queries).toBe(1)
  let isStopped = false
  const stopped = work.stop().then(() => {
    isStopped = true
  })
  await Promise.resolve()
  expect(isStopped).toBe(false)
  answer.resolve()
  await stopped
  expect(runs).toEqual({ webhooks: 3, queries: 1 })
})
