// Owns KeyPay's words, version 3: what an account is, the signed values of each message, and how results are told. The signing rules are those of public code of
// one provincial system (2021); members of the detail answer, states in it and the life of a page are published nowhere and are this simulator's own.
import type { PaymentStatus } from '../records.ts'
import type { Result, Tariff } from '../side.ts'
import { hmacHex } from '../signing.ts'

export interface KeypayAccount {
  client_id: string
  client_key_1: string
  client_key_2: string
  /** Registered with KeyPay: no message carries it. */
  callback_url: string
  tariff?: Tariff
}

export const pageLifetimeMs = 15 * 60 * 1000

/** What the detail answer calls a state; an account is told of these as its settings. */
export const detailStates = { paid: '0', failed: '1', waiting: '2', unknown: '9' } as const

/** A callback knows two states: 0 paid, 1 not paid. */
export const outcomes: Record<Result, [PaymentStatus, string]> = {
  success: ['success', '0'],
  insufficient: ['failed', '1'],
  cancelled: ['failed', '1'],
  wrong_otp: ['failed', '1'],
  pending: ['pending', '1'],
  suspicious: ['suspicious', '1'],
}

const orders = {
  payment: ['addition_fee', 'client_id', 'command', 'trans_amount', 'transaction_id', 'version'],
  detail: ['client_id', 'command', 'transaction_id'],
} as const

/** Values joined by bars in the alphabetical order of their names; HMAC-SHA256 in lowercase hex. */
export const checkSum = (kind: keyof typeof orders, message: Record<string, unknown>, key: string): Promise<string> =>
  hmacHex('SHA-256', key, orders[kind].map((name) => String(message[name] ?? '')).join('|'))
