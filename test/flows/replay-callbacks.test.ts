// Callbacks that were stored and never acted on, because the process died in between, are acted on later; one that cannot be does not hold up the others.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { type IncomingRequest, receiveCallback } from '../../src/flows/receive-callback.ts'
import { catchUpCallbacks } from '../../src/flows/replay-callbacks.ts'
import { defineProvider } from '../../src/providers/contract.ts'
import { due, openHouse } from '../kit/house.ts'
import { captured, createScript, scriptedProvider } from '../kit/scripted-provider.ts'

let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  const base = scriptedProvider(createScript())
  const test = defineProvider({
    title: base.title,
    limits: base.limits,
    account: z.object({}),
    secrets: [],
    redact: [],
    startPayment: async () => ({ action: { type: 'redirect', url: 'https://pay.test/' }, providerReference: null }),
    // Its callbacks are the bare reference, and all genuine.
    readCallback: async ({ body }) => {
      const merchantReference = new TextDecoder().decode(body)
      return { merchantReference, outcomes: [captured(merchantReference, due)] }
    },
    answerCallback: (verdict) => Response.json({ verdict }),
  })
  house = await openHouse({ providers: { test } })
})
afterAll(async () => {
  await house.deps.settled()
  await house.database.drop()
})

const call = (text: string) => {
  const request: IncomingRequest = {
    method: 'POST',
    search: '',
    headers: new Headers(),
    body: new TextEncoder().encode(text),
  }
  return receiveCallback(house.deps, { provider: 'test', merchantAccountId: house.account, request, requestId: 'r' })
}

it('acts on what waits behind callbacks that cannot be read any more, and comes back to those', async () => {
  // Stored, and then the process died: no verdict, and no payment.
  for (let n = 0; n < 5; n += 1) await call(`broken${n}`)
  await house.sql`update callbacks set verdict = null, sealed = '\\x00'`
  house.deps.clock.advance(1)
  const orderId = await house.place()
  const attempt = await house.attempt(orderId)
  await call('later')
  await house.sql`update callbacks set verdict = null where claimed_reference = 'later'`
  const [waiting] = await house.sql`select id from callbacks where claimed_reference = 'later'`
  // The bytes of a genuine callback about the order, as they would have been stored.
  const evidence = JSON.stringify({ method: 'POST', search: '', headers: [], body: btoa(attempt.merchantReference) })
  const sealed = await house.deps.box.seal(evidence, `callback:${waiting?.id}`)
  await house.sql`update callbacks set sealed = ${sealed} where id = ${waiting?.id}`
  house.deps.clock.advance(61)
  const turns = []
  for (let turn = 0; turn < 4; turn += 1) turns.push(await catchUpCallbacks(house.deps, 2))
  expect((await house.read(orderId)).order.status).toBe('paid')
  // Two, two, two; and the fourth begins anew with those that still wait.
  expect(turns).toEqual([2, 2, 2, 0])
  expect(await catchUpCallbacks(house.deps, 2)).toBe(2)
  const [left] = await house.sql`select count(*)::int as n from callbacks where verdict is null`
  expect(left?.n).toBe(5)
})
