// Đồng that end in the wrong place.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import type { Outcome } from '../../src/domain/outcome.ts'
import { decideRefund } from '../../src/flows/decide-refund.ts'
import { defineProvider, ProviderError } from '../../src/providers/contract.ts'
import { due, openHouse } from '../kit/house.ts'

const sent: string[] = []
const isUp = true
const provider = defineProvider({
  title: { vi: 'Thử', en: 'Test' },
  limits: { minimum: 1n, maximum: 999_999_999_999n },
  account: z.object({}),
  secrets: [],
  redact: [],
  startPayment: async () => ({ action: { type: 'redirect', url: 'https://pay.test/' }, providerReference: null }),
  readCallback: async () => ({ merchantReference: '', outcomes: [] }),
  answerCallback: (verdict) => Response.json({ verdict }),
  queryPayment: async () => ({ known: true, outcomes: [] }),
  queryRefund: async ({ merchantReference }) => ({
    known: true,
    outcomes: [
      {
        status: 'pending',
        subject: 'refund',
        merchantReference,
        providerReference: null,
        occurredAt: null,
        code: 'not_listed',
      },
    ],
  }),
  refundPayment: async ({ merchantReference }): Promise<Outcome> => {
    if (!isUp) throw new ProviderError('unreachable', 'down')
    sent.push(merchantReference)
    return {
      status: 'pending',
      subject: 'refund',
      merchantReference,
      providerReference: null,
      occurredAt: null,
      code: '00',
    }
  },
})

let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  house = await openHouse({ providers: { test: provider } })
})
afterAll(async () => {
  await house.deps.settled()
  await house.database.drop()
})

const approve = (refundId: string) =>
  decideRefund(house.deps, { clientId: 'cli_checker', agency: 'H56' }, { refundId, decision: 'approved' })

it('keeps an order paid by the first of two captures of one attempt when the second is returned', async () => {
  const orderId = await house.place()
  const attempt = await house.attempt(orderId)
  await house.tell(house.captured(attempt, 'A1'))
  await house.tell(house.captured(attempt, 'A2'))
  const proposal = (await house.read(orderId)).refunds[0]
  expect(proposal).toMatchObject({ status: 'proposed', amount: due })
  await approve(proposal?.id ?? '')
  await house.deps.settled()
  await house.tell(house.refunded({ merchantReference: proposal?.merchantReference ?? '' }, 'A2R', due))
  const { order, sums } = await house.read(orderId)
  expect({ status: order.status, paid: order.amountPaid, sums }).toEqual({
    status: 'paid',
    paid: due,
    sums: { provider_receivable: due, collected: -due },
  })
})

it('names a discrepancy when a refund given up is paid out after another was', async () => {
  const orderId = await house.place()
  const attempt = await house.attempt(orderId)
  await house.tell(house.captured(attempt, 'E1'))
  const one = await house.refund(attempt)
  await house.tell(house.quiet(one.merchantReference, 'failed', 'refund'))
  const two = await house.refund(attempt)
  await house.tell(house.refunded(two, 'E2', due))
  await house.tell(house.refunded(one, 'E3', due))
  const { order, open, sums } = await house.read(orderId)
  expect([order.amountRefunded, sums]).toEqual([2n * due, { provider_receivable: -due, collected: due }])
  expect(open.map(([name]) => name)).toContain('refund_mismatch')
})

it('does not pay two orders with one transaction of the provider', async () => {
  const [one, two] = [await house.place(), await house.place()]
  await house.tell(house.captured(await house.attempt(one), 'G1'))
  await house.tell(house.captured(await house.attempt(two), 'G1'))
  const paid = [(await house.read(one)).order.status, (await house.read(two)).order.status]
  expect(paid.filter((status) => status === 'paid')).toHaveLength(1)
})

it('knows the provider by its own number whichever source told of the money first', async () => {
  const numbers = []
  for (const order of [
    ['named', 'anonymous'],
    ['anonymous', 'named'],
  ]) {
    const attempt = await house.attempt(await house.place())
    for (const each of order) await house.tell(house.captured(attempt, each === 'named' ? 'H1' : null))
    numbers.push((await house.read(attempt.orderId)).attempts[0]?.providerReference)
  }
  expect(numbers).toEqual(['H1', 'H1'])
})

it('names a discrepancy when a returned surplus is taken back by its provider as well', async () => {
  const orderId = await house.place()
  const [first, second] = [await house.attempt(orderId), await house.attempt(orderId)]
  await house.tell(house.captured(first, 'J1'))
  await house.tell(house.captured(second, 'J2'))
  const proposal = (await house.read(orderId)).refunds[0]
  await approve(proposal?.id ?? '')
  await house.deps.settled()
  await house.tell(house.refunded({ merchantReference: proposal?.merchantReference ?? '' }, 'J2R', due))
  await house.tell(house.reversed(second, 'J2V'))
  const { open, sums } = await house.read(orderId)
  expect(sums).toEqual({ collected: -due, suspense: due })
  expect(open.map(([, amount]) => amount)).toEqual([due])
})
