/** payOS's wire shapes: the body that starts a payment, our references, and how numbers and times are read. */
import { sha256Hex } from '../../lib/hmac.ts'
import { credibleTime, parseRfc3339, parseStamp } from '../../lib/time.ts'
import { isLastingNumber } from '../bank-number.ts'
import { type Payment, type Ports, ProviderError } from '../contract.ts'
import { type Account, paymentLimits } from './account.ts'
import { type CreateFields, createText, sign } from './signature.ts'

export type CreateBody = CreateFields & { expiredAt: number; signature: string }

/** The body of a create call. Throws `rejected` for what the protocol or the contract cannot carry; then nothing was sent. */
export const createBody = (payment: Payment, account: Account): CreateBody => {
  const { minimum, maximum } = paymentLimits(account)
  if (payment.amount < minimum || payment.amount > maximum) {
    throw new ProviderError('rejected', `payOS takes ${minimum} to ${maximum} đồng here`, {
      code: 'amount_outside_provider_limits',
    })
  }
  if (!/^https?:\/\/[!-~]{1,2000}$/.test(payment.returnUrl)) {
    throw new ProviderError('rejected', 'payOS takes no such return address', { code: 'return_url' })
  }
  const orderCode = orderCodeOf(payment)
  const signed = {
    amount: Number(payment.amount),
    cancelUrl: payment.returnUrl,
    description: transferText(String(orderCode), account.description_length),
    orderCode,
    returnUrl: payment.returnUrl,
  }
  return {
    ...signed,
    expiredAt: Math.min(Math.floor(payment.expiresAt.getTime() / 1000), expiredAtMax),
    signature: sign(createText(signed), account.checksum_key),
  }
}

/** Our reference as payOS's number. Throws `rejected` for one that is none. */
export const orderCodeOf = ({ merchantReference }: Pick<Payment, 'merchantReference'>): number => {
  if (isOrderCode(merchantReference)) return Number(merchantReference)
  throw new ProviderError('rejected', 'a reference at payOS is a whole number from 1 to 2^53 - 1')
}

/**
 * A new order code, unique per channel for ever: the seconds since 2025 and seven digits of the id's own randomness, 15 or 16 digits, below 2^53 until
 * they begin anew after 28 years. Two attempts of one account within the same second share a code with a chance of 1 in 10,000,000; the database holds
 * (merchant account, reference) unique, so the second of them is then not written, and nothing is sent.
 */
export const newOrderCode = ({ now, newId }: Pick<Ports, 'now' | 'newId'>): string => {
  const seconds = Math.floor((now().getTime() - epoch) / 1000)
  const random = Number.parseInt(sha256Hex(newId()).slice(0, 13), 16) % randomSpan
  // 900,000,000 seconds, each with ten million codes, stay below 9,007,199,254,740,992.
  const second = ((seconds % secondSpan) + secondSpan) % secondSpan
  return String(Math.max(second * randomSpan + random, 1))
}

/** Whether a text is an order code: a whole number from 1 to 2^53 - 1, in plain decimal. */
export const isOrderCode = (text: string): boolean =>
  /^[1-9][0-9]{0,15}$/.test(text) && Number.isSafeInteger(Number(text))

/** A JSON number as whole đồng above 0; null for anything else. */
export const readAmount = (value: unknown): bigint | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? BigInt(value) : null

/**
 * The bank's reference of a transfer into the link of an order code: 1 to 100 visible characters, kept as it is; null for anything else. One that does not last is
 * joined to the order code, so that a transfer into another link is another one.
 */
export const readReference = (value: unknown, orderCode: string): string | null => {
  if (typeof value !== 'string' || !/^[^\p{C}]{1,100}$/u.test(value) || value.trim() === '') return null
  return isLastingNumber(value) ? value : `${value}-${orderCode}`
}

/** `yyyy-MM-dd HH:mm:ss` in Vietnamese time, as webhooks have it, or RFC 3339; null for anything else and for a time that cannot be. */
export const readTime = (value: unknown): Date | null => {
  if (typeof value !== 'string') return null
  const local = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value)
  return credibleTime(local ? parseStamp(value.replace(/\D/g, '')) : parseRfc3339(value))
}

/** A code as evidence: short printable text; null for anything else. */
export const readCode = (value: unknown): string | null =>
  typeof value === 'string' && /^[!-~]{1,40}$/.test(value) ? value : null

/** What the payer sees in the transfer: letters and digits only, the end of the order code where all of it does not fit. */
const transferText = (orderCode: string, length: number): string => `LP${orderCode.slice(-(length - 2))}`

const epoch = Date.UTC(2025, 0, 1)
const secondSpan = 900_000_000
const randomSpan = 10_000_000
/** Unix seconds in 32 bits. */
const expiredAtMax = 2 ** 31 - 1
