// Owns what MoMo's four calls do once the caller is known: create, query, refund, confirm.
// Source: developers.momo.vn/v3, pages "onetime", "query", "refund", "confirm" and "resultcode".
import { armMagicAmount } from '../magic-amounts.ts'
import type { Payment, Refund } from '../records.ts'
import { fileRefund } from '../refunds.ts'
import { addPayment, expireIfDue, keyOf, nextNumber, refundedAmount, type World } from '../world.ts'
import { signatureOf } from './messages.ts'
import { payLink } from './pay-link.ts'
import type { ConfirmRequest, CreateRequest, QueryRequest, RefundRequest } from './requests.ts'
import { amountLimits, linkLifetimeMs, type MomoAccount, stateCode } from './terms.ts'

/** The fields of a reply beyond those that every reply has. */
export type Reply = { resultCode: number } & Record<string, unknown>
export type Operation<Input> = (world: World, account: MomoAccount, input: Input) => Promise<Reply>

export const createPayment: Operation<CreateRequest> = async (world, account, input) => {
  const amount = Number(input.amount)
  const [least, most] = amountLimits[input.requestType] ?? [0n, 0n]
  if (input.amount < least || input.amount > most) return { resultCode: 22, amount }
  if (isTaken(world, account, input.orderId)) return { resultCode: 41, amount }
  const payUrl = await payLink(world, account, input.orderId)
  // Looked up again, because another call may have come by while the address was made.
  if (isTaken(world, account, input.orderId)) return { resultCode: 41, amount }
  const payment = newPayment(world, input)
  addPayment(world, payment)
  armMagicAmount(world, payment)
  const reply = { ...input, amount, responseTime: world.now().getTime(), resultCode: 0, payUrl }
  const signature = await signatureOf('createResponse', reply, account)
  const wallet = { deeplink: `momo://app?action=payWithApp&sid=${input.orderId}`, qrCodeUrl: payUrl }
  const { responseTime } = reply
  return {
    amount,
    responseTime,
    resultCode: 0,
    payUrl,
    ...(input.requestType === 'captureWallet' ? wallet : {}),
    signature,
  }
}

export const queryPayment: Operation<QueryRequest> = async (world, account, input) => {
  const payment = world.payments.get(keyOf('momo', account.partner_code, input.orderId))
  if (!payment) return { resultCode: 42 }
  expireIfDue(world, payment, '1005')
  const paid = ['success', 'authorised', 'suspicious'].includes(payment.status)
  return {
    amount: Number(payment.amount),
    extraData: payment.details.extra_data ?? '',
    transId: Number(payment.provider_reference),
    payType: paid ? 'qr' : '',
    resultCode: Number(stateCode(payment)),
    refundTrans: payment.refunds.map((refund) => ({
      orderId: refund.merchant_reference,
      amount: Number(refund.amount),
      resultCode: refundCode[refund.status],
      transId: Number(refund.provider_reference),
      createdTime: Date.parse(refund.requested_at),
    })),
    lastUpdated: Date.parse(payment.occurred_at ?? payment.created_at),
  }
}

export const refundPayment: Operation<RefundRequest> = async (world, account, input) => {
  const amount = Number(input.amount)
  const refuse = (resultCode: number): Reply => ({ resultCode, amount, transId: 0 })
  if (isTaken(world, account, input.orderId)) return refuse(41)
  const payment = world.byNumber.get(keyOf('momo', account.partner_code, input.transId))
  if (!payment) return refuse(42)
  const least = payment.details.request_type === 'payWithATM' ? 10_000n : 1_000n
  if (input.amount < least || input.amount > 50_000_000n) return refuse(22)
  if (payment.status !== 'success') return refuse(1088)
  if (input.amount > payment.amount - refundedAmount(payment)) return refuse(1081)
  const filed = {
    merchant_reference: input.orderId,
    request_id: input.requestId,
    provider_reference: nextNumber(world),
    amount: input.amount,
    description: input.description,
    full: input.amount === payment.amount,
  }
  const refund = fileRefund(world, payment, filed, 0)
  // The number that comes back is the refund's own, not the payment's.
  return { resultCode: refundCode[refund.status], amount, transId: Number(refund.provider_reference) }
}

export const confirmPayment: Operation<ConfirmRequest> = async (world, account, input) => {
  const { requestType } = input
  const amount = Number(input.amount)
  const payment = world.payments.get(keyOf('momo', account.partner_code, input.orderId))
  if (!payment) return { resultCode: 42, amount, requestType, transId: 0 }
  const transId = Number(payment.provider_reference)
  if (payment.status !== 'authorised') return { resultCode: 1003, amount, requestType, transId }
  if (input.amount !== payment.amount) return { resultCode: 22, amount, requestType, transId }
  const captured = requestType === 'capture'
  payment.status = captured ? 'success' : 'failed'
  // A cancelled hold answers 0 to this call, and 1003 to every query from then on.
  payment.code = captured ? '0' : '1003'
  payment.occurred_at = world.now().toISOString()
  return { resultCode: 0, amount, requestType, transId }
}

const refundCode: Record<Refund['status'], number> = { processing: 7002, sent: 7002, success: 0, refused: 1081 }

/** Order ids are one space for payments and refunds of a partner. */
const isTaken = (world: World, account: MomoAccount, orderId: string): boolean => {
  const key = keyOf('momo', account.partner_code, orderId)
  return world.payments.has(key) || world.byRefund.has(key)
}

const newPayment = (world: World, input: CreateRequest): Payment => {
  const now = world.now()
  return {
    provider: 'momo',
    account: input.partnerCode,
    merchant_reference: input.orderId,
    provider_reference: '',
    amount_requested: input.amount,
    amount: input.amount,
    description: input.orderInfo,
    status: 'open',
    code: '',
    created_at: now.toISOString(),
    expires_at: new Date(now.getTime() + linkLifetimeMs).toISOString(),
    occurred_at: null,
    return_url: input.redirectUrl,
    callback_url: input.ipnUrl,
    details: {
      request_id: input.requestId,
      request_type: input.requestType,
      extra_data: input.extraData,
      lang: input.lang ?? 'vi',
      auto_capture: String(input.autoCapture),
    },
    refunds: [],
    deliveries: [],
  }
}
