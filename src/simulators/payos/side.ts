// Owns payOS as a whole: its channels, the webhook of each transfer, and the browser's unsigned return.
// Source: payos.vn/docs (webhook, return-url), npm @payos/node 2.0.5.
import { Hono } from 'hono'
import { z } from 'zod'
import { checkoutRoutes } from '../checkout.tsx'
import { tellMerchant } from '../complete-payment.ts'
import type { Payment } from '../records.ts'
import { forgersKey, type Side } from '../side.ts'
import { keyOf, nextNumber, type World } from '../world.ts'
import { addTransfer, findByAddress, linkPath, webhookMembers } from './links.ts'
import { merchantApiRoutes } from './merchant-api.ts'
import { enveloped } from './messages.ts'
import { linkState, outcomes, type PayosAccount } from './terms.ts'

export const payosSide = (world: World, accounts: readonly PayosAccount[]): Side => {
  const confirmed = new Map<string, string>()
  const accountOf = (payment: Payment) => accounts.find(({ client_id }) => client_id === payment.account)
  const side: Side = {
    name: 'payos',
    title: 'payOS',
    accounts: accounts.map(({ client_id, tariff }) => ({ id: client_id, tariff: tariff ?? {} })),
    // No retry rule is published, so a webhook comes once, unless a fault orders more.
    retry: { countMax: 1, everyMs: 0 },
    outcome: (payment, result) => {
      if (result === 'success') {
        const code = payment.amount < payment.amount_requested ? 'UNDERPAID' : 'PAID'
        return { status: 'success', code, provider_reference: bankReference(world) }
      }
      const [status, code] = outcomes[result]
      return { status, code, provider_reference: '' }
    },
    // Only money is told: nothing says that cancelling, expiring or a bank's refusal would be.
    callback: async (payment, isForged) => {
      const data = webhookMembers(payment)
      const account = accountOf(payment)
      if (!data || !account) return null
      const { code, desc, ...rest } = await enveloped(data, isForged ? forgersKey : account.checksum_key)
      const url = confirmed.get(account.client_id) ?? payment.callback_url
      return { method: 'POST', url, body: JSON.stringify({ code, desc, success: true, ...rest }) }
    },
    returnUrl: async (payment) => returnAddress(payment),
    accepts: ({ status }) => status >= 200 && status < 300,
    routes: new Hono(),
  }
  const checkout = {
    path: linkPath,
    find: async (url: string) => findByAddress(world, accounts, url),
    side: () => side,
  }
  side.routes
    .route('/', checkoutRoutes(world, checkout))
    .route('/', merchantApiRoutes(world, accounts, confirmed))
    .route('/', transferRoutes(world, accounts, side))
  return side
}

const bankReference = (world: World): string => `FT${nextNumber(world)}`

/** A payer is sent back when the link has come to an end, or the bank's answer is under way; what is said there is signed by nobody. */
const returnAddress = (payment: Payment): string | null => {
  const status = linkState(payment)
  const isCancelled = status === 'CANCELLED'
  if (!isCancelled && status !== 'PAID' && status !== 'PROCESSING') return null
  const address = new URL(isCancelled ? (payment.details.cancel_url ?? payment.return_url) : payment.return_url)
  const { link_id = '' } = payment.details
  const values = { code: '00', id: link_id, cancel: String(isCancelled), status, orderCode: payment.merchant_reference }
  for (const [name, value] of Object.entries(values)) address.searchParams.set(name, value)
  return address.toString()
}

const transferSchema = z.strictObject({ amount: z.number().int().min(1).max(9_999_999_999) })

/** A lever, and no part of payOS: somebody scans the code again, or sends the rest, into a link that has money already. */
const transferRoutes = (world: World, accounts: readonly PayosAccount[], side: Side): Hono =>
  new Hono().post('/payments/:reference/transfers', async (c) => {
    const input = transferSchema.safeParse(await c.req.json().catch(() => null))
    const reference = c.req.param('reference')
    const payment = accounts
      .flatMap(({ client_id }) => world.payments.get(keyOf('payos', client_id, reference)) ?? [])
      .find(({ status }) => status === 'success')
    if (!input.success) return c.json({ title: 'the amount is a whole number of đồng', status: 422 }, 422)
    if (!payment)
      return c.json({ title: 'no money has come in for such a payment: complete it first', status: 404 }, 404)
    addTransfer(payment, {
      reference: bankReference(world),
      amount: BigInt(input.data.amount),
      at: world.now(),
    })
    const delivered = await tellMerchant(world, side, payment)
    return c.json({
      merchant_reference: reference,
      state: linkState(payment),
      amount: Number(payment.amount),
      delivered,
    })
  })
