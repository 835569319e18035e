// Owns what SePay and Casso send, and how each signs it. Sources: developer.sepay.vn, pages on webhooks and their authentication; Casso's webhook V2 samples.
import type { Payment } from '../records.ts'
import type { OutgoingCallback } from '../side.ts'
import { hmacHex } from '../signing.ts'
import { stamp } from '../vietnam-time.ts'
import type { Service } from './terms.ts'

/** The unsigned message about a credit that has arrived; its signature is made when it leaves. */
export const creditMessage = (payment: Payment): OutgoingCallback => {
  const message = payment.details.service === 'casso' ? cassoCredit(payment) : sepayCredit(payment)
  return { method: 'POST', url: payment.callback_url, body: JSON.stringify(message) }
}

/** The service's signature over a body, as of now. */
export const signatureHeaders = async (
  service: Service,
  body: string,
  { secret, at }: { secret: string; at: Date },
): Promise<Record<string, string>> => {
  if (service === 'casso') {
    const time = String(at.getTime())
    const v1 = await hmacHex('SHA-512', secret, `${time}.${sortedJson(JSON.parse(body))}`)
    return { 'x-casso-signature': `t=${time},v1=${v1}` }
  }
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const digest = await hmacHex('SHA-256', secret, `${timestamp}.${body}`)
  return { 'x-sepay-timestamp': timestamp, 'x-sepay-signature': `sha256=${digest}` }
}

/** When a signature was made, in milliseconds. */
export const signedAt = (headers: Readonly<Record<string, string>>): number => {
  const [, time] = /^t=(\d+)/.exec(headers['x-casso-signature'] ?? '') ?? []
  return Number(time ?? `${headers['x-sepay-timestamp'] ?? '0'}000`)
}

/** Compact JSON with the members of every object in the order of their names: what Casso signs. */
const sortedJson = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`
  const members: [string, unknown][] = Object.entries(value)
  return `{${members
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => `${JSON.stringify(name)}:${sortedJson(inner)}`)
    .join(',')}}`
}

const sepayCredit = (payment: Payment) => {
  const text = writtenByBank(payment)
  return {
    id: noticeId(payment),
    gateway: 'Vietcombank',
    transactionDate: bankTime(payment),
    accountNumber: payment.account,
    code: null,
    content: text,
    transferType: 'in',
    transferAmount: Number(payment.amount),
    accumulated: 0,
    subAccount: null,
    referenceCode: payment.provider_reference,
    description: `BankAPINotify ${text}`,
  }
}

const cassoCredit = (payment: Payment) => ({
  error: 0,
  data: {
    id: noticeId(payment),
    reference: payment.provider_reference,
    description: writtenByBank(payment),
    amount: Number(payment.amount),
    runningBalance: 0,
    transactionDateTime: bankTime(payment),
    accountNumber: payment.account,
    bankName: 'Vietcombank',
    bankAbbreviation: 'VCB',
    virtualAccountNumber: '',
    virtualAccountName: '',
    counterAccountName: 'NGUYEN VAN A',
    counterAccountNumber: '1017595600',
    counterAccountBankId: '970415',
    counterAccountBankName: 'VietinBank',
  },
})

/** The number of the movement at the service: digits of the bank's own. */
const noticeId = (payment: Payment): number => Number(payment.provider_reference.replace(/\D/g, ''))

/** `yyyy-MM-dd HH:mm:ss`, the zone not written. */
const bankTime = (payment: Payment): string => {
  const at = stamp(new Date(payment.occurred_at ?? payment.created_at))
  return at.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3 $4:$5:$6')
}

/** The payer's words as the payer's bank hands them on; banks differ, so this side takes turns. */
const writtenByBank = (payment: Payment): string => {
  const text = payment.details.text ?? ''
  const number = noticeId(payment)
  const ways = [
    text,
    `MBVCB.${number}.${text}.CT tu 1017595600 NGUYEN VAN A toi ${payment.account}`,
    text.toLowerCase(),
    `${text} FT${number} nop le phi`,
  ]
  return (ways[number % ways.length] ?? text).slice(0, 256)
}
