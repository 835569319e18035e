/** ZaloPay as its tests meet it: one payment, one refund, and a server whose answers are altered one member at a time. */
import {
  type IncomingRequest,
  type Payment,
  type ProviderClient,
  ProviderError,
  type QueryAnswer,
  type Refund,
} from '../../src/providers/contract.ts'
import { zalopay } from '../../src/providers/zalopay/index.ts'
import type { Field } from './kit.ts'
import { kit } from './zalopay.kit.ts'

export type Sent = { url: string; body: Record<string, unknown> }
type Answer = Response | Record<string, unknown>

/** The moment at which everything happens, unless a test says otherwise: five minutes into the payment. */
export const now = new Date('2026-11-22T03:05:00Z')

/** A client whose calls are all answered with `answer`, and what it sent. */
export const connect = (
  answer: Answer = {},
  { account = kit.account, at = now }: { account?: unknown; at?: Date } = {},
): { client: ProviderClient; sent: Sent[] } => {
  const sent: Sent[] = []
  const fetch = async (url: string, init: RequestInit) => {
    sent.push({ url, body: JSON.parse(String(init.body)) })
    return answer instanceof Response ? answer : Response.json(answer)
  }
  return {
    client: zalopay.connect(account, { fetch, now: () => at, newId: () => 'ref_0123456789abcdefghjkmnpqrs' }),
    sent,
  }
}

export const payment: Payment = {
  merchantReference: '261122_ref0123456789abcdefghjkmnpqrs',
  amount: 150_000n,
  dossierCode: 'H56.12.03-261122-0007',
  description: 'Lệ phí đăng ký khai sinh',
  language: 'vi',
  bankCode: null,
  payerIp: '203.0.113.77',
  createdAt: new Date('2026-11-22T03:00:00Z'),
  expiresAt: new Date('2026-11-22T03:15:00Z'),
  callbackUrl: 'https://gateway.example/callbacks/zalopay/mac_1',
  returnUrl: 'https://gateway.example/returns/zalopay/mac_1',
  providerReference: '261122000000123',
  memo: {},
  bill: null,
}
export const refund: Refund = {
  merchantReference: '261123_990001_01kb2q3v9e8x7w6v5t4s3r2q1p',
  amount: 50_000n,
  reason: 'Hồ sơ bị từ chối',
  requestedBy: 'ketoan01',
  createdAt: new Date('2026-11-22T03:04:00Z'),
  payment,
  isFull: false,
}

/** A callback of ZaloPay, with members of `data` changed before it signs and members of the body afterwards. */
export const callback = (changes: Record<string, string> = {}, after: Record<string, string> = {}): IncomingRequest => {
  const changed = (fields: readonly Field[], by: Record<string, string>): Field[] =>
    fields.map(([name, value]) => [name, by[name] ?? value])
  const fields = kit.callback.fields({
    says: 'captured',
    merchantReference: payment.merchantReference,
    amount: payment.amount,
    occurredAt: new Date('2026-11-22T03:02:09Z'),
    providerReference: '261122000000123',
  })
  return kit.callback.send(changed(kit.callback.sign(changed(fields, changes), kit.account), after))
}

export const posted = (body: string): IncomingRequest => ({
  method: 'POST',
  search: '',
  headers: new Headers(),
  body: new TextEncoder().encode(body),
})
export const returned = (search: string): IncomingRequest => ({
  method: 'GET',
  search,
  headers: new Headers(),
  body: new Uint8Array(),
})

/** What a call did, in one word: the status of its first outcome, `not known`, `started`, or the kind of its error. */
export const wordOf = async (call: Promise<unknown> | undefined): Promise<string> => {
  try {
    const result = await call
    const answer = result as Partial<QueryAnswer> & { status?: string; action?: unknown }
    if (answer.action) return 'started'
    if (answer.known === false) return 'not known'
    return answer.status ?? answer.outcomes?.[0]?.status ?? 'nothing'
  } catch (error) {
    if (error instanceof ProviderError) return error.kind
    throw error
  }
}

/** Answers as ZaloPay gives them, and each call of ours met with one. */
export const created = { return_code: 1, sub_return_code: 1, order_url: 'https://zalopay.example/openinapp?order=x' }
export const paid = {
  return_code: 1,
  sub_return_code: 1,
  amount: 150_000,
  zp_trans_id: 261122000000123,
  server_time: 1,
}
type Codes = Record<string, unknown>

export const start = (answer: Codes, changes: Partial<Payment> = {}) =>
  wordOf(connect(answer).client.startPayment({ ...payment, ...changes }))
export const query = (answer: Codes, at: Date = now, changes: Partial<Payment> = {}) =>
  wordOf(connect(answer, { at }).client.queryPayment?.({ ...payment, ...changes }))
export const giveBack = (answer: Codes, changes: Partial<Refund> = {}) =>
  wordOf(connect(answer).client.refundPayment?.({ ...refund, ...changes }))
export const askBack = (answer: Codes) => wordOf(connect(answer).client.queryRefund?.(refund))
