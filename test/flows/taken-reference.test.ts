// References that are drawn by chance may be drawn twice; the index refuses the second, and another is drawn.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startAttempt } from '../../src/flows/start-attempt.ts'
import { openHouse } from '../kit/house.ts'
import { createScript, scriptedProvider } from '../kit/scripted-provider.ts'

let drawn: string[] = []
let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  const scripted = scriptedProvider(createScript())
  house = await openHouse({ providers: { test: { ...scripted, newReference: () => drawn.shift() ?? 'LP0' } } })
})
afterAll(async () => {
  await house.deps.settled()
  await house.database.drop()
})

const start = async () => {
  const order = { orderId: await house.place() }
  const input = { scope: 'H56', order, provider: 'test', bankCode: null, payerIp: '203.0.113.9' }
  return (await startAttempt(house.deps, input)).attempt.merchantReference
}

it('draws again when a reference is taken', async () => {
  drawn = ['LP1', 'LP1', 'LP1', 'LP2']
  expect([await start(), await start()]).toEqual(['LP1', 'LP2'])
})

it('gives up, and says that nothing was begun, when every reference is taken', async () => {
  expect(await start()).toBe('LP0')
  await expect(start()).rejects.toMatchObject({ code: 'conflict' })
})
