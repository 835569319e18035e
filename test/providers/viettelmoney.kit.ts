/** Viettel's own side for the conformance suite, written from its sample pack with a signer of its own. */
import { createHmac } from 'node:crypto'
import type { IncomingRequest } from '../../src/providers/contract.ts'
import type { Account, AnswerTo, Call, CallbackSpec, Field, ProviderKit, Said } from './kit.ts'

const account = {
  merchant_code: 'LEPHIGOV',
  access_code: 'lab-access-code-01',
  hash_key: 'lab-hash-key-01',
  payment_url: 'https://viettel.example/PaymentGateway/payment',
  api_url: 'https://viettel.example/PaymentAPI/webresources/postData',
}

const orders = {
  PAYMENT: 'billcode command merchant_code order_id trans_amount version',
  RESULT: 'billcode cust_msisdn error_code merchant_code order_id payment_status trans_amount vt_transaction_id',
  RESULT_REPLY: 'error_code merchant_code order_id',
  INQUIRY: 'cmd merchant_code order_id version',
  INQUIRY_RESPONSE: 'merchant_code order_id payment_status version',
  REFUND: 'cmd merchant_code order_id originalRequestId refundType trans_amount version',
  REFUND_RESPONSE: 'error_code merchant_code order_id version',
}

/** Access code and values, one after the other. */
const sumOf = (kind: keyof typeof orders, values: Record<string, string>, { access_code, hash_key }: Account): string =>
  createHmac('sha1', String(hash_key))
    .update(
      String(access_code) +
        orders[kind]
          .split(' ')
          .map((name) => values[name] ?? '')
          .join(''),
      'utf8',
    )
    .digest('base64')

const signAs =
  (kind: keyof typeof orders) =>
  (fields: readonly Field[], signer: Account): Field[] => [
    ...fields,
    ['check_sum', sumOf(kind, Object.fromEntries(fields), signer)],
  ]

/** The samples escape `=` in a check sum and nothing else, so that `+` arrives as a space. */
const wire = (fields: readonly Field[]): string =>
  fields
    .map(([name, value]) => {
      const text =
        name === 'check_sum' ? value.replaceAll('%', '%25').replaceAll('=', '%3d') : encodeURIComponent(value)
      return `${encodeURIComponent(name)}=${/[\n\0&]/.test(text) ? encodeURIComponent(text) : text}`
    })
    .join('&')

/** The bill of the suite's dossier. */
const billcode = 'H5612032611220007'

const states: Record<Said, [errorCode: string, status: string]> = {
  captured: ['00', '1'],
  failed: ['24', '2'],
  pending: ['00', '0'],
  unknown_code: ['00', '7'],
}

const result = {
  fields: ({ says, merchantReference, amount, providerReference }: CallbackSpec): Field[] => [
    ['billcode', billcode],
    ['cust_msisdn', '84900000001'],
    ['error_code', states[says][0]],
    ['merchant_code', account.merchant_code],
    ['order_id', merchantReference],
    ['payment_status', states[says][1]],
    ['trans_amount', String(amount)],
    ['vt_transaction_id', providerReference],
  ],
  sign: signAs('RESULT'),
  signedFields: orders.RESULT.split(' '),
  signatureField: 'check_sum',
  referenceField: 'order_id',
  amountField: 'trans_amount',
  accountField: 'merchant_code',
}

/** A call's form as Viettel reads it; throws when it would be refused. */
const readCall = (call: Call, kind: 'INQUIRY' | 'REFUND'): Record<string, string> => {
  const { check_sum, ...values } = Object.fromEntries(new URLSearchParams(call.body))
  const isForm = call.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded')
  if (call.url !== account.api_url || call.method !== 'POST' || !isForm) throw new Error('no such call')
  if (check_sum !== sumOf(kind, values, account)) throw new Error('Viettel would refuse this check sum')
  return values
}

const answer = (kind: 'INQUIRY_RESPONSE' | 'REFUND_RESPONSE') => ({
  sign: signAs(kind),
  send: (fields: readonly Field[]): Response => Response.json(Object.fromEntries(fields)),
  signedFields: orders[kind].split(' '),
  signatureField: 'check_sum',
  referenceField: 'order_id',
  accountField: 'merchant_code',
})

/** The reply to a result: its own order, and a check sum where the address names an account. */
const reply =
  (error_code: string) =>
  ({ request, account: signer }: AnswerTo) => {
    const sent = new URLSearchParams(new TextDecoder().decode(request.body))
    const { merchant_code = '', order_id = '' } = Object.fromEntries(sent)
    const values = { error_code, merchant_code, order_id }
    const rest = { return_url: '', return_bill_code: '', return_other_info: '' }
    const check_sum = signer ? sumOf('RESULT_REPLY', values, signer) : ''
    return { status: 200, body: JSON.stringify({ ...values, ...rest, check_sum }) }
  }

export const kit: ProviderKit = {
  account,
  accountWithOtherSecrets: { ...account, access_code: 'lab-access-code-02', hash_key: 'lab-hash-key-02' },
  wrongAccounts: [
    { account: { ...account, merchant_code: '' }, pointer: '/merchant_code' },
    { account: { ...account, merchant_code: 'A B' }, pointer: '/merchant_code' },
    { account: { ...account, access_code: 'short' }, pointer: '/access_code' },
    { account: { ...account, hash_key: 'has a space in it' }, pointer: '/hash_key' },
    { account: { ...account, payment_url: 'viettel.example' }, pointer: '/payment_url' },
    { account: { ...account, api_url: 'https://viettel.example/?cmd=1' }, pointer: '/api_url' },
    { account: { ...account, amount_maximum: 1.5 }, pointer: '/amount_maximum' },
  ],
  // Twenty capitals and digits, as every order_id of this gateway.
  reference: (n) => `LP7KZQ${String(n).padStart(14, '0')}`,
  memo: {},
  start: {
    answer: null,
    read: (started, _calls, signer) => {
      if (started.action.type !== 'redirect') throw new Error('Viettel is paid by redirect')
      const { origin, pathname, search } = new URL(started.action.url)
      // Read as a gateway that takes no + for a space.
      const values = Object.fromEntries(
        search
          .slice(1)
          .split('&')
          .map((pair) => pair.split('=').map(decodeURIComponent)),
      )
      const isPayment = values.command === 'PAYMENT' && values.version === '2.0' && values.billcode.length <= 20
      const isOurs = `${origin}${pathname}` === signer.payment_url && values.merchant_code === signer.merchant_code
      return {
        isSigned: isPayment && isOurs && values.check_sum === sumOf('PAYMENT', values, signer),
        merchantReference: values.order_id,
        amount: BigInt(values.trans_amount),
        expiresAt: null,
        text: values.desc,
      }
    },
  },
  callback: {
    ...result,
    send: (fields): IncomingRequest => ({
      method: 'POST',
      search: '',
      headers: new Headers({ 'content-type': 'application/x-www-form-urlencoded' }),
      body: new TextEncoder().encode(wire(fields)),
    }),
    amountScale: 1n,
    signatureCase: 'exact',
    textField: null,
    optionalField: { name: 'cust_msisdn', emptySignsAsAbsent: true },
    isOrderFree: true,
    canRepeat: true,
    tellsFailure: true,
    tellsTime: false,
    // 0150000 and the like sign as other cuts of the same digits do.
    badAmounts: [
      '0150000',
      '1e5',
      '+150000',
      '150000.0',
      '150,000',
      '0x10',
      '１５００００',
      '1000000000000000',
      ' 150000',
    ],
    isUnseparated: true,
    asksFirst: true,
  },
  returning: {
    ...result,
    send: (fields) => ({ method: 'GET', search: wire(fields), headers: new Headers(), body: new Uint8Array() }),
  },
  query: {
    ...answer('INQUIRY_RESPONSE'),
    amountField: '',
    fields: ({ says, providerReference, call }) => {
      const { cmd, merchant_code = '', order_id = '', version = '' } = readCall(call, 'INQUIRY')
      if (cmd !== 'TRANS_INQUIRY') throw new Error('no such command')
      const [error_code, payment_status] = says === 'not_found' ? ['00', '-1'] : states[says]
      return [
        ['merchant_code', merchant_code],
        ['order_id', order_id],
        ['error_code', error_code],
        ['vt_transaction_id', says === 'not_found' ? '' : providerReference],
        ['payment_status', payment_status],
        ['version', version],
      ]
    },
  },
  refund: {
    ...answer('REFUND_RESPONSE'),
    amountField: '',
    fields: ({ says, providerReference, call }) => {
      const { merchant_code = '', order_id = '', version = '' } = readCall(call, 'REFUND')
      return [
        ['merchant_code', merchant_code],
        ['order_id', order_id],
        ['error_code', { accepted: '00', refused: '01', unknown_code: '88' }[says]],
        ['error_msg', 'Giao dich thanh cong'],
        ['merchant_request_id', order_id],
        ['refund_request_id', providerReference],
        ['version', version],
      ]
    },
    acceptedMeans: 'pending',
    fullOnly: true,
    read: (call) => {
      const { cmd, refundType, order_id = '', trans_amount = '' } = readCall(call, 'REFUND')
      if (cmd !== 'REFUND_PAYMENT' || refundType !== '0') throw new Error('only the whole is returned')
      return { reference: order_id, amount: BigInt(trans_amount) }
    },
  },
  answers: {
    accepted: reply('00'),
    already_confirmed: reply('00'),
    amount_mismatch: reply('00'),
    unknown_order: reply('01'),
    unknown_account: reply('01'),
    forged: reply('01'),
    malformed: reply('01'),
    try_again: reply('01'),
  },
  personalFields: ['check_sum', 'cust_msisdn', 'login_msisdn'],
}
