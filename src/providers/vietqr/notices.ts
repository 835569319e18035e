/** What SePay and Casso tell of a bank account, verified and read into one shape: one movement of money. */
import { credibleTime, formatStamp, parseStamp } from '../../lib/time.ts'
import { isLastingNumber } from '../bank-number.ts'
import { jsonObject } from '../call.ts'
import { type IncomingRequest, ProviderError } from '../contract.ts'
import { readText } from '../signed-text.ts'
import type { Account } from './account.ts'
import { provenByCasso, provenBySepay, type Service, serviceOf } from './signature.ts'

/** One movement. `texts` are what may hold our reference, the surest first; `isCredit` is false for money that left the account. */
export type Movement = {
  isCredit: boolean
  accounts: readonly string[]
  amount: bigint
  reference: string
  occurredAt: Date | null
  texts: readonly string[]
  code: string
}

/** A genuine notification; `movement` is null for a service's test call, which speaks of no money. */
export type Notice = { signedAt: Date; ageMaxMs: number; movement: Movement | null }

const bytesMax = 64 * 1024

/** Throws `forged` and `malformed`. Whether the signature is still fresh is for the caller, who has the clock. */
export const readNotice = (request: IncomingRequest, account: Account): Notice => {
  if (request.method !== 'POST') throw malformed('a notification is posted')
  const service = serviceOf(request.headers)
  const text = readText(request.body, { bytesMax })
  return service === 'sepay'
    ? {
        signedAt: provenBySepay(request.headers, text, account.sepay_hmac_secret),
        ageMaxMs: account.sepay_age_max_seconds * 1_000,
        movement: readSepay(objectIn(text)),
      }
    : readCasso(request.headers, objectIn(text), account)
}

/** The texts of a notification that nobody has verified; none for what is no notification. */
export const claimedTexts = (request: IncomingRequest): string[] => {
  try {
    const body = objectIn(readText(request.body, { bytesMax }))
    const source = objectOf(body.data) ?? body
    return [source.content, source.description].filter((text) => typeof text === 'string')
  } catch (error) {
    if (error instanceof ProviderError) return []
    throw error
  }
}

const readSepay = (body: Record<string, unknown>): Movement => {
  const { transferType } = body
  if (transferType !== 'in' && transferType !== 'out') throw malformed('the direction is neither in nor out')
  return {
    isCredit: transferType === 'in',
    accounts: [textOf(body.accountNumber), textOf(body.subAccount)],
    amount: amountOf(body.transferAmount),
    ...numberedMovement(body.referenceCode, { service: 'sepay', id: body.id, time: body.transactionDate }),
    texts: [textOf(body.content), textOf(body.description)],
    code: transferType,
  }
}

const readCasso = (headers: Headers, body: Record<string, unknown>, account: Account): Notice => {
  const signedAt = provenByCasso(headers, body, account.casso_key)
  const ageMaxMs = account.casso_age_max_seconds * 1_000
  const data = objectOf(body.data)
  if (body.error !== 0 || !data) throw malformed('no notification without error')
  // The test call of Casso's console.
  if (data.id === 0) return { signedAt, ageMaxMs, movement: null }
  const isCredit = typeof data.amount === 'number' && data.amount > 0
  const movement = {
    isCredit,
    accounts: [textOf(data.accountNumber), textOf(data.virtualAccountNumber)],
    amount: amountOf(isCredit || typeof data.amount !== 'number' ? data.amount : -data.amount),
    ...numberedMovement(data.reference, { service: 'casso', id: data.id, time: data.transactionDateTime }),
    texts: [textOf(data.description)],
    code: '0',
  }
  return { signedAt, ageMaxMs, movement }
}

/**
 * The number under which the bank files the movement: both services and the bank's own statement tell it alike, so that money that is told twice is booked once.
 * One that does not last names its movement together with the day. Where the bank gives none, or no day with a short one, the service's own number stands in, by
 * the service's name.
 */
const numberedMovement = (
  number: unknown,
  { service, id, time }: { service: Service; id: unknown; time: unknown },
): { reference: string; occurredAt: Date | null } => {
  const occurredAt = timeOf(time)
  const given = textOf(number).toUpperCase()
  // What stands in all places where there is no number, such as 0, - and N/A, has no digit above 0.
  if (/^[!-~](?:[ -~]{0,98}[!-~])?$/.test(given) && /[1-9]/.test(given)) {
    if (isLastingNumber(given)) return { reference: given, occurredAt }
    if (occurredAt) return { reference: `${given}-${formatStamp(occurredAt).slice(0, 8)}`, occurredAt }
  }
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id <= 0)
    throw malformed('neither the bank nor the service numbers it')
  return { reference: `${service.toUpperCase()}-${id}`, occurredAt }
}

/** Text without spaces around it; an empty one, null and nothing are the same. */
const textOf = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') throw malformed('a text is a text')
  return value.trim()
}

const amountOf = (value: unknown): bigint => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return BigInt(value)
  throw malformed('an amount is whole đồng above 0')
}

/** `yyyy-MM-dd HH:mm:ss` in Vietnam; null for a time that cannot be, for the money is there all the same. */
const timeOf = (value: unknown): Date | null => {
  const text = textOf(value)
  const isTime = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)
  return isTime ? credibleTime(parseStamp(text.replace(/[-: ]/g, ''))) : null
}

const objectIn = (text: string): Record<string, unknown> => {
  const body = jsonObject(text)
  if (!body) throw malformed('the body is no JSON object')
  return body
}

const objectOf = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null

const malformed = (message: string): ProviderError => new ProviderError('malformed', message)
