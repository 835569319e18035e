// Owns what differs between the gateways whose messages are signed by SHA-256 over fields joined by bars, the secret last: names, orders, forms, addresses.
import type { PaymentStatus } from './records.ts'
import type { Result, Tariff } from './side.ts'
import { sha256Hex } from './signing.ts'

/** A merchant in the gateway's register: the addresses of callback and return are kept there, as no message carries them. */
export interface PipedMerchant {
  id: string
  secret_key: string
  /** The bearer token of its calls; null where none is asked for. */
  bearer: string | null
  callback_url: string
  return_url: string
  tariff?: Tariff
}

export interface PipedTerms {
  provider: string
  title: string
  paths: { init: string; query: string }
  names: {
    code: string
    text: string
    merchant: string
    reference: string
    amount: string
    currency: string
    number: string
    method: string
    time: string
    info: string
    status: string
    signature: string
    payUrl: string
    initTime: string
  }
  orders: { init: readonly string[]; query: readonly string[]; notice: readonly string[] }
  /** The form of each field of INIT and of QUERY; numbers are looked at as text. */
  initForms: Record<string, RegExp>
  queryForms: Record<string, RegExp>
  /** What else INIT must hold; the words of a refusal, or null. */
  initProblem: (raw: Record<string, unknown>) => string | null
  /** The first field of a notice. */
  noticeKind: string
  /** What a query's answer has besides the fields of `names`. */
  queryExtras: (merchant: PipedMerchant) => Record<string, string>
  description: (raw: Record<string, unknown>) => string
  /** The amount of a message, which both gateways are seen to write either way. */
  writeAmount: (amount: bigint, message: 'notice' | 'query') => string | number
}

/** Only `00` is published; every other code here is this simulator's own choice. */
export const codes = { done: '00', unknown: '01', badSignature: '97', other: '99' } as const

export const outcomes: Record<Result, [PaymentStatus, string]> = {
  success: ['success', codes.done],
  insufficient: ['failed', codes.other],
  cancelled: ['failed', codes.other],
  wrong_otp: ['failed', codes.other],
  pending: ['pending', ''],
  suspicious: ['suspicious', codes.other],
}

/** 1 paid, 3 not final, 4 failed: public code of the national platform (2025). */
export const states: Record<PaymentStatus, string> = {
  open: '3',
  pending: '3',
  authorised: '3',
  suspicious: '3',
  success: '1',
  failed: '4',
  expired: '4',
}

/** How long a page lives is published nowhere. */
export const pageLifetimeMs = 15 * 60 * 1000

/** A JSON value as it is signed. */
export const wireText = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''

export const pipedHash = (names: readonly string[], message: Record<string, unknown>, secret: string) =>
  sha256Hex([...names.map((name) => wireText(message[name])), secret].join('|'))

export const words = (text: string): readonly string[] => text.split(/\s+/)
