/** OnePAY's own side for the conformance suite, written from its sample code's rules with a signer of its own. */
import { createHmac } from 'node:crypto'
import type { IncomingRequest } from '../../src/providers/contract.ts'
import type { Account, CallbackSpec, Field, Message, ProviderKit, Said } from './kit.ts'

const account = {
  merchant: 'LEPHIGOV01',
  access_code: '6FAKE001',
  hash_key: '00112233445566778899AABBCCDDEEFF',
  user: 'opMadeUp',
  password: 'pw+Made%Up=1',
  payment_url: 'https://pay.onepay.example/paygate/vpcpay.op',
  query_url: 'https://pay.onepay.example/msp/api/v1/vpc/invoices/queries',
}

/** Bytes decide the order, so that capitals come before small letters. */
export const hashOf = (fields: readonly Field[], { hash_key }: Account): string => {
  const signed = fields.filter(
    ([name, value]) => /^(vpc|user)_/.test(name) && !/^vpc_SecureHash(Type)?$/.test(name) && value !== '',
  )
  const sorted = signed.toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return createHmac('sha256', Buffer.from(String(hash_key), 'hex'))
    .update(sorted.map(([name, value]) => `${name}=${value}`).join('&'), 'utf8')
    .digest('hex')
    .toUpperCase()
}

/** PHP's urlencode, apart from `*`, which it alone encodes. */
const encode = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()~]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')

export const wire = (fields: readonly Field[]): string =>
  fields.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')

const sign = (fields: readonly Field[], signer: Account): Field[] => [
  ...fields,
  ['vpc_SecureHash', hashOf(fields, signer)],
]

/** `20221019T031549Z`. */
const utc = (instant: Date): string => `${instant.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`

const codes: Record<Said, string> = { captured: '0', failed: '99', pending: '300', unknown_code: '88' }

const common = {
  sign,
  signatureField: 'vpc_SecureHash',
  referenceField: 'vpc_MerchTxnRef',
  amountField: 'vpc_Amount',
  accountField: 'vpc_Merchant',
}

const callback: Message<CallbackSpec, IncomingRequest> & { signatureField: string; amountField: string } = {
  ...common,
  fields: ({ says, merchantReference, amount, occurredAt, providerReference }) => [
    ['vpc_Amount', String(amount * 100n)],
    ['vpc_Card', 'VC'],
    ['vpc_CardNum', '400000xxx0002'],
    ['vpc_Command', 'pay'],
    ['vpc_Locale', 'vn'],
    ['vpc_MerchTxnRef', merchantReference],
    ['vpc_Merchant', account.merchant],
    ['vpc_Message', 'Approved'],
    ['vpc_OrderInfo', 'H56.12.03-261122-0007'],
    ['vpc_PayChannel', 'WEB'],
    ['vpc_PaymentTime', utc(occurredAt)],
    ['vpc_TransactionNo', providerReference],
    ['vpc_TxnResponseCode', codes[says]],
    ['vpc_Version', '2'],
    ['user_Channel', 'portal'],
    ['mode', 'TEST_GATEWAY'],
  ],
  send: (fields) => ({ method: 'GET', search: wire(fields), headers: new Headers(), body: new Uint8Array() }),
  signedFields: [
    ...['vpc_Amount', 'vpc_Card', 'vpc_CardNum', 'vpc_Command', 'vpc_Locale', 'vpc_MerchTxnRef', 'vpc_Merchant'],
    ...['vpc_Message', 'vpc_OrderInfo', 'vpc_PayChannel', 'vpc_PaymentTime', 'vpc_TransactionNo'],
    ...['vpc_TxnResponseCode', 'vpc_Version', 'user_Channel'],
  ],
}

const confirmed = { status: 200, body: 'responsecode=1&desc=confirm-success' }
const refused = { status: 200, body: 'responsecode=0&desc=confirm-fail' }

export const kit: ProviderKit = {
  account,
  accountWithOtherSecrets: {
    ...account,
    hash_key: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
    user: 'opOther',
    password: 'pwOther2',
  },
  wrongAccounts: [
    { account: { ...account, merchant: 'SEVENTEEN_LETTERS' }, pointer: '/merchant' },
    { account: { ...account, merchant: 'A&B' }, pointer: '/merchant' },
    { account: { ...account, access_code: '6FAKE0012' }, pointer: '/access_code' },
    { account: { ...account, hash_key: 'not-a-hex-key' }, pointer: '/hash_key' },
    { account: { ...account, hash_key: '00112233445566778899AABBCCDDEEF' }, pointer: '/hash_key' },
    { account: { ...account, hash_key: '00112233445566778899AABBCCDDEEFG' }, pointer: '/hash_key' },
    { account: { ...account, password: 'a&vpc_User=b' }, pointer: '/password' },
    { account: { ...account, payment_url: 'javascript:alert(1)' }, pointer: '/payment_url' },
    { account: { ...account, query_url: 'https://onepay.example/?a=1' }, pointer: '/query_url' },
    { account: { ...account, card_list: 'VC&vpc_Amount=1' }, pointer: '/card_list' },
    { account: { ...account, ticket_no: '2001:db8::7' }, pointer: '/ticket_no' },
    { account: { ...account, ticket_no: '203.0.113.256' }, pointer: '/ticket_no' },
    { account: { ...account, amount_minimum: 0.5 }, pointer: '/amount_minimum' },
  ],
  memo: {},
  start: {
    answer: null,
    read: (started, _calls, signer) => {
      if (started.action.type !== 'redirect') throw new Error('OnePAY is paid by redirect')
      const { origin, pathname, searchParams } = new URL(started.action.url)
      const get = (name: string) => searchParams.get(name) ?? ''
      const isOurs = get('vpc_Merchant') === signer.merchant && get('vpc_AccessCode') === signer.access_code
      const isShort = get('vpc_OrderInfo').length <= 32 && get('vpc_TicketNo').length <= 15
      const isHashed = get('vpc_SecureHash') === hashOf([...searchParams], signer)
      return {
        isSigned: `${origin}${pathname}` === signer.payment_url && isOurs && isShort && isHashed,
        merchantReference: get('vpc_MerchTxnRef'),
        amount: BigInt(get('vpc_Amount')) / 100n,
        expiresAt: null,
        text: get('vpc_OrderInfo'),
      }
    },
  },
  callback: {
    ...callback,
    amountScale: 100n,
    signatureCase: 'any',
    textField: 'vpc_Message',
    textRefuses: ['&'],
    optionalField: { name: 'vpc_CardNum', emptySignsAsAbsent: true },
    isOrderFree: true,
    canRepeat: true,
    tellsFailure: true,
    tellsTime: true,
    badAmounts: [
      ...['015000000', '15000001', '1e9', '+15000000', '15000000 ', '0x10', '1234567890100', '１５００００００'],
      '15,000,000',
    ],
    unsignedFields: [{ name: 'mode', values: ['LIVE', 'vpc_TxnResponseCode=0', '0'] }],
  },
  returning: callback,
  query: {
    ...common,
    fields: ({ says, merchantReference, amount, providerReference, call }) => {
      const asked = new URLSearchParams(call.body)
      const isForm = call.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded')
      if (call.url !== account.query_url || call.method !== 'POST' || !isForm) throw new Error('no such call')
      if (asked.get('vpc_SecureHash') !== hashOf([...asked], account)) throw new Error('OnePAY would refuse this hash')
      if (asked.get('vpc_Command') !== 'queryDR' || asked.get('vpc_Password') !== account.password)
        throw new Error('OnePAY would refuse this query')
      if (says === 'not_found') {
        return [
          ['vpc_DRExists', 'N'],
          ['vpc_MerchTxnRef', merchantReference],
          ['vpc_Merchant', account.merchant],
          ['vpc_TxnResponseCode', '100'],
        ]
      }
      return [
        ['vpc_DRExists', 'Y'],
        ['vpc_Amount', String(amount * 100n)],
        ['vpc_Card', 'VC'],
        ['vpc_Command', 'queryDR'],
        ['vpc_MerchTxnRef', merchantReference],
        ['vpc_Merchant', account.merchant],
        ['vpc_Message', 'Transaction was successful'],
        ['vpc_TransactionNo', providerReference],
        ['vpc_TxnResponseCode', codes[says]],
        ['vpc_Version', '2'],
      ]
    },
    // Old answers leave spaces as they are.
    send: (fields) => new Response(wire(fields).replaceAll('+', ' '), { headers: { 'content-type': 'text/html' } }),
    signedFields: [
      ...['vpc_DRExists', 'vpc_Amount', 'vpc_Card', 'vpc_Command', 'vpc_MerchTxnRef', 'vpc_Merchant'],
      ...['vpc_Message', 'vpc_TransactionNo', 'vpc_TxnResponseCode', 'vpc_Version'],
    ],
  },
  answers: {
    accepted: confirmed,
    already_confirmed: confirmed,
    amount_mismatch: refused,
    unknown_order: refused,
    unknown_account: refused,
    forged: refused,
    malformed: refused,
    try_again: { status: 500, body: refused.body },
  },
  personalFields: ['vpc_SecureHash', 'vpc_Password', 'vpc_User', 'vpc_CardNum', 'vpc_TokenNum', 'vpc_Customer_Phone'],
  secretsInBodies: ['user', 'password'],
}
