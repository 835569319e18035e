/** The adapter meets the simulator: two readings of one protocol that share no code but the reader of XML. */
import { describe, expect, test } from 'vitest'
import { payoo } from '../../src/providers/payoo/index.ts'
import type { Subject } from './conformance/subject.ts'
import { kit } from './payoo.kit.ts'
import { incoming, openSimulated } from './simulated.ts'

const subject: Subject = { name: 'payoo', provider: payoo, kit }
const urlOf = (started: { action: { type: string; url?: string } }) => started.action.url ?? ''

test('a payment is captured by its notice, and the return names it', async () => {
  const town = openSimulated(subject)
  const { payment, started } = await town.start({ description: 'Lệ phí "A & B" <đất đai>' })
  expect(await (await town.open(urlOf(started))).text()).toContain('150.000')
  const back = (await town.press(urlOf(started), 'success')).headers.get('location') ?? ''
  const { merchantReference } = payment
  const captured = { status: 'captured', amount: 150_000n, merchantReference, code: 'PAYMENT_RECEIVED' }
  expect(town.heard).toMatchObject([{ reading: { merchantReference, outcomes: [captured] } }])
  expect(town.answers).toEqual(['NOTIFY_RECEIVED'])
  expect(await town.client.readReturn?.(incoming(back))).toBe(merchantReference)
})

test('a failure is told to the browser only, and nothing is read from it but the order', async () => {
  for (const result of ['insufficient', 'cancelled']) {
    const town = openSimulated(subject)
    const { payment, started } = await town.start()
    const back = (await town.press(urlOf(started), result)).headers.get('location') ?? ''
    expect(town.heard).toEqual([])
    expect(await town.client.readReturn?.(incoming(back))).toBe(payment.merchantReference)
  }
})

test('a payment that is being processed is told so', async () => {
  const town = openSimulated(subject)
  const { started } = await town.start()
  await town.press(urlOf(started), 'suspicious')
  expect(town.heard).toMatchObject([{ reading: { outcomes: [{ status: 'pending', code: 'PAYMENT_PROCESSING' }] } }])
})

test('it cannot be asked, and gives nothing back by a call', () => {
  const { client } = openSimulated(subject)
  expect(client.queryPayment).toBeUndefined()
  expect(client.refundPayment).toBeUndefined()
})

describe('survives', () => {
  test('another amount, copies, forged and damaged notices', async () => {
    const town = openSimulated(subject)
    const { started } = await town.start()
    await town.fault('wrong_amount', { amount: 140_000 })
    await town.fault('callback_forged')
    await town.fault('callback_doubled', { count: 3 })
    await town.press(urlOf(started), 'success')
    const words = town.heard.map(({ kind, reading }) => kind ?? reading?.outcomes[0])
    const captured = { status: 'captured', amount: 140_000n }
    expect(words).toMatchObject(['forged', captured, captured, captured])
  })

  test('a damaged notice, which comes again whole', async () => {
    const town = openSimulated(subject)
    const { started } = await town.start()
    await town.fault('callback_corrupted')
    await town.press(urlOf(started), 'success')
    expect(town.heard[0]?.kind).toMatch(/^(forged|malformed)$/)
    town.clock.at += 6 * 60_000
    await town.simulators.tick()
    expect(town.heard[1]?.reading?.outcomes).toMatchObject([{ status: 'captured', amount: 150_000n }])
  })

  test('silence at start, an outage, and an order that is there already', async () => {
    const town = openSimulated(subject)
    await town.fault('timeout_after', { operation: 'create', delay_seconds: 0 })
    expect(await town.word(town.start())).toBe('unknown')
    expect(await town.word(town.start())).toBe('rejected')
    await town.fault('http_500', { operation: 'create' })
    expect(await town.word(town.start({ merchantReference: 'LP2' }))).toBe('unknown')
  })
})
