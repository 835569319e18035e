// Owns the two calls of a KeyPay client, version 3: create a payment, ask for one. Key 1 of the client proves both; the answer to the second is signed with key 2.
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { guardCall } from '../guard-call.ts'
import { armMagicAmount } from '../magic-amounts.ts'
import { type PayPage, payLink } from '../pay-link.ts'
import type { Payment } from '../records.ts'
import { sameHex } from '../signing.ts'
import { addPayment, expireIfDue, keyOf, type World } from '../world.ts'
import { checkSum, detailStates, type KeypayAccount, pageLifetimeMs } from './terms.ts'

const dong = z.string().regex(/^(0|[1-9][0-9]{0,11})$/)
const transactionId = z.string().regex(/^[0-9A-Za-z_-]{1,20}$/)

/** A receipt block as the one-stop systems send it; a payment without one is not for a public service. */
const billInfo = z.looseObject({
  ...{ MaDichVu: z.string(), MaHoSo: z.string().min(1), NoiDungThanhToan: z.string(), HoTenNguoiNop: z.string() },
  DSKhoanNop: z.array(z.looseObject({ NoiDung: z.string(), SoTien: dong })).min(1),
})
const createSchema = z.object({
  ...{ client_id: z.string(), transaction_id: transactionId, trans_amount: dong, addition_fee: dong },
  ...{ command: z.literal('PAY'), version: z.literal('3.0'), description: z.string().min(1).max(255) },
  ...{ locale: z.literal('vn'), country_code: z.literal('vi'), currency_code: z.literal('VND') },
  environment: z.enum(['1', '2']),
  bill_info: billInfo,
  return_url: z.url({ protocol: /^https?$/ }).max(2_048),
  check_sum: z.string(),
})
const detailSchema = z.object({
  ...{ client_id: z.string(), command: z.string().max(50), transaction_id: transactionId, check_sum: z.string() },
})

/** `POST /api/v3/create` and `/api/v3/detail`. */
export const clientApiRoutes = (world: World, accounts: readonly KeypayAccount[], page: PayPage): Hono => {
  const app = new Hono()
  const accountOf = (id: string) => accounts.find((account) => account.client_id === id)
  const serve = (
    operation: 'create' | 'query',
    path: string,
    answer: (raw: Record<string, unknown>) => Promise<object>,
  ) =>
    app.post(path, async (c: Context) => {
      const body = await c.req.json().catch(() => null)
      const raw: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {}
      const reference = String(raw.transaction_id ?? '')
      // No call has a request id of its own, so no two are the same.
      const call = { provider: 'keypay', account: String(raw.client_id ?? ''), operation, requestId: world.newId() }
      const handle = async () => c.json(await answer(raw))
      return guardCall(world, { ...call, references: [reference] }, { signal: c.req.raw.signal, handle })
    })
  serve('create', '/api/v3/create', async (raw) => {
    const input = createSchema.safeParse(raw)
    if (!input.success) return { error: '2', msg: 'Invalid data' }
    const account = accountOf(input.data.client_id)
    if (!account) return { error: '3', msg: 'Invalid client' }
    const expected = await checkSum('payment', input.data, account.client_key_1)
    if (!sameHex(input.data.check_sum, expected)) return { error: '4', msg: 'Invalid check_sum' }
    return create(world, account, input.data, page)
  })
  serve('query', '/api/v3/detail', async (raw) => {
    const input = detailSchema.safeParse(raw)
    if (!input.success) return { error: '2', msg: 'Invalid data' }
    const account = accountOf(input.data.client_id)
    if (!account) return { error: '3', msg: 'Invalid client' }
    const expected = await checkSum('detail', input.data, account.client_key_1)
    if (!sameHex(input.data.check_sum, expected)) return { error: '4', msg: 'Invalid check_sum' }
    return detail(world, account, input.data)
  })
  return app
}

const create = async (
  world: World,
  account: KeypayAccount,
  input: z.infer<typeof createSchema>,
  page: PayPage,
): Promise<object> => {
  const amount = BigInt(input.trans_amount)
  if (amount === 0n) return { error: '2', msg: 'Invalid data' }
  if (world.payments.has(keyOf('keypay', account.client_id, input.transaction_id)))
    return { error: '5', msg: 'Duplicate transaction_id' }
  const now = world.now()
  const payment: Payment = {
    ...{ provider: 'keypay', account: account.client_id, merchant_reference: input.transaction_id },
    ...{ provider_reference: '', amount_requested: amount, amount, description: input.description },
    ...{ status: 'open', code: '', occurred_at: null, created_at: now.toISOString() },
    expires_at: new Date(now.getTime() + pageLifetimeMs).toISOString(),
    ...{ return_url: input.return_url, callback_url: account.callback_url },
    details: { addition_fee: input.addition_fee },
    ...{ refunds: [], deliveries: [] },
  }
  addPayment(world, payment)
  armMagicAmount(world, payment)
  return { error: '0', msg: 'Success', payment_url: await payLink(world, page, payment) }
}

const detail = async (
  world: World,
  account: KeypayAccount,
  { command, transaction_id }: z.infer<typeof detailSchema>,
): Promise<object> => {
  const payment = world.payments.get(keyOf('keypay', account.client_id, transaction_id))
  if (payment) expireIfDue(world, payment, '1')
  const told = { client_id: account.client_id, command, transaction_id }
  return {
    ...{ error: '0', msg: 'Success', ...told, status: stateOf(payment) },
    ...(payment ? { trans_amount: String(payment.amount), transaction_code: payment.provider_reference } : {}),
    check_sum: await checkSum('detail', told, account.client_key_2),
  }
}

const stateOf = (payment: Payment | undefined): string => {
  if (!payment) return detailStates.unknown
  if (payment.status === 'success') return detailStates.paid
  return payment.status === 'failed' || payment.status === 'expired' ? detailStates.failed : detailStates.waiting
}
