// Owns Viettel Money's server address: the inquiry and the refund, one form address told apart by `cmd`.
// Source: the vendor's sample pack and public clients. Only whole payments are returned, once.
import { Hono } from 'hono'
import { type ApiCall, guardCall } from '../guard-call.ts'
import type { Payment } from '../records.ts'
import { fileRefund } from '../refunds.ts'
import { keyOf, nextNumber, refundedAmount, type World } from '../world.ts'
import { checkSum, isSigned, type Message, readForm } from './messages.ts'
import { paymentStatus, type ViettelAccount } from './terms.ts'

/** A refund takes its two steps at this pace. What Viettel needs is not published. */
const refundStepMs = 60_000

/** `POST /PaymentAPI/webresources/postData`: form in, JSON out, HTTP 200 whatever the code. */
export const partnerApiRoutes = (world: World, accounts: readonly ViettelAccount[]): Hono => {
  const app = new Hono()
  app.post('/PaymentAPI/webresources/postData', async (c) => {
    const asked = readForm(await c.req.text()) ?? {}
    const call: ApiCall = {
      provider: 'viettelmoney',
      account: asked.merchant_code ?? '',
      operation: asked.cmd === 'REFUND_PAYMENT' ? 'refund' : 'query',
      // No call has an id of its own.
      requestId: world.newId(),
      references: [asked.order_id ?? ''],
    }
    const handle = async () => c.json(await answer(world, accounts, asked))
    return guardCall(world, call, { signal: c.req.raw.signal, handle })
  })
  return app
}

/** Who does not prove to be a partner is told a code and nothing that is signed. */
const answer = async (world: World, accounts: readonly ViettelAccount[], asked: Message): Promise<Message> => {
  const account = accounts.find((one) => one.merchant_code === asked.merchant_code)
  const isRefund = asked.cmd === 'REFUND_PAYMENT'
  if (!account || asked.version !== '2.0') return { error_code: '01' }
  if (!isRefund && asked.cmd !== 'TRANS_INQUIRY') return { error_code: '01' }
  if (!(await isSigned(isRefund ? 'REFUND' : 'INQUIRY', asked, account))) return { error_code: '02' }
  const order_id = asked.order_id ?? ''
  const payment = world.payments.get(keyOf('viettelmoney', account.merchant_code, order_id))
  const head = { merchant_code: account.merchant_code, order_id, version: '2.0' }
  const reply = { ...head, ...(isRefund ? refund(world, payment, asked) : state(payment)) }
  return { ...reply, check_sum: await checkSum(isRefund ? 'REFUND_RESPONSE' : 'INQUIRY_RESPONSE', reply, account) }
}

const state = (payment: Payment | undefined): Message => ({
  error_code: payment ? payment.code || '00' : '01',
  vt_transaction_id: payment?.provider_reference ?? '',
  payment_status: payment ? paymentStatus[payment.status] : '-1',
})

const refund = (world: World, payment: Payment | undefined, asked: Message): Message => {
  const isWhole = asked.refundType === '0' && asked.trans_amount === payment?.amount.toString()
  const isPaid = payment?.status === 'success' && payment.provider_reference === asked.originalRequestId
  if (!payment || !isPaid || !isWhole || refundedAmount(payment) > 0n) {
    return { error_code: '01', error_msg: 'Giao dich khong the hoan' }
  }
  const filed = {
    // The partner names the payment; a refund has no reference of the partner's own.
    merchant_reference: payment.merchant_reference,
    request_id: payment.merchant_reference,
    provider_reference: nextNumber(world),
    amount: payment.amount,
    description: asked.trans_content ?? '',
    full: true,
  }
  const { provider_reference } = fileRefund(world, payment, filed, refundStepMs)
  const refund_request_id = provider_reference
  return {
    error_code: '00',
    error_msg: 'Thanh cong',
    merchant_request_id: payment.merchant_reference,
    refund_request_id,
  }
}
