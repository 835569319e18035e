/** The adapter meets the simulator: token, data key, the posted form, the page, and the sealed result by both ways. */
import { describe, expect, test } from 'vitest'
import type { Started } from '../../src/providers/contract.ts'
import { napas } from '../../src/providers/napas/index.ts'
import type { Subject } from './conformance/subject.ts'
import { kit } from './napas.kit.ts'
import { incoming, openSimulated } from './simulated.ts'

const subject: Subject = { name: 'napas', provider: napas, kit }
type Town = ReturnType<typeof openSimulated>

/** The payer's browser posts the form; answers the page's address. */
const post = async (town: Town, { action }: Started, change: Record<string, string> = {}) => {
  if (action.type !== 'form') throw new Error('a form is posted')
  const { pathname } = new URL(action.url)
  const body = new URLSearchParams({ ...action.fields, ...change })
  const response = await town.app.request(pathname, { method: 'POST', body })
  return { status: response.status, url: response.headers.get('location') ?? '' }
}
const unescaped = (text: string) => text.replaceAll('&quot;', '"').replaceAll('&amp;', '&')
/** What the browser brings home: the form of the last page, as its button posts it. */
const returned = async (town: Town, url: string) => {
  const page = await (await town.open(url)).text()
  const value = unescaped(/name="napasResult" value="([^"]*)"/.exec(page)?.[1] ?? '')
  const action = unescaped(/action="([^"]*)"/.exec(page)?.[1] ?? '')
  return {
    action,
    request: incoming(action, { method: 'POST', body: String(new URLSearchParams({ napasResult: value })) }),
  }
}

test('a payment is captured by the notification, and the browser names it', async () => {
  const town = openSimulated(subject)
  const { payment, started } = await town.start()
  expect(town.simulators.ledger('napas'), 'two calls have begun nothing').toEqual([])
  const { url } = await post(town, started)
  expect(await (await town.open(url)).text()).toContain('150.000')
  const back = (await town.press(url, 'success')).headers.get('location') ?? ''
  const { merchantReference } = payment
  const captured = {
    status: 'captured',
    amount: 150_000n,
    merchantReference,
    providerReference: null,
  }
  expect(town.heard).toMatchObject([{ reading: { merchantReference, outcomes: [captured] } }])
  expect(town.answers).toEqual(['{"message":"OK"}'])
  const { action, request } = await returned(town, back)
  expect(action).toBe(payment.returnUrl)
  expect(await town.client.readReturn?.(request)).toBe(merchantReference)
})

test.each(['insufficient', 'cancelled', 'suspicious'])(
  'a payment that ends as %s is pending: no word for failure is published',
  async (result) => {
    const town = openSimulated(subject)
    const { started } = await town.start()
    await town.press((await post(town, started)).url, result)
    expect(town.heard).toMatchObject([{ reading: { outcomes: [{ status: 'pending' }] } }])
  },
)

test('it cannot be asked, and gives nothing back by a call', () => {
  const { client } = openSimulated(subject)
  expect([client.queryPayment, client.refundPayment]).toEqual([undefined, undefined])
})

describe('survives', () => {
  test('a form that was altered on its way through the browser', async () => {
    const town = openSimulated(subject)
    const { started } = await town.start()
    for (const change of [
      { orderAmount: '1000' },
      { orderId: 'LP2' },
      { dataKey: '0'.repeat(64) },
      { merchantId: 'X' },
    ])
      expect((await post(town, started, change)).status, JSON.stringify(change)).toBe(400)
    expect(town.simulators.ledger('napas')).toEqual([])
  })

  test('the same form twice, which is one payment', async () => {
    const town = openSimulated(subject)
    const { started } = await town.start()
    expect(await post(town, started)).toEqual(await post(town, started))
    expect(town.simulators.ledger('napas')).toHaveLength(1)
  })

  test('silence and outages at either call: nothing was begun, and the same start succeeds', async () => {
    const town = openSimulated(subject)
    for (const fault of ['http_500', 'timeout_before', 'timeout_after']) {
      await town.fault(fault, { operation: 'create', delay_seconds: 0 })
      expect(await town.word(town.start()), fault).toBe('unreachable')
      const named = { operation: 'create', merchant_reference: kit.reference?.(1) ?? 'LP7KZQ00000000000000000000001' }
      await town.fault(fault, { ...named, delay_seconds: 0 })
      expect(await town.word(town.start()), `${fault} at the data key`).toBe('unreachable')
    }
    expect(town.simulators.ledger('napas')).toEqual([])
    expect((await post(town, (await town.start()).started)).status).toBe(303)
  })

  test('another amount, forged and damaged notifications', async () => {
    const town = openSimulated(subject)
    const { started } = await town.start()
    await town.fault('wrong_amount', { amount: 140_000 })
    await town.fault('callback_forged')
    await town.fault('callback_corrupted')
    await town.press((await post(town, started)).url, 'success')
    expect(town.heard.map(({ kind }) => kind)).toEqual(['forged', 'forged'])
    town.clock.at += 300_000
    await town.simulators.tick()
    expect(town.heard[2]?.reading?.outcomes).toMatchObject([{ status: 'captured', amount: 140_000n }])
  })

  test('a wrong password', async () => {
    const town = openSimulated(subject, { password: 'another-password-0001' })
    expect(await town.word(town.start())).toBe('rejected')
  })
})
