// Owns VNPAY's server address: `querydr` and `refund`, checked in the order format, terminal, signature, repeat, payment.
// Source: page "querydr & refund" and public implementations of it. Every answer to a known terminal is signed.
import { Hono } from 'hono'
import { z } from 'zod'
import { type ApiCall, guardCall } from '../guard-call.ts'
import type { Payment, Refund } from '../records.ts'
import { fileRefund } from '../refunds.ts'
import { businessDay, readStamp, stamp } from '../vietnam-time.ts'
import { expireIfDue, keyOf, nextNumber, refundedAmount, rememberAnswer, type World } from '../world.ts'
import { isPipeSigned, signPipe, wireText } from './messages.ts'
import { bankCode, transactionStatus, type VnpayAccount } from './terms.ts'

type Message = Record<string, string>

/** A refund takes its two steps at this pace: sent to the bank, then done. */
const refundStepMs = 60_000

const messages: Record<string, string> = {
  '00': 'Success',
  '02': 'Invalid terminal',
  '03': 'Invalid data format',
  '91': 'Transaction not found',
  '93': 'Invalid refund amount',
  '94': 'Duplicate request',
  '95': 'Transaction was not successful',
  '97': 'Invalid checksum',
}

const text = (form: RegExp) =>
  z.preprocess((value) => (typeof value === 'number' ? String(value) : (value ?? '')), z.string().regex(form))
const moment = text(/^\d{14}$/).refine((value) => typeof value === 'string' && readStamp(value) !== null)
// The pipe is the separator of the signed text and cannot be escaped, so no value may hold it.
const common = {
  vnp_RequestId: text(/^[0-9A-Za-z]{1,32}$/),
  vnp_Version: text(/^2\.1\.0$/),
  vnp_TmnCode: text(/^[0-9A-Za-z]{8}$/),
  vnp_TxnRef: text(/^[\x21-\x7b\x7d\x7e]{1,100}$/),
  vnp_OrderInfo: text(/^[^|]{1,255}$/),
  vnp_TransactionNo: text(/^[0-9]{0,15}$/),
  vnp_TransactionDate: moment,
  vnp_CreateDate: moment,
  vnp_IpAddr: text(/^[0-9A-Fa-f.:]{7,45}$/),
  vnp_SecureHash: text(/^[0-9A-Fa-f]{32,256}$/),
}
const querySchema = z.object({ ...common, vnp_Command: z.literal('querydr') })
const refundSchema = z.object({
  ...common,
  vnp_Command: z.literal('refund'),
  vnp_TransactionType: text(/^0[23]$/),
  vnp_Amount: text(/^[1-9][0-9]{0,9}00$/),
  vnp_CreateBy: text(/^[^|]{1,245}$/),
})

/** `POST /merchant_webapi/api/transaction`. Answers are HTTP 200 whatever the code. */
export const merchantApiRoutes = (world: World, accounts: readonly VnpayAccount[]): Hono => {
  const app = new Hono()
  app.post('/merchant_webapi/api/transaction', async (c) => {
    const body = await c.req.json().catch(() => null)
    const raw: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {}
    const operation = raw.vnp_Command === 'refund' ? 'refund' : 'query'
    const call: ApiCall = {
      provider: 'vnpay',
      account: wireText(raw.vnp_TmnCode),
      operation,
      requestId: wireText(raw.vnp_RequestId),
      references: [wireText(raw.vnp_TxnRef), wireText(raw.vnp_RequestId)],
    }
    const handle = async () => c.json(await answer(world, accounts, operation, raw))
    return guardCall(world, call, { signal: c.req.raw.signal, handle })
  })
  return app
}

const answer = async (
  world: World,
  accounts: readonly VnpayAccount[],
  operation: 'query' | 'refund',
  raw: Record<string, unknown>,
): Promise<Message> => {
  const account = accounts.find((one) => one.tmn_code === wireText(raw.vnp_TmnCode))
  const parsed = (operation === 'refund' ? refundSchema : querySchema).safeParse(raw)
  const kind = operation === 'refund' ? 'refund' : 'querydr'
  const head = (code: string): Message => ({
    vnp_ResponseId: world.newId().replaceAll('-', '').slice(0, 32),
    vnp_Command: kind,
    vnp_ResponseCode: code,
    vnp_Message: messages[code] ?? '',
    vnp_TmnCode: wireText(raw.vnp_TmnCode).slice(0, 8),
    vnp_TxnRef: wireText(raw.vnp_TxnRef).slice(0, 100),
  })
  // Without a terminal there is no key to sign with.
  if (!account) return head(parsed.success ? '02' : '03')
  const sign = (message: Message) => signPipe(account.hash_secret, `${kind}_response`, message)
  if (!parsed.success) return sign(head('03'))
  // The hash is over what was received, so it is checked on the raw body.
  if (!(await isPipeSigned(account.hash_secret, `${kind}_request`, raw))) return sign(head('97'))
  const message: Message = Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, wireText(value)]))
  if (isRepeat(world, message)) return sign(head('94'))
  const payment = paymentOf(world, account, message)
  if (!payment) return sign(head('91'))
  if (operation === 'query') return sign({ ...head('00'), ...describe(payment, message) })
  const result = refund(world, payment, message)
  return sign(typeof result === 'string' ? head(result) : { ...head('00'), ...describeRefund(payment, result) })
}

/** A request id is good once a day. */
const isRepeat = (world: World, message: Message): boolean => {
  const now = world.now()
  const key = keyOf('vnpay', message.vnp_TmnCode ?? '', businessDay(now), message.vnp_RequestId ?? '')
  if (world.answers.has(key)) return true
  rememberAnswer(world, key, { at: now.toISOString(), fingerprint: '', final: true, status: 200, body: '' })
  return false
}

/** The payment under its reference and the create date that it was started with. */
const paymentOf = (world: World, account: VnpayAccount, message: Message): Payment | null => {
  const payment = world.payments.get(keyOf('vnpay', account.tmn_code, message.vnp_TxnRef ?? ''))
  if (!payment || payment.details.create_date !== message.vnp_TransactionDate) return null
  expireIfDue(world, payment, '11')
  return payment
}

/**
 * With VNPAY's number the answer is about that payment or refund; without one it is about the newest of them. So a
 * merchant whose refund call timed out, and who has no number yet, learns of the refund by asking.
 */
const describe = (payment: Payment, message: Message): Message => {
  const number = ['', '0'].includes(message.vnp_TransactionNo ?? '') ? null : message.vnp_TransactionNo
  const refund =
    number === null ? payment.refunds.at(-1) : payment.refunds.find((one) => one.provider_reference === number)
  if (refund) return describeRefund(payment, refund)
  return {
    vnp_Amount: (payment.amount * 100n).toString(),
    vnp_BankCode: payment.occurred_at === null ? '' : bankCode(payment),
    vnp_PayDate: payment.occurred_at === null ? '' : stamp(new Date(payment.occurred_at)),
    vnp_TransactionNo: payment.provider_reference === '' ? '0' : payment.provider_reference,
    vnp_TransactionType: '01',
    vnp_TransactionStatus: transactionStatus[payment.status],
    vnp_OrderInfo: payment.description,
  }
}

const refundStatus: Record<Refund['status'], string> = { processing: '05', sent: '06', success: '00', refused: '09' }

const describeRefund = (payment: Payment, refund: Refund): Message => ({
  vnp_Amount: (refund.amount * 100n).toString(),
  vnp_BankCode: bankCode(payment),
  vnp_PayDate: stamp(new Date(refund.done_at ?? refund.requested_at)),
  vnp_TransactionNo: refund.provider_reference,
  vnp_TransactionType: refund.full ? '02' : '03',
  vnp_TransactionStatus: refundStatus[refund.status],
  vnp_OrderInfo: refund.description,
})

/** Accepts a refund, or answers with the code that refuses it. */
const refund = (world: World, payment: Payment, message: Message): Refund | '91' | '93' | '94' | '95' => {
  const number = message.vnp_TransactionNo ?? ''
  if (payment.status !== 'success') return '95'
  if (!['', '0', payment.provider_reference].includes(number)) return '91'
  if (payment.refunds.some((one) => one.status === 'processing' || one.status === 'sent')) return '94'
  const amount = BigInt(message.vnp_Amount ?? '0') / 100n
  const left = payment.amount - refundedAmount(payment)
  const full = message.vnp_TransactionType === '02'
  if (amount > left || (full && amount !== payment.amount)) return '93'
  const input = {
    merchant_reference: message.vnp_RequestId ?? '',
    request_id: message.vnp_RequestId ?? '',
    provider_reference: nextNumber(world),
    amount,
    description: message.vnp_OrderInfo ?? '',
    full,
  }
  return fileRefund(world, payment, input, refundStepMs)
}
