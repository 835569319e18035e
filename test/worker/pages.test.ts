// The citizens' pages and the one door with the gateway in workerd: the very cases that the gateway passes on Node, over HTTP and Hyperdrive's local binding.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useGateway } from '../kit/gateway-under-test.ts'
import { startStage } from '../pages/kit.ts'
import { gatewayIn } from './kit/gateway-in-workerd.ts'
import { openWorkerd, type Workerd } from './kit/open-workerd.ts'

let workerd: Workerd
useGateway(gatewayIn(() => workerd))
beforeAll(async () => {
  workerd = await openWorkerd({
    path: 'test/worker/inside/stage-worker.ts',
    name: 'stageWorker',
    counts: { COUNT_VERIFY: 3 },
  })
}, 300_000)
afterAll(() => workerd?.close())

describe('in workerd', { timeout: 60_000 }, () => {
  it('counts what strangers press for all isolates of a location, and no callback', async () => {
    const stage = await startStage({ payerAddress: () => '203.0.113.40' })
    const statuses: number[] = []
    for (let n = 0; n < 5; n += 1) statuses.push((await stage.post('/verify', { code: 'x' })).status)
    expect(statuses).toEqual([200, 200, 200, 429, 429])
    for (let n = 0; n < 5; n += 1)
      expect((await stage.post(`/callbacks/alpha/${stage.accounts.alpha}`)).status).toBe(200)
    await stage.close()
  })

  describe('the one door:', async () => {
    await import('../flows/one-door.test.ts')
  })
  describe('the states of an order:', async () => {
    await import('../pages/states.test.ts')
  })
  describe('paying:', async () => {
    await import('../pages/paying.test.ts')
  })
})
