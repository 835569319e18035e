// Owns NAPAS's words for its hosted page: what an account is, the keys, the sealed result. Source: a public integration of 2022; the words for failure and waiting
// are published nowhere and are this simulator's own.
import type { Payment, PaymentStatus } from '../records.ts'
import type { Result, Tariff } from '../side.ts'
import { hmacHex } from '../signing.ts'

export interface NapasAccount {
  client_id: string
  client_secret: string
  username: string
  password: string
  /** Registered with NAPAS: no message carries it. */
  callback_url: string
  tariff?: Tariff
}

export const title = 'Trang thanh toán NAPAS'

export const pageLifetimeMs = 15 * 60 * 1000
export const tokenLifetimeMs = 60 * 60 * 1000

export const outcomes: Record<Result, [PaymentStatus, string]> = {
  success: ['success', 'SUCCESS'],
  insufficient: ['failed', 'FAILURE'],
  cancelled: ['failed', 'FAILURE'],
  wrong_otp: ['failed', 'FAILURE'],
  pending: ['pending', 'PENDING'],
  suspicious: ['suspicious', 'PENDING'],
}

/** A key that only NAPAS can make, for one order of one amount. */
export const dataKeyOf = (account: NapasAccount, order: { id: string; amount: string }): Promise<string> =>
  hmacHex('SHA-256', account.client_secret, `data key\n${order.id}\n${order.amount}`)
export const napasKeyOf = (account: NapasAccount): Promise<string> =>
  hmacHex('SHA-256', account.client_secret, 'napas key')
export const tokenOf = async (account: NapasAccount, expiresMs: number): Promise<string> =>
  `${expiresMs}.${await hmacHex('SHA-256', account.client_secret, `token\n${account.username}\n${expiresMs}`)}`

/** The result of a payment: base64 of JSON, and the SHA-256 of that text with the secret behind it, in capitals. */
export const sealedResult = async (payment: Payment, secret: string): Promise<string> => {
  const money = { amount: String(payment.amount), currency: 'VND' }
  const paymentResult = {
    apiOperation: 'PAY',
    result: payment.code,
    order: { id: payment.merchant_reference, ...money, reference: payment.description },
    // One transaction per order here; its number says nothing without the order's.
    transaction: { id: '1', ...money, acquirer: { id: 'NAPAS', transactionId: payment.provider_reference } },
  }
  const bytes = new TextEncoder().encode(JSON.stringify({ paymentResult }))
  const data = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(data + secret))
  const checksum = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return JSON.stringify({ data, checksum: checksum.toUpperCase() })
}
