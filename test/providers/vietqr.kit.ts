/** A payer's bank app, SePay and Casso for the conformance suite: codes read by a library of others, notifications signed by a signer of its own. */
import { createHmac } from 'node:crypto'
import type { IncomingRequest } from '../../src/providers/contract.ts'
import { readByVietnamQrPay } from './emv-qr.readers.ts'
import type { Account, CallbackMessage, CallbackSpec, Field, ProviderKit } from './kit.ts'

const account = {
  bank_bin: '970415',
  account_number: '113366668888',
  account_holder: 'KHO BAC NHA NUOC TINH THANH HOA',
  sepay_hmac_secret: 'made-up-sepay-secret-of-the-kit-1',
  casso_key: 'made-up-casso-key-of-the-kit-1',
}

/** `LP`, fifteen digits and the two that make the whole number 1 modulo 97. */
export const referenceOf = (n: number): string => {
  const digits = String(n).padStart(15, '0')
  const remainder = [...`${digits}00`].reduce((left, digit) => (left * 10 + Number(digit)) % 97, 0)
  return `LP${digits}${String(98 - remainder).padStart(2, '0')}`
}

/** The suite's own moment: notifications are signed when they are sent. */
const sentAt = new Date('2026-11-22T10:05:00+07:00')

/** `yyyy-MM-dd HH:mm:ss` in Vietnam. */
const bankTime = (instant: Date): string =>
  new Date(instant.getTime() + 7 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')

const numbers = new Set(['id', 'transferAmount', 'accumulated', 'amount', 'runningBalance', 'error'])
const json = (fields: readonly Field[]): string =>
  fields
    .map(([name, value]) => `${JSON.stringify(name)}:${numbers.has(name) ? value : JSON.stringify(value)}`)
    .join(',')

const post = (headers: readonly Field[], body: string): IncomingRequest => {
  const all = new Headers({ 'content-type': 'application/json' })
  for (const [name, value] of headers) all.append(name, value)
  return { method: 'POST', search: '', headers: all, body: new TextEncoder().encode(body) }
}
const isHeader = ([name]: Field): boolean => name.startsWith('x-')

export const sepayBody = (fields: readonly Field[]): string => `{${json(fields.filter((field) => !isHeader(field)))}}`

export const sepaySignature = (secret: unknown, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', String(secret)).update(`${timestamp}.${body}`).digest('hex')}`

const timestampOf = (fields: readonly Field[]): string =>
  fields.find(([name]) => name === 'x-sepay-timestamp')?.[1] ?? ''

const common = {
  amountScale: 1n,
  signatureCase: 'exact',
  signatureIsHeader: true,
  textField: 'description',
  canRepeat: false,
  tellsFailure: false,
  tellsTime: true,
  badAmounts: ['"79000"', 'null', '1e-1', '[79000]', 'true', '9007199254740993'],
  findsReference: true,
  accountField: 'accountNumber',
} as const

export const sepay: CallbackMessage = {
  ...common,
  fields: ({ merchantReference, amount, occurredAt, providerReference }: CallbackSpec): Field[] => [
    ['id', '92704'],
    ['gateway', 'VietinBank'],
    ['transactionDate', bankTime(occurredAt)],
    ['accountNumber', account.account_number],
    ['code', ''],
    ['content', merchantReference],
    ['transferType', 'in'],
    ['transferAmount', String(amount)],
    ['accumulated', '19079000'],
    ['subAccount', ''],
    ['referenceCode', providerReference],
    ['description', 'BankAPINotify nop le phi'],
    ['x-sepay-timestamp', String(sentAt.getTime() / 1_000)],
  ],
  sign: (fields, signer) => [
    ...fields,
    ['x-sepay-signature', sepaySignature(signer.sepay_hmac_secret, timestampOf(fields), sepayBody(fields))],
  ],
  send: (fields) => post(fields.filter(isHeader), sepayBody(fields)),
  signedFields: [
    ...[
      'id',
      'gateway',
      'transactionDate',
      'accountNumber',
      'content',
      'transferType',
      'transferAmount',
      'accumulated',
    ],
    ...['referenceCode', 'description', 'x-sepay-timestamp'],
  ],
  signatureField: 'x-sepay-signature',
  referenceField: 'content',
  amountField: 'transferAmount',
  // The bytes are signed as they are.
  optionalField: { name: 'subAccount', emptySignsAsAbsent: false },
  isOrderFree: false,
}

const cassoBody = (fields: readonly Field[]): string => {
  const own = fields.filter((field) => !isHeader(field))
  const error = own.filter(([name]) => name === 'error')
  return `{${[json(error), `"data":{${json(own.filter(([name]) => name !== 'error'))}}`].filter((part) => part !== '').join(',')}}`
}

const sorted = (value: unknown): unknown =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, inner]) => [name, sorted(inner)]),
      )

/** The vendor's JavaScript form; what is no JSON is signed as it is, as nothing better can be done. */
const sortedJson = (body: string): string => {
  try {
    return JSON.stringify(sorted(JSON.parse(body)))
  } catch {
    return body
  }
}

export const cassoSignature = (key: unknown, timeMs: string, body: string): string =>
  `t=${timeMs},v1=${createHmac('sha512', String(key))
    .update(`${timeMs}.${sortedJson(body)}`)
    .digest('hex')}`

export const casso: CallbackMessage = {
  ...common,
  fields: ({ merchantReference, amount, occurredAt, providerReference }: CallbackSpec): Field[] => [
    ['error', '0'],
    ['id', '92704'],
    ['reference', providerReference],
    ['description', merchantReference],
    ['amount', String(amount)],
    ['runningBalance', '19079000'],
    ['transactionDateTime', bankTime(occurredAt)],
    ['accountNumber', account.account_number],
    ['bankName', 'VietinBank'],
    ['bankAbbreviation', 'ICB'],
    ['virtualAccountNumber', ''],
    ['virtualAccountName', ''],
    ['counterAccountName', 'NGUYEN VAN A'],
    ['counterAccountNumber', '1017595600'],
    ['counterAccountBankId', '970436'],
    ['counterAccountBankName', 'Vietcombank'],
  ],
  sign: (fields, signer) => [
    ...fields,
    ['x-casso-signature', cassoSignature(signer.casso_key, String(sentAt.getTime()), cassoBody(fields))],
  ],
  send: (fields) => post(fields.filter(isHeader), cassoBody(fields)),
  signedFields: [
    ...['error', 'id', 'reference', 'description', 'amount', 'runningBalance', 'transactionDateTime', 'accountNumber'],
    ...['bankName', 'bankAbbreviation', 'counterAccountName', 'counterAccountNumber', 'counterAccountBankId'],
  ],
  signatureField: 'x-casso-signature',
  referenceField: 'description',
  amountField: 'amount',
  textField: 'counterAccountName',
  optionalField: { name: 'virtualAccountNumber', emptySignsAsAbsent: false },
  isOrderFree: true,
  negativeLeaves: true,
}

const ok = { status: 200, body: '{"success":true}' }
const refusedWith = (status: number) => ({ status, body: '{"success":false}' })

export const kit: ProviderKit = {
  account,
  accountWithOtherSecrets: {
    ...account,
    sepay_hmac_secret: 'made-up-sepay-secret-of-the-kit-2',
    casso_key: 'made-up-casso-key-of-the-kit-2',
  },
  oneSecretIsEnough: true,
  wrongAccounts: [
    { account: { ...account, bank_bin: '97041' }, pointer: '/bank_bin' },
    // No bank has it, and a card's number is no bank's.
    { account: { ...account, bank_bin: '123456' }, pointer: '/bank_bin' },
    { account: { ...account, bank_bin: '970488' }, pointer: '/bank_bin' },
    { account: { ...account, account_number: '12345678901234567890' }, pointer: '/account_number' },
    { account: { ...account, account_number: '1133 6666' }, pointer: '/account_number' },
    { account: { ...account, account_holder: '' }, pointer: '/account_holder' },
    { account: { ...account, sepay_hmac_secret: 'short' }, pointer: '/sepay_hmac_secret' },
    { account: { ...account, casso_key: 'has a space in it, secret' }, pointer: '/casso_key' },
    { account: { ...account, casso_age_max_seconds: 0 }, pointer: '/casso_age_max_seconds' },
    { account: { ...account, sepay_age_max_seconds: 86_401 }, pointer: '/sepay_age_max_seconds' },
    { account: { ...account, amount_maximum: 10_000_000_000_000 }, pointer: '/amount_maximum' },
  ],
  reference: referenceOf,
  memo: {},
  start: {
    answer: null,
    read: ({ action }, _calls, signer: Account) => {
      if (action.type !== 'qr') throw new Error('a payer scans a code')
      const seen = readByVietnamQrPay(action.payload)
      return {
        isSigned: seen.bankBin === signer.bank_bin && seen.account === signer.account_number,
        merchantReference: seen.purpose,
        amount: seen.amount,
        expiresAt: null,
        text: seen.purpose,
      }
    },
  },
  callback: sepay,
  otherCallbacks: { casso },
  answers: {
    accepted: ok,
    already_confirmed: ok,
    amount_mismatch: ok,
    unknown_order: ok,
    unknown_account: refusedWith(404),
    forged: refusedWith(401),
    malformed: refusedWith(400),
    try_again: refusedWith(503),
  },
  personalFields: [
    'content',
    'description',
    'accumulated',
    'runningBalance',
    'counterAccountName',
    'counterAccountNumber',
  ],
}
