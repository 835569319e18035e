// The fields of MT940 (SWIFT, Customer Statement Message) that carry money: balances (60, 62) and the first line of an entry (61). Amounts are whole numbers of the
// currency's smallest unit, so of đồng for VND; nothing here is a float.
import { isBusinessDayText } from './time.ts'

/** Signed: an overdrawn account is negative. `isIntermediate`: of one page of a statement that has several (60M, 62M). */
export type Mt940Balance = { date: string; currency: string; amount: bigint; isIntermediate: boolean }

/** Signed: money in is positive; so is the reversal of money out. References that say nothing (`NONREF`) are null. */
export type Mt940Movement = {
  valueDate: string
  entryDate: string | null
  amount: bigint
  isReversal: boolean
  /** The mark has a funds code that is not the third letter of the currency. */
  isOddFundsCode: boolean
  transactionType: string
  customerReference: string | null
  bankReference: string | null
}

const balanceShape = /^([CD])(\d{6})([A-Z]{3})([\d,]{1,30})$/

/** Reads a balance. Answers a sentence when it is none. */
export const readBalance = (text: string, isIntermediate: boolean): Mt940Balance | string => {
  const [, mark, day = '', currency = '', digits = ''] = balanceShape.exec(text.trim()) ?? []
  if (!mark) return 'the balance is not written as C or D, date, currency and amount'
  const date = dayOf(day)
  if (!date) return 'the date of the balance is no day'
  const amount = readAmount(digits, currency)
  if (typeof amount === 'string') return amount
  return { date, currency, amount: mark === 'D' ? -amount : amount, isIntermediate }
}

// RC and RD are reversals; CR and DR are C and D with the funds code R, as in EUR. In đồng the funds code is D: CD, DD.
const movementShape = /^(\d{6})(\d{4})?(R?)([CD])([A-Z])?(\d[\d,]{0,29})([NSF][A-Z0-9]{3})(.*)$/
const expectedShape = /^\d{6}(\d{4})?E[CD]/

/** Reads the first line of an entry. Answers a sentence when it is none. */
export const readMovement = (text: string, currency: string): Mt940Movement | string => {
  if (expectedShape.test(text)) return 'the entry is only expected (EC, ED), and no money has moved'
  const match = movementShape.exec(text.trimEnd())
  if (!match) return 'the entry is not written as date, mark, amount, type and reference'
  const [, day = '', entryDay, reversal, mark, fundsCode, digits = '', transactionType = '', references = ''] = match
  const valueDate = dayOf(day)
  if (!valueDate) return 'the value date is no day'
  const entryDate = entryDay === undefined ? null : entryDateOf(valueDate, entryDay)
  if (entryDay !== undefined && !entryDate) return 'the entry date is no day'
  const amount = readAmount(digits, currency)
  if (typeof amount === 'string') return amount
  if (amount === 0n) return 'the amount is 0'
  const isReversal = reversal === 'R'
  const slashes = references.indexOf('//')
  const customerReference = referenceOf(slashes < 0 ? references : references.slice(0, slashes))
  const bankReference = referenceOf(slashes < 0 ? '' : references.slice(slashes + 2))
  if ([customerReference, bankReference].some((each) => (each?.length ?? 0) > referenceMax))
    return `a reference is longer than ${referenceMax} characters`
  return {
    valueDate,
    entryDate,
    amount: (mark === 'C') === isReversal ? -amount : amount,
    isReversal,
    isOddFundsCode: fundsCode !== undefined && fundsCode !== currency[2],
    transactionType,
    customerReference,
    bankReference,
  }
}

/** SWIFT gives references 16 characters and banks take more; no line of any statement holds more than this. */
export const referenceMax = 200

const referenceOf = (text: string): string | null => {
  const reference = text.trim()
  return /^(?:|NONREF|[EK]REF\+?)$/.test(reference) ? null : reference
}

const amountShape = /^0*(\d{1,15})(?:,(\d{0,2}))?$/

/** The comma is the decimal sign, and decimals may be missing; banks also leave out the comma, or write one decimal (229,2). */
const readAmount = (text: string, currency: string): bigint | string => {
  const match = amountShape.exec(text)
  if (!match) return 'the amount is not written in at most 15 digits with one comma and at most two decimals'
  const decimals = (match[2] ?? '').padEnd(2, '0')
  if (currency !== 'VND') return BigInt(`${match[1]}${decimals}`)
  return decimals === '00' ? BigInt(match[1] ?? '') : 'the amount is not a whole number of đồng'
}

/** Two digits of a year: 00 to 79 are of this century. */
const dayOf = (text: string): string | null => {
  const century = text < '80' ? '20' : '19'
  const day = `${century}${text.slice(0, 2)}-${text.slice(2, 4)}-${text.slice(4)}`
  return isBusinessDayText(day) ? day : null
}

/** An entry date has no year: it is the one that puts it next to the value date, over New Year as well. */
const entryDateOf = (valueDate: string, monthDay: string): string | null => {
  const year = Number(valueDate.slice(0, 4))
  const value = Date.parse(valueDate)
  const days = [year, year - 1, year + 1]
    .map((candidate) => `${candidate}-${monthDay.slice(0, 2)}-${monthDay.slice(2)}`)
    .filter(isBusinessDayText)
  const distance = (day: string): number => Math.abs(Date.parse(day) - value)
  return days.reduce<string | null>((best, day) => (best && distance(best) <= distance(day) ? best : day), null)
}
