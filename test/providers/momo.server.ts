/** MoMo as its tests meet it: one payment, one refund, and a server whose answers are altered one member at a time. */
import {
  type IncomingRequest,
  type Payment,
  type ProviderClient,
  ProviderError,
  type Refund,
} from '../../src/providers/contract.ts'
import { momo } from '../../src/providers/momo/index.ts'
import { kit } from './momo.kit.ts'

export const arrived = (changes: Partial<IncomingRequest>): IncomingRequest => ({
  method: 'POST',
  search: '',
  headers: new Headers(),
  body: new Uint8Array(),
  ...changes,
})
export const network = (answer: (body: Record<string, unknown>) => Response) => {
  const sent: Record<string, unknown>[] = []
  const urls: string[] = []
  const fetch = async (url: string, init: RequestInit) => {
    const body: Record<string, unknown> = JSON.parse(String(init.body))
    sent.push(body)
    urls.push(url)
    return answer(body)
  }
  return { fetch, sent, urls }
}
export const connect = (account: unknown, fetch: ReturnType<typeof network>['fetch']): ProviderClient =>
  momo.connect(account, { fetch, now: () => new Date('2026-11-22T03:05:00Z'), newId: () => 'id_1' })
export const silent = network(() => Response.error())

export const payment: Payment = {
  merchantReference: 'LP7KZQ0000000000000000000001',
  amount: 150_000n,
  dossierCode: 'H56.12.03-261122-0007',
  description: 'Lệ phí đăng ký khai sinh',
  language: 'vi',
  bankCode: null,
  payerIp: '203.0.113.77',
  createdAt: new Date('2026-11-22T03:00:00Z'),
  expiresAt: new Date('2026-11-22T03:15:00Z'),
  callbackUrl: 'https://gateway.example/callbacks/momo/mac_1',
  returnUrl: 'https://gateway.example/returns/momo/mac_1?from=a&amount=1',
  providerReference: '60318823606',
  memo: {},
  bill: null,
}
export const refund: Refund = {
  merchantReference: 'LP7KZQ0000000000000000000002',
  amount: 50_000n,
  reason: 'Hồ sơ bị từ chối',
  requestedBy: 'ketoan01',
  createdAt: new Date('2026-11-22T03:04:00Z'),
  payment,
  isFull: false,
}

/** An answer of MoMo that names the call, with `changes`; a function where the HTTP status is not 200. */
export const echoing =
  (changes: Record<string, unknown>, status = 200) =>
  (body: Record<string, unknown>): Response => {
    const { partnerCode, requestId, orderId, amount = 150_000 } = body
    const common = { partnerCode, requestId, orderId, amount, responseTime: 1795316580000, message: 'x' }
    return Response.json({ ...common, resultCode: 0, transId: 60318823606, ...changes }, { status })
  }
export const link = { payUrl: 'https://momo.example/v2/gateway/pay?t=abc' }

export const start = (
  changes: Record<string, unknown>,
  { status = 200, account = kit.account, asked = payment } = {},
) => connect(account, network(echoing({ ...link, ...changes }, status)).fetch).startPayment(asked)
export const query = (changes: Record<string, unknown>, status = 200) =>
  connect(kit.account, network(echoing(changes, status)).fetch).queryPayment?.(payment)
export const giveBack = (changes: Record<string, unknown>, { status = 200, asked = refund } = {}) =>
  connect(kit.account, network(echoing(changes, status)).fetch).refundPayment?.(asked)
export const queryRefund = (changes: Record<string, unknown>) =>
  connect(kit.account, network(echoing(changes)).fetch).queryRefund?.(refund)

/** An IPN of MoMo, with members changed before it signs. */
export const ipn = (changes: Record<string, string> = {}): IncomingRequest => {
  const fields = kit.callback.fields({
    says: 'captured',
    merchantReference: payment.merchantReference,
    amount: payment.amount,
    occurredAt: new Date('2026-11-22T03:02:09Z'),
    providerReference: '60318823606',
  })
  const changed = fields.map(([name, value]) => [name, changes[name] ?? value] as const)
  return kit.callback.send(kit.callback.sign(changed, kit.account))
}
export const readCallback = (request: IncomingRequest) => connect(kit.account, silent.fetch).readCallback(request)

/** What a call did, in one word: the status of its first outcome, or the kind of its error. */
export const wordOf = async (call: Promise<unknown> | undefined): Promise<string> => {
  try {
    const result = await call
    if (typeof result === 'object' && result !== null && 'known' in result && result.known === false) return 'not known'
    const outcome = typeof result === 'object' && result !== null && 'outcomes' in result ? result.outcomes : result
    const first: unknown = Array.isArray(outcome) ? outcome[0] : outcome
    if (typeof first !== 'object' || first === null) return 'nothing'
    return 'status' in first ? String(first.status) : 'started'
  } catch (error) {
    if (error instanceof ProviderError) return error.kind
    throw error
  }
}
