/** A payOS of the tests' own: answers and webhooks with any data, signed as its page says, and the adapter connected to it. */
import { createHmac } from 'node:crypto'
import type { IncomingRequest, Payment, ProviderClient, Started } from '../../src/providers/contract.ts'
import { payos } from '../../src/providers/payos/index.ts'
import { paymentOf, portsOf, type Subject, serverOf } from './conformance/subject.ts'
import type { Call } from './kit.ts'
import { kit } from './payos.kit.ts'
import { vietQr } from './payos.qr.ts'

export const subject: Subject = { name: 'payos', provider: payos, kit }
export const link = String(kit.memo.payment_link_id)
const key = String(kit.account.checksum_key)

/** The signature of flat members and of lists of flat objects. */
export const signatureOf = (data: Record<string, unknown>, checksumKey = key): string => {
  const text = Object.keys(data)
    .toSorted()
    .map((name) => {
      const value = data[name]
      if (!Array.isArray(value)) return `${name}=${value ?? ''}`
      const items: (object | null)[] = value
      const sorted = items.map((item) =>
        Object.fromEntries(Object.entries(item ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))),
      )
      return `${name}=${JSON.stringify(sorted)}`
    })
  return createHmac('sha256', checksumKey).update(text.join('&'), 'utf8').digest('hex')
}

export const answer = (data: Record<string, unknown>, more: object = {}): Response =>
  Response.json({ code: '00', desc: 'success', data, signature: signatureOf(data), ...more })

export const refusal = (code: string, status = 200): Response =>
  Response.json({ code, desc: 'Đơn thanh toán đã tồn tại', data: null }, { status })

export const posted = (body: unknown): IncomingRequest => ({
  method: 'POST',
  search: '',
  headers: new Headers({ 'content-type': 'application/json' }),
  body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
})

/** A genuine webhook of one transfer; `more` changes its data before it is signed. */
export const webhook = (more: Record<string, unknown> = {}): IncomingRequest => {
  const data = {
    orderCode: Number(paymentOf(subject).merchantReference),
    amount: 150_000,
    description: 'CSLP2100001',
    accountNumber: '113366668888',
    reference: 'FT26326123456789',
    transactionDateTime: '2026-11-22 10:02:09',
    currency: 'VND',
    paymentLinkId: link,
    code: '00',
    desc: 'Thành công',
    counterAccountName: null,
    ...more,
  }
  return posted({ code: '00', desc: 'success', success: true, data, signature: signatureOf(data) })
}

/** A link as the read call answers it. */
export const linkData = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: link,
  orderCode: Number(paymentOf(subject).merchantReference),
  amount: 150_000,
  amountPaid: 0,
  amountRemaining: 150_000,
  status: 'PENDING',
  createdAt: '2026-11-22T10:00:00+07:00',
  transactions: [],
  cancellationReason: null,
  canceledAt: null,
  ...more,
})

export const transfer = (reference: string, amount: number, more: object = {}): Record<string, unknown> => ({
  ...{ reference, amount, accountNumber: '113366668888', description: 'CSLP2100001' },
  ...{ transactionDateTime: '2026-11-22T10:02:09+07:00', counterAccountName: null, ...more },
})

/** A link as the create call answers it. */
export const createdData = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...{ bin: '970415', accountNumber: 'V8HCC0012345', accountName: 'TT PHUC VU HCC', amount: 150_000 },
  ...{ description: 'CSLP2100001', orderCode: Number(paymentOf(subject).merchantReference), currency: 'VND' },
  ...{ paymentLinkId: link, status: 'PENDING', expiredAt: null, checkoutUrl: `https://pay.payos.example/web/${link}` },
  qrCode: vietQr({ bin: '970415', account: 'V8HCC0012345', amount: '150000', text: 'CSLP2100001' }),
  ...more,
})

export const connect = (
  respond: (call: Call) => Response,
  account = kit.account,
): ProviderClient & { calls: Call[] } => {
  const { fetch, calls } = serverOf(respond)
  return { ...payos.connect(account, portsOf(fetch)), calls }
}

export const start = (response: Response, changes: Partial<Payment> = {}, account = kit.account): Promise<Started> =>
  connect(() => response, account).startPayment(paymentOf(subject, { memo: {}, ...changes }))

export const query = (response: Response, changes: Partial<Payment> = {}) =>
  connect(() => response).queryPayment?.(paymentOf(subject, changes)) ?? Promise.reject(new Error('no query'))

export const read = (request: IncomingRequest) =>
  connect(() => {
    throw new Error('no call was expected')
  }).readCallback(request)
