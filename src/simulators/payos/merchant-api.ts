// Owns payOS's calls: create, read and cancel a link, confirm the webhook address. A channel is known by its client id and API key, the body of a create
// call by its signature. Source: npm @payos/node 2.0.5; refusals as terms.ts says.
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { guardCall } from '../guard-call.ts'
import { armMagicAmount } from '../magic-amounts.ts'
import type { Payment } from '../records.ts'
import { sameHex } from '../signing.ts'
import { rfc3339 } from '../vietnam-time.ts'
import { addPayment, expireIfDue, isFinal, keyOf, type World } from '../world.ts'
import { createdLink, findLink, linkId, linkMembers } from './links.ts'
import { createText, dataText, enveloped, type Members, signatureOf } from './messages.ts'
import { descriptionMax, type PayosAccount, receiver, statusOf, textOf } from './terms.ts'

const web = z.url({ protocol: /^https?$/ }).max(2_048)
const createSchema = z.object({
  orderCode: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  // What object 54 of the QR can hold.
  amount: z.number().int().min(1).max(9_999_999_999_999),
  description: z
    .string()
    .min(1)
    .max(descriptionMax)
    .regex(/^[0-9A-Za-z ]*$/),
  cancelUrl: web,
  returnUrl: web,
  signature: z.string().regex(/^[0-9a-f]{64}$/),
  expiredAt: z
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional(),
})
type CreateRequest = z.infer<typeof createSchema>

/** A link without a deadline of its own: nothing says that payOS ends it by itself. */
const endlessMs = 100 * 365 * 24 * 3_600_000

/** The confirmation's sample: an order that nobody has. */
const sample = {
  ...{ orderCode: 123, amount: 3_000, description: 'VQRIO123', accountNumber: '12345678' },
  ...{ reference: 'TF230204212323', transactionDateTime: '2023-02-04 18:25:00', currency: 'VND' },
  ...{ paymentLinkId: '124c33293c43417ab7879e14c8d9eb18', code: '00', desc: 'Thành công' },
  ...{ counterAccountBankId: '', counterAccountBankName: '', counterAccountName: '', counterAccountNumber: '' },
  ...{ virtualAccountName: '', virtualAccountNumber: '' },
}

/** `confirmed` holds the addresses that replaced those of enrolment. */
export const merchantApiRoutes = (
  world: World,
  accounts: readonly PayosAccount[],
  confirmed: Map<string, string>,
): Hono => {
  const app = new Hono()
  const callerOf = (c: Context) =>
    accounts.find(
      ({ client_id, api_key }) => client_id === c.req.header('x-client-id') && api_key === c.req.header('x-api-key'),
    )
  const serve = (c: Context, operation: 'create' | 'query' | 'confirm', reference: string, run: Run) => {
    const account = callerOf(c)
    const call = { provider: 'payos', account: account?.client_id ?? '', operation, references: [reference] }
    // payOS has no request ids, so no answer is ever given again under one.
    return guardCall(
      world,
      { ...call, requestId: world.newId() },
      { signal: c.req.raw.signal, handle: async () => (account ? run(account) : refuse(c, '401')) },
    )
  }
  app.post('/v2/payment-requests', async (c) => {
    const raw = await readMembers(c)
    return serve(c, 'create', String(raw.orderCode), (account) => create(c, { world, account, raw }))
  })
  app.get('/v2/payment-requests/:id', (c) => {
    const id = c.req.param('id')
    return serve(c, 'query', id, async (account) => {
      const payment = findLink(world, account, id)
      if (!payment) return refuse(c, '101')
      expireIfDue(world, payment, 'EXPIRED')
      return c.json(await enveloped(linkMembers(payment), account.checksum_key))
    })
  })
  app.post('/v2/payment-requests/:id/cancel', async (c) => {
    const { cancellationReason } = await readMembers(c)
    const account = callerOf(c)
    const payment = account && findLink(world, account, c.req.param('id'))
    if (!account) return refuse(c, '401')
    if (!payment) return refuse(c, '101')
    if (!isFinal(payment)) {
      const reason = typeof cancellationReason === 'string' ? cancellationReason.slice(0, 255) : ''
      Object.assign(payment, { status: 'failed', code: 'CANCELLED', occurred_at: world.now().toISOString() })
      Object.assign(payment.details, { cancellation_reason: reason })
    }
    return c.json(await enveloped(linkMembers(payment), account.checksum_key))
  })
  app.post('/confirm-webhook', async (c) => {
    const url = web.safeParse((await readMembers(c)).webhookUrl)
    return serve(c, 'confirm', '', async (account) => {
      if (!url.success || !(await acceptsSample(world, account, url.data))) return refuse(c, '20')
      confirmed.set(account.client_id, url.data)
      const { name, number } = receiver
      const data = { webhookUrl: url.data, accountName: name, accountNumber: number, name, shortName: 'HCC' }
      return c.json(await enveloped(data, account.checksum_key))
    })
  })
  return app
}

type Run = (account: PayosAccount) => Promise<Response>

const create = async (
  c: Context,
  { world, account, raw }: { world: World; account: PayosAccount; raw: Members },
): Promise<Response> => {
  const input = createSchema.safeParse(raw)
  if (!input.success) return refuse(c, '20')
  if (!sameHex(input.data.signature, await signatureOf(createText(raw), account.checksum_key))) return refuse(c, '201')
  const orderCode = String(input.data.orderCode)
  const id = await linkId(account, orderCode)
  // Asked after the last wait, so that two calls at once cannot both be new.
  if (world.payments.has(keyOf('payos', account.client_id, orderCode))) return refuse(c, '231')
  const payment = newPayment(world, account, input.data, id)
  addPayment(world, payment)
  armMagicAmount(world, payment)
  return c.json(await enveloped(createdLink(world, payment), account.checksum_key))
}

const newPayment = (world: World, account: PayosAccount, input: CreateRequest, id: string): Payment => {
  const now = world.now()
  const expiresAt = input.expiredAt === undefined ? now.getTime() + endlessMs : input.expiredAt * 1000
  return {
    provider: 'payos',
    account: account.client_id,
    merchant_reference: String(input.orderCode),
    provider_reference: '',
    amount_requested: BigInt(input.amount),
    amount: BigInt(input.amount),
    description: input.description,
    status: 'open',
    code: '',
    created_at: now.toISOString(),
    expires_at: new Date(expiresAt).toISOString(),
    occurred_at: null,
    return_url: input.returnUrl,
    callback_url: account.webhook_url,
    details: {
      link_id: id,
      cancel_url: input.cancelUrl,
      ...(input.expiredAt === undefined ? {} : { expired_at: String(input.expiredAt) }),
    },
    refunds: [],
    deliveries: [],
  }
}

const acceptsSample = async (world: World, { checksum_key }: PayosAccount, url: string): Promise<boolean> => {
  const data = { ...sample, transactionDateTime: rfc3339(world.now()).slice(0, 19).replace('T', ' ') }
  const signature = await signatureOf(dataText(data), checksum_key)
  const body = JSON.stringify({ code: '00', desc: 'success', success: true, data, signature })
  const headers = { 'content-type': 'application/json' }
  try {
    return (await world.fetch(url, { method: 'POST', redirect: 'manual', headers, body })).ok
  } catch {
    return false
  }
}

const refuse = (c: Context, code: string): Response => c.json({ code, desc: textOf(code), data: null }, statusOf(code))

const readMembers = async (c: Context): Promise<Members> => {
  const body: unknown = await c.req.json().catch(() => null)
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : {}
}
