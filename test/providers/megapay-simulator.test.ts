/** The adapter meets the simulator: two readings of MegaPay's page that share no code, from the form to the refund. */
import { describe, expect, test } from 'vitest'
import type { Payment, Started } from '../../src/providers/contract.ts'
import { megapay } from '../../src/providers/megapay/index.ts'
import type { Subject } from './conformance/subject.ts'
import { kit } from './megapay.kit.ts'
import { openSimulated } from './simulated.ts'

const subject: Subject = { name: 'megapay', provider: megapay, kit }
type Town = ReturnType<typeof openSimulated>

/** The payer's browser posts the form, and follows to the page; answers the page's address. */
const post = async (town: Town, { action }: Started): Promise<string> => {
  if (action.type !== 'form') throw new Error('MegaPay is posted a form')
  const path = action.url.replace('http://127.0.0.1:8787', '')
  const answer = await town.app.request(path, { method: 'POST', body: new URLSearchParams(action.fields) })
  return answer.headers.get('location') ?? `refused ${answer.status}`
}
const begin = async (changes: Partial<Payment> = {}) => {
  const town = openSimulated(subject)
  const { payment, started } = await town.start(changes)
  return { town, payment, started, page: await post(town, started) }
}

test('a payment is captured by its IPN and by the status call, and named by the return', async () => {
  const { town, payment, page } = await begin()
  expect((await town.client.queryPayment?.(payment))?.outcomes).toMatchObject([{ status: 'pending' }])
  expect(await (await town.open(page)).text()).toContain('150.000')
  const back = new URL((await town.press(page, 'success')).headers.get('location') ?? '')
  const { merchantReference } = payment
  const captured = { status: 'captured', amount: 150_000n, merchantReference }
  expect(town.heard).toMatchObject([{ reading: { merchantReference, outcomes: [captured] } }])
  expect(await town.client.queryPayment?.(payment)).toMatchObject({ known: true, outcomes: [captured] })
  const returned = { method: 'GET', search: back.search.slice(1), headers: new Headers(), body: new Uint8Array() }
  expect(await town.client.readReturn?.(returned)).toBe(merchantReference)
})

test.each([
  ['insufficient', 'failed'],
  ['cancelled', 'failed'],
])('a payment that ends as %s makes us ask, and the status call tells', async (result, status) => {
  const { town, payment, page } = await begin()
  await town.press(page, result)
  expect(town.heard).toMatchObject([{ reading: { outcomes: [], ask: true } }])
  expect((await town.client.queryPayment?.(payment))?.outcomes).toMatchObject([{ status }])
})

test('a suspicious payment is pending, and one that nobody pays fails in the end', async () => {
  const first = await begin()
  await first.town.press(first.page, 'suspicious')
  expect(first.town.heard).toMatchObject([{ reading: { outcomes: [], ask: true } }])
  expect((await first.town.client.queryPayment?.(first.payment))?.outcomes).toMatchObject([{ status: 'pending' }])
  const second = await begin()
  second.town.clock.at += 16 * 60_000
  expect((await second.town.client.queryPayment?.(second.payment))?.outcomes).toMatchObject([{ status: 'failed' }])
})

describe('survives', () => {
  test('another amount than was asked for: the IPN makes us ask, the status call proves it', async () => {
    const { town, payment, page } = await begin()
    await town.fault('wrong_amount', { amount: 140_000 })
    await town.press(page, 'success')
    expect(town.heard).toMatchObject([{ reading: { outcomes: [], ask: true } }])
    const { outcomes } = (await town.client.queryPayment?.(payment)) ?? { outcomes: [] }
    expect(outcomes).toMatchObject([{ status: 'captured', amount: 140_000n }])
  })

  test('forged and damaged IPNs', async () => {
    const { town, page } = await begin()
    await town.fault('callback_forged')
    await town.fault('callback_corrupted')
    await town.press(page, 'success')
    expect(town.heard.map(({ kind }) => kind)).toEqual(['forged', 'forged'])
  })

  test('silence and outages of the status call', async () => {
    const { town, payment } = await begin()
    for (const fault of ['http_500', 'cached_500', 'timeout_before', 'timeout_after']) {
      await town.fault(fault, { operation: 'query', delay_seconds: 0 })
      expect(await town.word(town.client.queryPayment?.(payment)), fault).toBe('unknown')
    }
    expect(await town.word(town.client.queryPayment?.({ ...payment, merchantReference: 'LPNEVERSEEN' }))).toBe(
      'unknown',
    )
  })
})

test('the same form again shows the same payment, another one under its reference is refused', async () => {
  const { town, started, page } = await begin()
  expect(await post(town, started)).toBe(page)
  const other = await town.start({ createdAt: new Date('2026-11-22T10:00:01+07:00') })
  expect(await post(town, other.started)).toBe('refused 400')
})

describe('refunds', () => {
  const paid = async () => {
    const { town, payment, page } = await begin()
    await town.press(page, 'success')
    const providerReference = town.heard[0]?.reading?.outcomes[0]?.providerReference ?? null
    const refund = (merchantReference: string, amount: bigint) => ({
      ...{ merchantReference, amount, isFull: amount === payment.amount, payment: { ...payment, providerReference } },
      ...{ reason: 'Hồ sơ bị từ chối', requestedBy: 'ketoan01', createdAt: new Date(town.clock.at) },
    })
    return { town, refund }
  }

  test('return money in parts, each once, and never more than was paid', async () => {
    const { town, refund } = await paid()
    const first = await town.client.refundPayment?.(refund('LPREFUND1', 50_000n))
    expect(first).toMatchObject({ status: 'refunded', amount: 50_000n, merchantReference: 'LPREFUND1' })
    expect(await town.word(town.client.refundPayment?.(refund('LPREFUND1', 50_000n)))).toBe('rejected')
    expect(await town.word(town.client.refundPayment?.(refund('LPREFUND2', 100_001n)))).toBe('rejected')
    const second = await town.client.refundPayment?.(refund('LPREFUND3', 100_000n))
    expect(second?.providerReference).not.toBe(first?.providerReference)
  })

  test('that are refused, in trouble or silent return nothing that is believed', async () => {
    const { town, refund } = await paid()
    await town.fault('refund_refused')
    expect(await town.word(town.client.refundPayment?.(refund('LPREFUND1', 50_000n)))).toBe('rejected')
    await town.fault('timeout_after', { operation: 'refund', delay_seconds: 0 })
    expect(await town.word(town.client.refundPayment?.(refund('LPREFUND2', 50_000n)))).toBe('unknown')
    await town.fault('refund_pending')
    expect(await town.word(town.client.refundPayment?.(refund('LPREFUND3', 50_000n)))).toBe('unknown')
  })
})
