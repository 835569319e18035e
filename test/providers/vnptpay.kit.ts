/** VNPT Pay's own side for the conformance suite, written from its page with a signer of its own. */
import type { IncomingRequest, Verdict } from '../../src/providers/contract.ts'
import type { AnswerTo, CallbackSpec, ExpectedAnswer, Field, ProviderKit, Said } from './kit.ts'
import { jsonOf, pipedHash, readPiped, signerOf, stampOf, unsigned } from './piped-sha256.kit.ts'

const account = {
  merchant_service_id: '9001',
  secret_key: 'made-up-vnptpay-secret-01',
  api_key: 'made-up-api-key-0001',
  init_url: 'https://vnptpay.example/rest/payment/v1.0.5/init',
  query_url: 'https://vnptpay.example/rest/payment/v1.0.5/query_transaction',
  pay_hosts: 'pay.vnptpay.example,vnptpay.example:8443',
}

export const signedIn = {
  init: 'ACTION VERSION MERCHANT_SERVICE_ID MERCHANT_ORDER_ID AMOUNT AMOUNT_DETAIL SERVICE_ID DEVICE LOCALE CURRENCY_CODE PAYMENT_METHOD DESCRIPTION CREATE_DATE CLIENT_IP'.split(
    ' ',
  ),
  query: 'ACTION VERSION MERCHANT_SERVICE_ID MERCHANT_ORDER_ID CREATE_DATE'.split(' '),
  ipn: 'ACTION RESPONSE_CODE MERCHANT_SERVICE_ID MERCHANT_ORDER_ID AMOUNT CURRENCY_CODE VNPTPAY_TRANSACTION_ID PAYMENT_METHOD PAY_DATE ADDITIONAL_INFO'.split(
    ' ',
  ),
  reply: 'RESPONSE_CODE DESCRIPTION MERCHANT_SERVICE_ID MERCHANT_ORDER_ID CREATE_DATE'.split(' '),
}

const amounts = new Set(['AMOUNT'])
const codes: Record<Said, string> = { captured: '00', failed: '05', pending: '68', unknown_code: '77' }
const states: Record<Said, string> = { captured: '1', failed: '4', pending: '3', unknown_code: '9' }

const ipnFields = ({ says, merchantReference, amount, occurredAt, providerReference }: CallbackSpec): Field[] => [
  ['ACTION', 'CONFIRM'],
  ['RESPONSE_CODE', codes[says]],
  ['MERCHANT_SERVICE_ID', account.merchant_service_id],
  ['MERCHANT_ORDER_ID', merchantReference],
  ['AMOUNT', String(amount)],
  ['CURRENCY_CODE', 'VND'],
  ['VNPTPAY_TRANSACTION_ID', providerReference],
  ['PAYMENT_METHOD', 'VNPTPAY'],
  ['PAY_DATE', stampOf(occurredAt)],
  ['ADDITIONAL_INFO', 'Nguyễn Thị Hồng nộp phí'],
  // Outside the signature.
  ['DESCRIPTION', 'Giao dịch thành công'],
]

const send = (fields: readonly Field[]): IncomingRequest => ({
  method: 'POST',
  search: '',
  headers: new Headers({ 'content-type': 'application/json' }),
  body: new TextEncoder().encode(jsonOf(fields, amounts)),
})

/** The reply repeats merchant and order, and is signed for an account. */
const reply =
  (RESPONSE_CODE: string, DESCRIPTION: string) =>
  ({ request, account: asked, now }: AnswerTo): ExpectedAnswer => {
    const { MERCHANT_ORDER_ID } = JSON.parse(new TextDecoder().decode(request.body)) as Record<string, string>
    const MERCHANT_SERVICE_ID = asked === null ? '' : account.merchant_service_id
    const said = { RESPONSE_CODE, DESCRIPTION, MERCHANT_SERVICE_ID, MERCHANT_ORDER_ID, CREATE_DATE: stampOf(now) }
    const SECURE_CODE = pipedHash(signedIn.reply, said, account.secret_key)
    return { status: 200, body: JSON.stringify(asked === null ? said : { ...said, SECURE_CODE }) }
  }

const answers: Record<Verdict, (to: AnswerTo) => ExpectedAnswer> = {
  accepted: reply('00', 'Success'),
  already_confirmed: reply('00', 'Already confirmed'),
  amount_mismatch: reply('99', 'Amount does not match'),
  unknown_order: reply('01', 'Order not found'),
  unknown_account: reply('01', 'Order not found'),
  forged: reply('97', 'Invalid secure code'),
  malformed: reply('99', 'Malformed request'),
  try_again: reply('99', 'Not processed'),
}

const at = { url: account.init_url, names: signedIn.init, signature: 'SECURE_CODE', account }

export const kit: ProviderKit = {
  account,
  accountWithOtherSecrets: {
    ...account,
    secret_key: 'made-up-vnptpay-secret-02',
    api_key: 'made-up-api-key-0002',
  },
  wrongAccounts: [
    { account: { ...account, merchant_service_id: '' }, pointer: '/merchant_service_id' },
    { account: { ...account, merchant_service_id: '9001|9002' }, pointer: '/merchant_service_id' },
    { account: { ...account, secret_key: 'short' }, pointer: '/secret_key' },
    { account: { ...account, api_key: 'has a space in it' }, pointer: '/api_key' },
    { account: { ...account, init_url: 'api.vnptpay.vn' }, pointer: '/init_url' },
    { account: { ...account, query_url: 'ftp://api.vnptpay.vn' }, pointer: '/query_url' },
    { account: { ...account, pay_hosts: 'https://api.vnptpay.vn' }, pointer: '/pay_hosts' },
    { account: { ...account, pay_hosts: '' }, pointer: '/pay_hosts' },
    { account: { ...account, version: '1.0|5' }, pointer: '/version' },
    { account: { ...account, paid_statuses: '' }, pointer: '/paid_statuses' },
    { account: { ...account, amount_maximum: 10 ** 12 }, pointer: '/amount_maximum' },
  ],
  memo: { init_time: '20261122100000' },
  start: {
    answer: () =>
      Response.json({
        RESPONSE_CODE: '00',
        DESCRIPTION: 'Success',
        REDIRECT_URL: 'https://pay.vnptpay.example/checkout?t=abc',
        SECURE_CODE: 'f'.repeat(64),
      }),
    read: (started, calls, signer) => {
      const [call] = calls
      if (!call || started.action.type !== 'redirect') throw new Error('VNPT Pay is asked for an address')
      const body = readPiped(call, { ...at, account: signer })
      const isWhole =
        started.action.url === 'https://pay.vnptpay.example/checkout?t=abc' &&
        started.memo?.init_time === body.CREATE_DATE &&
        call.headers.get('authorization') === `Bearer ${signer.api_key}` &&
        body.AMOUNT_DETAIL === String(body.AMOUNT) &&
        body.DEVICE === 1 &&
        !signedIn.init.some((name) => String(body[name]).includes('|'))
      return {
        isSigned: isWhole,
        merchantReference: String(body.MERCHANT_ORDER_ID),
        amount: typeof body.AMOUNT === 'number' ? BigInt(body.AMOUNT) : -1n,
        expiresAt: null,
        text: String(body.DESCRIPTION),
      }
    },
  },
  callback: {
    fields: ipnFields,
    sign: signerOf(signedIn.ipn, 'SECURE_CODE'),
    send,
    signedFields: signedIn.ipn,
    signatureField: 'SECURE_CODE',
    referenceField: 'MERCHANT_ORDER_ID',
    amountField: 'AMOUNT',
    accountField: 'MERCHANT_SERVICE_ID',
    amountScale: 1n,
    signatureCase: 'any',
    textField: 'ADDITIONAL_INFO',
    optionalField: { name: 'ADDITIONAL_INFO', emptySignsAsAbsent: true },
    isOrderFree: true,
    canRepeat: false,
    // Only `00` is listed: every other code makes us ask (vnptpay.test.ts).
    tellsFailure: false,
    tellsTime: true,
    badAmounts: [
      ...['1e5', '150000.0', '0150000', '+150000', '0x10', '150,000', '-0', '１５００００', '9007199254740993'],
      ...['1000000000000000', 'null', 'true', '[150000]', '{}', '"150000 "', '"0150000"', '"150000|"', '"150000"x'],
    ],
    unsignedFields: [{ name: 'DESCRIPTION', values: ['', 'Giao dịch thất bại', '00'] }],
  },
  returning: {
    ...unsigned,
    fields: ({ merchantReference }) => [
      ['data', merchantReference],
      ['responseCode', '00'],
      ['secureCode', 'f'.repeat(64)],
    ],
    send: (fields) => ({
      method: 'GET',
      search: fields.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&'),
      headers: new Headers(),
      body: new Uint8Array(),
    }),
    referenceField: 'data',
    amountField: '',
    accountField: null,
  },
  query: {
    ...unsigned,
    tellsNotFound: false,
    fields: ({ says, merchantReference, amount, occurredAt, providerReference, call }) => {
      const body = readPiped(call, { ...at, url: account.query_url, names: signedIn.query })
      if (body.CREATE_DATE !== kit.memo.init_time) throw new Error('not the CREATE_DATE of the INIT')
      if (says === 'not_found') return [['RESPONSE_CODE', '01']]
      return [
        ['RESPONSE_CODE', '00'],
        ['DESCRIPTION', 'Success'],
        ['MERCHANT_ORDER_ID', merchantReference],
        ['VNPTPAY_TRANSACTION_ID', providerReference],
        ['AMOUNT', String(amount)],
        ['LOCALE', 'vi-VN'],
        ['CURRENCY_CODE', 'VND'],
        ['PAYMENT_METHOD', 'VNPTPAY'],
        ['PAY_DATE', stampOf(occurredAt)],
        ['TRANSACTION_STATUS', states[says]],
        ['ADDITIONAL_INFO', ''],
        ['SECURE_CODE', 'f'.repeat(64)],
      ]
    },
    send: (fields) => new Response(jsonOf(fields, amounts), { headers: { 'content-type': 'application/json' } }),
    referenceField: 'MERCHANT_ORDER_ID',
    amountField: 'AMOUNT',
    accountField: null,
  },
  answers,
  personalFields: ['ADDITIONAL_INFO', 'CLIENT_IP', 'REDIRECT_URL'],
  secretsInHeaders: ['api_key'],
}
