/** VNPAY's own side for the conformance suite, written from its page with a signer of its own. */
import { createHmac } from 'node:crypto'
import type { IncomingRequest } from '../../src/providers/contract.ts'
import type { Account, CallbackSpec, Field, Message, ProviderKit, Said } from './kit.ts'

const account = {
  tmn_code: 'LEPHI001',
  hash_secret: 'MADEUPSECRETOFTHEKIT0000000001AB',
  payment_url: 'https://pay.vnpay.example/paymentv2/vpcpay.html',
  api_url: 'https://api.vnpay.example/merchant_webapi/api/transaction',
}

const hmac = (text: string, { hash_secret }: Account): string =>
  createHmac('sha512', Buffer.from(String(hash_secret), 'utf8'))
    .update(Buffer.from(text, 'utf8'))
    .digest('hex')

/** PHP's urlencode, apart from `*`, which it alone encodes. */
const encode = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()~]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')

const wire = (fields: readonly Field[]): string =>
  fields.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')

const signQuery = (fields: readonly Field[], signer: Account): Field[] => {
  const signed = fields.filter(([name, value]) => name.startsWith('vnp_') && value !== '')
  const sorted = signed.toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return [...fields, ['vnp_SecureHash', hmac(wire(sorted), signer)]]
}

/** 14 digits of the wall clock in Vietnam, by the zone database and not by arithmetic. */
const stamp = (instant: Date): string => {
  const options = { timeZone: 'Asia/Ho_Chi_Minh', dateStyle: 'short', timeStyle: 'medium' } as const
  return new Intl.DateTimeFormat('sv-SE', options).format(instant).replace(/\D/g, '')
}

const instantOf = (text: string): Date =>
  new Date(text.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6+07:00'))

const callbackCodes: Record<Said, [code: string, status: string]> = {
  captured: ['00', '00'],
  failed: ['24', '02'],
  pending: ['00', '01'],
  unknown_code: ['88', '88'],
}

const callback: Message<CallbackSpec, IncomingRequest> & { signatureField: string } = {
  fields: ({ says, merchantReference, amount, occurredAt, providerReference }) => [
    ['vnp_Amount', String(amount * 100n)],
    ['vnp_BankCode', 'NCB'],
    ['vnp_BankTranNo', 'VNP14226112'],
    ['vnp_CardType', 'ATM'],
    ['vnp_OrderInfo', 'Nop le phi ho so'],
    ['vnp_PayDate', stamp(occurredAt)],
    ['vnp_ResponseCode', callbackCodes[says][0]],
    ['vnp_TmnCode', account.tmn_code],
    ['vnp_TransactionNo', providerReference],
    ['vnp_TransactionStatus', callbackCodes[says][1]],
    ['vnp_TxnRef', merchantReference],
  ],
  sign: signQuery,
  send: (fields) => ({ method: 'GET', search: wire(fields), headers: new Headers(), body: new Uint8Array() }),
  signedFields: [
    ...['vnp_Amount', 'vnp_BankCode', 'vnp_BankTranNo', 'vnp_CardType', 'vnp_OrderInfo', 'vnp_PayDate'],
    ...['vnp_ResponseCode', 'vnp_TmnCode', 'vnp_TransactionNo', 'vnp_TransactionStatus', 'vnp_TxnRef'],
  ],
  signatureField: 'vnp_SecureHash',
  referenceField: 'vnp_TxnRef',
  amountField: 'vnp_Amount',
  accountField: 'vnp_TmnCode',
}

const queryOrder =
  'ResponseId Command ResponseCode Message TmnCode TxnRef Amount BankCode PayDate TransactionNo TransactionType ' +
  'TransactionStatus OrderInfo PromotionCode PromotionAmount'
const refundOrder = queryOrder.replace(' PromotionCode PromotionAmount', '')
const queryRequestOrder = 'RequestId Version Command TmnCode TxnRef TransactionDate CreateDate IpAddr OrderInfo'
const refundRequestOrder =
  'RequestId Version Command TmnCode TransactionType TxnRef Amount TransactionNo TransactionDate CreateBy CreateDate ' +
  'IpAddr OrderInfo'

const piped = (order: string, values: Record<string, unknown>): string =>
  order
    .split(' ')
    .map((name) => String(values[`vnp_${name}`] ?? ''))
    .join('|')

const answer = (order: string) => ({
  sign: (fields: readonly Field[], signer: Account): Field[] => [
    ...fields,
    ['vnp_SecureHash', hmac(piped(order, Object.fromEntries(fields)), signer)],
  ],
  send: (fields: readonly Field[]): Response => Response.json(Object.fromEntries(fields)),
  signatureField: 'vnp_SecureHash',
  referenceField: 'vnp_TxnRef',
  amountField: 'vnp_Amount',
  accountField: 'vnp_TmnCode',
})

const answerFields = (values: {
  command: string
  code: string
  reference: string
  amount: bigint
  paidAt: Date
  number: string
  type: string
  status: string
}): Field[] => [
  ['vnp_ResponseId', '0f6a9c1d2b3e4f50'],
  ['vnp_Command', values.command],
  ['vnp_ResponseCode', values.code],
  ['vnp_Message', 'Truy vấn thành công'],
  ['vnp_TmnCode', account.tmn_code],
  ['vnp_TxnRef', values.reference],
  ['vnp_Amount', String(values.amount * 100n)],
  ['vnp_BankCode', 'NCB'],
  ['vnp_PayDate', stamp(values.paidAt)],
  ['vnp_TransactionNo', values.number],
  ['vnp_TransactionType', values.type],
  ['vnp_TransactionStatus', values.status],
  ['vnp_OrderInfo', 'Nop le phi ho so'],
]
const notFound = (merchantReference: string): Field[] => [
  ['vnp_ResponseId', 'r3'],
  ['vnp_Command', 'querydr'],
  ['vnp_ResponseCode', '91'],
  ['vnp_Message', 'Transaction not found'],
  ['vnp_TmnCode', account.tmn_code],
  ['vnp_TxnRef', merchantReference],
]
const answerSigned = refundOrder.split(' ').map((name) => `vnp_${name}`)

const jsonOf = (body: string): Record<string, unknown> => JSON.parse(body)

/** A call's body as VNPAY reads it; throws when its hash does not hold, as VNPAY would answer 97. */
const readCall = (body: string, order: string): Record<string, unknown> => {
  const values = jsonOf(body)
  if (values.vnp_SecureHash !== hmac(piped(order, values), account)) throw new Error('VNPAY would refuse this hash')
  return values
}

export const kit: ProviderKit = {
  account,
  accountWithOtherSecrets: { ...account, hash_secret: 'MADEUPSECRETOFTHEKIT0000000002AB' },
  wrongAccounts: [
    { account: { ...account, tmn_code: 'SHORT' }, pointer: '/tmn_code' },
    { account: { ...account, hash_secret: 'has a space in it, secret' }, pointer: '/hash_secret' },
    { account: { ...account, hash_secret: 7 }, pointer: '/hash_secret' },
    { account: { ...account, payment_url: 'javascript:alert(1)' }, pointer: '/payment_url' },
    { account: { ...account, payment_url: 'https://pay.example/?a=1' }, pointer: '/payment_url' },
    { account: { ...account, api_url: 'api.example' }, pointer: '/api_url' },
    { account: { ...account, server_ip: 'localhost' }, pointer: '/server_ip' },
    { account: { ...account, amount_minimum: 0.5 }, pointer: '/amount_minimum' },
  ],
  memo: { create_date: '20261122100000' },
  start: {
    answer: null,
    read: (started, _calls, signer) => {
      if (started.action.type !== 'redirect') throw new Error('VNPAY is paid by redirect')
      const { origin, pathname, search } = new URL(started.action.url)
      const [text = '', hash = ''] = search.slice(1).split('&vnp_SecureHash=')
      const fields = new URLSearchParams(text)
      return {
        isSigned: `${origin}${pathname}` === signer.payment_url && hash === hmac(text, signer),
        merchantReference: fields.get('vnp_TxnRef') ?? '',
        amount: BigInt(fields.get('vnp_Amount') ?? '') / 100n,
        expiresAt: instantOf(fields.get('vnp_ExpireDate') ?? ''),
        text: fields.get('vnp_OrderInfo') ?? '',
      }
    },
  },
  callback: {
    ...callback,
    amountScale: 100n,
    signatureCase: 'any',
    textField: 'vnp_OrderInfo',
    optionalField: { name: 'vnp_BankTranNo', emptySignsAsAbsent: true },
    isOrderFree: true,
    canRepeat: true,
    tellsFailure: true,
    tellsTime: true,
    badAmounts: [
      '015000000',
      '15000001',
      '1e9',
      '+15000000',
      '15000000 ',
      '0x10',
      '1234567890100',
      '１５００００００',
      '15,000,000',
    ],
  },
  returning: callback,
  query: {
    ...answer(queryOrder),
    fields: ({ says, merchantReference, amount, occurredAt, providerReference, call }) => {
      readCall(call.body, queryRequestOrder)
      if (says === 'not_found') return notFound(merchantReference)
      const status = { captured: '00', failed: '02', pending: '01', unknown_code: '88' }[says]
      return answerFields({
        ...{ command: 'querydr', code: '00', type: '01', status },
        ...{ reference: merchantReference, amount, paidAt: occurredAt, number: providerReference },
      })
    },
    signedFields: answerSigned,
  },
  refund: {
    ...answer(refundOrder),
    fields: ({ says, refund, providerReference, call }) => {
      readCall(call.body, refundRequestOrder)
      const [code, status] = { accepted: ['00', '05'], refused: ['95', '02'], unknown_code: ['77', '77'] }[says]
      return answerFields({
        ...{ command: 'refund', code: code ?? '', status: status ?? '', type: refund.isFull ? '02' : '03' },
        ...{ reference: refund.payment.merchantReference, amount: refund.amount },
        ...{ paidAt: refund.createdAt, number: providerReference },
      })
    },
    signedFields: answerSigned,
    acceptedMeans: 'pending',
    read: ({ body }) => {
      const values = readCall(body, refundRequestOrder)
      return { reference: String(values.vnp_RequestId), amount: BigInt(String(values.vnp_Amount)) / 100n }
    },
  },
  refundQuery: {
    ...answer(queryOrder),
    fields: ({ says, refund, providerReference, call }) => {
      readCall(call.body, queryRequestOrder)
      return answerFields({
        ...{ command: 'querydr', code: '00', type: refund.isFull ? '02' : '03' },
        status: { refunded: '00', failed: '09', pending: '05' }[says],
        ...{ reference: refund.payment.merchantReference, amount: refund.amount },
        ...{ paidAt: refund.createdAt, number: providerReference },
      })
    },
    denial: ({ refund, call }) => {
      readCall(call.body, queryRequestOrder)
      return notFound(refund.payment.merchantReference)
    },
    signedFields: answerSigned,
  },
  answers: {
    accepted: { status: 200, body: '{"RspCode":"00","Message":"Confirm Success"}' },
    already_confirmed: { status: 200, body: '{"RspCode":"02","Message":"Order already confirmed"}' },
    amount_mismatch: { status: 200, body: '{"RspCode":"04","Message":"Invalid amount"}' },
    unknown_order: { status: 200, body: '{"RspCode":"01","Message":"Order not found"}' },
    unknown_account: { status: 200, body: '{"RspCode":"01","Message":"Order not found"}' },
    forged: { status: 200, body: '{"RspCode":"97","Message":"Invalid signature"}' },
    malformed: { status: 200, body: '{"RspCode":"99","Message":"Input data required"}' },
    try_again: { status: 200, body: '{"RspCode":"99","Message":"Unknown error"}' },
  },
  personalFields: [
    'vnp_SecureHash',
    'vnp_IpAddr',
    'vnp_Bill_Mobile',
    'vnp_Bill_Email',
    'vnp_Inv_Phone',
    'vnp_Inv_Taxcode',
  ],
}
