// Owns what ZaloPay's four calls do once the app is known: create, query, refund, query_refund.
// Source: docs.zalopay.vn, "order-create", "order-query", "order-refund", "order-query-refund" and "status-codes".
import { armMagicAmount } from '../magic-amounts.ts'
import { type PayPage, payLink } from '../pay-link.ts'
import type { Payment, Refund } from '../records.ts'
import { fileRefund } from '../refunds.ts'
import { businessDay } from '../vietnam-time.ts'
import { addPayment, expireIfDue, keyOf, nextNumber, refundedAmount, type World } from '../world.ts'
import type { CreateRequest, QueryRefundRequest, QueryRequest, RefundRequest } from './requests.ts'
import { expiredCode, lifetimeSecondsDefault, orderState, type ZalopayAccount } from './terms.ts'

/** `return_code`, `sub_return_code`, and what a reply has beyond them. */
export type Reply = { main: number; detail: number } & Record<string, unknown>
export type Operation<Input> = (world: World, account: ZalopayAccount, input: Input) => Promise<Reply>

/** A refund takes its two steps at this pace: under way at ZaloPay, then at the payer's bank. */
const refundStepMs = 60_000
/** How old an order or a refund may be when it arrives, and how far a clock may run ahead. */
const ageMsMax = 15 * 60_000

export const payPage = (accounts: readonly ZalopayAccount[]): PayPage => ({
  provider: 'zalopay',
  path: '/openinapp',
  secretOf: (id) => accounts.find((account) => account.app_id === id)?.key2 ?? null,
})

/**
 * The day in the id must be today's in Vietnam. The true sandbox was seen to let another one pass; here it is refused, so that a wrong zone shows before the
 * accountants see it.
 */
export const createOrder: Operation<CreateRequest> = async (world, account, input) => {
  const isDated = /^\d{6}_[A-Za-z0-9_-]{1,33}$/.test(input.app_trans_id) && input.app_trans_id.startsWith(today(world))
  if (!isDated) return refused(-92)
  if (!isFresh(world, input.app_time)) return refused(-401)
  const key = keyOf('zalopay', account.app_id, input.app_trans_id)
  if (world.payments.has(key)) return refused(-68)
  const payment = newPayment(world, account, input)
  addPayment(world, payment)
  armMagicAmount(world, payment)
  const token = btoa(key).replace(/[^A-Za-z0-9]/g, '')
  return {
    ...{ main: 1, detail: 1 },
    ...{ zp_trans_token: token, order_token: token, order_url: await payLink(world, payPage([account]), payment) },
    qr_code: `00020101021226520010vn.zalopay${input.app_trans_id}`,
  }
}

export const queryOrder: Operation<QueryRequest> = async (world, account, input) => {
  const payment = world.payments.get(keyOf('zalopay', account.app_id, input.app_trans_id))
  if (!payment) return refused(-101)
  expireIfDue(world, payment, expiredCode)
  const { main, detail, isProcessing } = orderState(payment)
  const state = { main, detail, is_processing: isProcessing }
  if (main !== 1) return state
  return {
    ...state,
    amount: Number(payment.amount),
    zp_trans_id: Number(payment.provider_reference),
    server_time: Date.parse(payment.occurred_at ?? payment.created_at),
    discount_amount: 0,
  }
}

export const refundOrder: Operation<RefundRequest> = async (world, account, input) => {
  const [day, appId, ours] = /^(\d{6})_(\d+)_([A-Za-z0-9_-]+)$/.exec(input.m_refund_id)?.slice(1) ?? []
  if (ours === undefined) return refused(-24)
  if (`${day}_` !== today(world)) return refused(-25)
  if (appId !== account.app_id) return refused(-26)
  if (!isFresh(world, input.timestamp)) return refused(-13)
  const payment = world.byNumber.get(keyOf('zalopay', account.app_id, input.zp_trans_id))
  if (!payment) return refused(-101)
  if (world.byRefund.has(keyOf('zalopay', account.app_id, input.m_refund_id))) return refused(-23)
  if (payment.status !== 'success') return refused(-32)
  const isCovered = input.amount <= payment.amount - refundedAmount(payment)
  if (!isCovered || (input.refund_fee_amount ?? 0n) >= input.amount) return refused(-14)
  const filed = {
    merchant_reference: input.m_refund_id,
    request_id: input.m_refund_id,
    provider_reference: numberOf(world),
    amount: input.amount,
    description: input.description,
    full: input.amount === payment.amount,
  }
  const refund = fileRefund(world, payment, filed, refundStepMs)
  return { ...refundState[refund.status], refund_id: Number(refund.provider_reference) }
}

export const queryRefund: Operation<QueryRefundRequest> = async (world, account, input) => {
  if (!isFresh(world, input.timestamp)) return refused(-401)
  const payment = world.byRefund.get(keyOf('zalopay', account.app_id, input.m_refund_id))
  const refund = payment?.refunds.find((one) => one.merchant_reference === input.m_refund_id)
  return refund ? refundState[refund.status] : refused(-101)
}

/** Fifteen digits, of which the first six are the day in Vietnam. */
export const numberOf = (world: World): string => `${today(world).slice(0, 6)}${nextNumber(world).slice(-9)}`

const refundState: Record<Refund['status'], { main: number; detail: number }> = {
  processing: { main: 3, detail: 2 },
  sent: { main: 3, detail: 2 },
  success: { main: 1, detail: 1 },
  refused: { main: 2, detail: 0 },
}

const refused = (detail: number): Reply => ({ main: 2, detail })

/** `yymmdd_` of now, in Vietnam. */
const today = (world: World): string => `${businessDay(world.now()).slice(2).replaceAll('-', '')}_`

const isFresh = (world: World, at: number): boolean => Math.abs(world.now().getTime() - at) <= ageMsMax

const newPayment = (world: World, account: ZalopayAccount, input: CreateRequest): Payment => {
  const now = world.now()
  const seconds = input.expire_duration_seconds ?? lifetimeSecondsDefault
  const embed: { redirecturl?: unknown } = JSON.parse(input.embed_data)
  return {
    provider: 'zalopay',
    account: account.app_id,
    merchant_reference: input.app_trans_id,
    provider_reference: '',
    amount_requested: input.amount,
    amount: input.amount,
    description: input.description,
    status: 'open',
    code: '',
    created_at: now.toISOString(),
    expires_at: new Date(now.getTime() + seconds * 1000).toISOString(),
    occurred_at: null,
    return_url: typeof embed.redirecturl === 'string' ? embed.redirecturl : '',
    callback_url: input.callback_url ?? account.callback_url,
    details: {
      app_time: String(input.app_time),
      app_user: input.app_user,
      embed_data: input.embed_data,
      item: input.item,
      bank_code: input.bank_code,
    },
    refunds: [],
    deliveries: [],
  }
}
