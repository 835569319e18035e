/** The adapter meets the simulator: two readings of one protocol that share no code, from the link to the answer of a detail call. */
import { describe, expect, test } from 'vitest'
import { keypay } from '../../src/providers/keypay/index.ts'
import type { Subject } from './conformance/subject.ts'
import { kit } from './keypay.kit.ts'
import { openSimulated } from './simulated.ts'

const subject: Subject = { name: 'keypay', provider: keypay, kit }
const urlOf = (started: { action: { type: string; url?: string } }) => started.action.url ?? ''

test('a payment is made, its callback makes us ask, and the answer captures it', async () => {
  const town = openSimulated(subject)
  const { payment, started } = await town.start()
  expect((await town.client.queryPayment?.(payment))?.outcomes).toMatchObject([{ status: 'pending' }])
  const page = await town.open(urlOf(started))
  expect(await page.text()).toContain('150.000')
  const back = await town.press(urlOf(started), 'success')
  const address = new URL(back.headers.get('location') ?? '')
  expect(`${address.origin}${address.pathname}`).toBe(payment.returnUrl)
  const returned = { method: 'GET', search: address.search.slice(1), headers: new Headers(), body: new Uint8Array() }
  expect(await town.client.readReturn?.(returned)).toBe(payment.merchantReference)
  expect(town.heard).toMatchObject([
    { reading: { merchantReference: payment.merchantReference, outcomes: [], ask: true } },
  ])
  expect(town.answers).toEqual(['{"return_code":0,"return_msg":"Success"}'])
  const captured = { status: 'captured', amount: 150_000n, providerReference: expect.stringMatching(/^\d+$/) }
  expect(await town.client.queryPayment?.(payment)).toMatchObject({ known: true, outcomes: [captured] })
})

test.each([
  ['insufficient', 'failed'],
  ['cancelled', 'failed'],
  ['suspicious', 'pending'],
])('a payment that ends as %s is only told so when it is asked for', async (result, status) => {
  const town = openSimulated(subject)
  const { payment, started } = await town.start()
  await town.press(urlOf(started), result)
  expect(town.heard).toMatchObject([{ reading: { outcomes: [], ask: true } }])
  expect((await town.client.queryPayment?.(payment))?.outcomes).toMatchObject([{ status }])
})

describe('survives', () => {
  test('another amount than was asked for: the detail answer tells it', async () => {
    const town = openSimulated(subject)
    const { payment, started } = await town.start()
    await town.fault('wrong_amount', { amount: 140_000 })
    await town.press(urlOf(started), 'success')
    expect((await town.client.queryPayment?.(payment))?.outcomes).toMatchObject([
      { status: 'captured', amount: 140_000n },
    ])
  })

  test('forged and damaged callbacks', async () => {
    const town = openSimulated(subject)
    const { started } = await town.start()
    await town.fault('callback_forged')
    await town.fault('callback_corrupted')
    await town.press(urlOf(started), 'success')
    expect(town.heard.map(({ kind }) => kind)).toEqual(['forged', expect.stringMatching(/^(forged|malformed)$/)])
    expect(town.answers[0]).toContain('"return_code":-1')
  })

  test('silence at start, which a detail call then settles', async () => {
    const town = openSimulated(subject)
    await town.fault('timeout_after', { operation: 'create', delay_seconds: 0 })
    const first = { merchantReference: 'lp000000000000000007' }
    expect(await town.word(town.start(first))).toBe('unknown')
    await town.post('payments/lp000000000000000007/complete', { result: 'success' })
    // What start would have remembered is not needed: the surcharge is the account's.
    expect(town.heard).toMatchObject([{ reading: { merchantReference: first.merchantReference, ask: true } }])
  })
})

test('a payment that KeyPay never saw is unknown to it', async () => {
  const town = openSimulated(subject)
  const { payment } = await town.start()
  const other = { ...payment, merchantReference: 'lp000000000000000009' }
  expect(await town.client.queryPayment?.(other)).toEqual({ known: false, outcomes: [] })
})

test('a second payment under one reference is refused', async () => {
  const town = openSimulated(subject)
  await town.start()
  expect(await town.word(town.start())).toBe('rejected')
})
