/** ZaloPay's own side for the conformance suite, written from its pages with a signer of its own. */
import { createHmac } from 'node:crypto'
import type { IncomingRequest } from '../../src/providers/contract.ts'
import type { Account, Call, CallbackSpec, Field, Message, ProviderKit, Said } from './kit.ts'

const account = {
  app_id: '990001',
  key1: 'madeUpKeyOneOfTheKit000000000001',
  key2: 'madeUpKeyTwoOfTheKit000000000001',
  api_url: 'https://zalopay.example',
}

const hmac = (key: unknown, text: string): string =>
  createHmac('sha256', String(key)).update(text, 'utf8').digest('hex')

const numbers = new Set(
  [
    ...['app_id', 'app_time', 'amount', 'zp_trans_id', 'server_time', 'channel', 'user_fee_amount', 'discount_amount'],
    ...['return_code', 'sub_return_code', 'is_processing', 'refund_id'],
  ].values(),
)

/** JSON with numbers as given and the fields in order. */
const json = (fields: readonly Field[]): string =>
  `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${numbers.has(name) ? value : JSON.stringify(value)}`).join(',')}}`

/** Members of the callback's body; all others are members of `data`, the text that is signed. */
const outside = new Set(['mac', 'type'])
const dataOf = (fields: readonly Field[]): string => json(fields.filter(([name]) => !outside.has(name)))

const callbackFields = ({ merchantReference, amount, occurredAt, providerReference }: CallbackSpec): Field[] => [
  ['app_id', account.app_id],
  ['app_trans_id', merchantReference],
  ['app_time', '1795316400000'],
  ['app_user', 'lephi'],
  ['amount', String(amount)],
  ['embed_data', '{"redirecturl":"https://gateway.example/returns/zalopay/mac_1"}'],
  ['item', '[{"itemname":"Lệ phí đăng ký khai sinh"}]'],
  ['zp_trans_id', providerReference],
  ['server_time', String(occurredAt.getTime())],
  ['channel', '38'],
  ['merchant_user_id', 'DXp3vtfyygtb2_XdP8yFeA'],
  ['zp_user_id', 'DXp3vtfyygtb2_XdP8yFeA'],
  ['user_fee_amount', '0'],
  ['discount_amount', '0'],
  ['type', '1'],
]

const sendCallback = (fields: readonly Field[]): IncomingRequest => {
  const members = [
    ...(fields.some(([name]) => !outside.has(name)) ? [`"data":${JSON.stringify(dataOf(fields))}`] : []),
    ...fields.flatMap(([name, value]) => {
      if (name === 'type') return [`"type":${value}`]
      return name === 'mac' ? [`"mac":${JSON.stringify(value)}`] : []
    }),
  ]
  return {
    method: 'POST',
    search: '',
    headers: new Headers({ 'content-type': 'application/json; charset=UTF-8' }),
    body: new TextEncoder().encode(`{${members.join(',')}}`),
  }
}

const redirectOrder = ['appid', 'apptransid', 'pmcid', 'bankcode', 'amount', 'discountamount', 'status']

/** A call's body as ZaloPay reads it; throws for another address and when the mac does not hold, as ZaloPay would answer -402. */
const readCall = (call: Call, name: keyof typeof signedInCalls, signer: Account = account): Record<string, unknown> => {
  const body: Record<string, unknown> = JSON.parse(call.body)
  if (call.url !== `https://zalopay.example/v2/${name}` || call.method !== 'POST') throw new Error('no such call')
  const values = signedInCalls[name].map((field) => (field === 'key1' ? signer.key1 : body[field]))
  if (body.mac !== hmac(signer.key1, values.join('|'))) throw new Error('ZaloPay would refuse this mac')
  if (body.app_id !== 990_001) throw new Error('app_id is an Int')
  return body
}
const signedInCalls = {
  create: ['app_id', 'app_trans_id', 'app_user', 'amount', 'app_time', 'embed_data', 'item'],
  query: ['app_id', 'app_trans_id', 'key1'],
  refund: ['app_id', 'zp_trans_id', 'amount', 'description', 'timestamp'],
  query_refund: ['app_id', 'm_refund_id', 'timestamp'],
}
const amountOf = (value: unknown): bigint => (typeof value === 'number' ? BigInt(value) : -1n)

/** Answers are neither signed nor do they name what they answer. */
const unsigned = {
  sign: (fields: readonly Field[]): Field[] => [...fields],
  send: (fields: readonly Field[]): Response =>
    new Response(json(fields), { headers: { 'content-type': 'application/json' } }),
  signedFields: [],
  signatureField: null,
  referenceField: '',
  amountField: 'amount',
  accountField: null,
} satisfies Partial<Message<never, Response>>

const codes: Record<Said | 'not_found', readonly [main: string, detail: string]> = {
  captured: ['1', '1'],
  failed: ['2', '-54'],
  pending: ['3', '3'],
  unknown_code: ['2', '-8888'],
  not_found: ['2', '-101'],
}
const head = ([main, detail]: readonly [string, string]): Field[] => [
  ['return_code', main],
  ['return_message', 'Giao dịch'],
  ['sub_return_code', detail],
  ['sub_return_message', 'Giao dịch'],
]

export const kit: ProviderKit = {
  account,
  accountWithOtherSecrets: {
    ...account,
    key1: 'madeUpKeyOneOfTheKit000000000002',
    key2: 'madeUpKeyTwoOfTheKit000000000002',
  },
  wrongAccounts: [
    { account: { ...account, app_id: '' }, pointer: '/app_id' },
    { account: { ...account, app_id: 'LEPHI' }, pointer: '/app_id' },
    { account: { ...account, app_id: '0990001' }, pointer: '/app_id' },
    { account: { ...account, key1: 'short' }, pointer: '/key1' },
    { account: { ...account, key1: 'holds|the|separator|of|values' }, pointer: '/key1' },
    { account: { ...account, key2: 'has a space in it, key two' }, pointer: '/key2' },
    { account: { ...account, api_url: 'openapi.zalopay.vn' }, pointer: '/api_url' },
    { account: { ...account, api_url: 'ftp://openapi.zalopay.vn' }, pointer: '/api_url' },
    { account: { ...account, api_url: 'https://openapi.zalopay.vn/?a=1' }, pointer: '/api_url' },
    { account: { ...account, app_user: 'a|b' }, pointer: '/app_user' },
    { account: { ...account, sub_app_id: '' }, pointer: '/sub_app_id' },
    { account: { ...account, preferred_payment_method: ['cash'] }, pointer: '/preferred_payment_method/0' },
    { account: { ...account, amount_minimum: 0 }, pointer: '/amount_minimum' },
  ],
  // Fits app_trans_id and, with the app in it, m_refund_id too.
  reference: (n) => `261122_990001_LP${String(n).padStart(20, '0')}`,
  memo: {},
  start: {
    answer: (_payment, call) => {
      const order_url = `https://zalopay.example/openinapp?order=${JSON.parse(call.body).app_trans_id}`
      const more = {
        zp_trans_token: 'token',
        order_token: 'token',
        order_url,
        qr_code: '00020101021226520010vn.zalopay',
      }
      return Response.json({ return_code: 1, return_message: '', sub_return_code: 1, sub_return_message: '', ...more })
    },
    read: (started, calls, signer) => {
      const [call] = calls
      if (!call || started.action.type !== 'redirect') throw new Error('ZaloPay is asked for an order')
      const body = readCall(call, 'create', signer)
      const embed: Record<string, unknown> = JSON.parse(String(body.embed_data))
      const lives = Number(body.expire_duration_seconds)
      return {
        isSigned:
          started.action.url === `https://zalopay.example/openinapp?order=${body.app_trans_id}` &&
          embed.redirecturl === 'https://gateway.example/returns/zalopay/mac_1' &&
          body.item === '[]' &&
          lives >= 300,
        merchantReference: String(body.app_trans_id),
        amount: amountOf(body.amount),
        expiresAt: new Date(Number(body.app_time) + lives * 1_000),
        text: String(body.description),
      }
    },
  },
  callback: {
    fields: callbackFields,
    sign: (fields, signer) => [...fields, ['mac', hmac(signer.key2, dataOf(fields))]],
    send: sendCallback,
    signedFields: [
      ...['app_id', 'app_trans_id', 'app_time', 'app_user', 'amount', 'embed_data', 'item', 'zp_trans_id'],
      ...['server_time', 'channel', 'merchant_user_id', 'zp_user_id', 'user_fee_amount', 'discount_amount'],
    ],
    signatureField: 'mac',
    referenceField: 'app_trans_id',
    amountField: 'amount',
    accountField: 'app_id',
    amountScale: 1n,
    signatureCase: 'exact',
    textField: 'item',
    optionalField: { name: 'zp_user_id', emptySignsAsAbsent: false },
    // The text of `data` is signed, the order of its members with it.
    isOrderFree: false,
    canRepeat: false,
    tellsFailure: false,
    tellsTime: true,
    badAmounts: [
      ...['0150000', '+150000', '0x10', '150,000', '-0', '１５００００', '1000000000000000', '9007199254740993'],
      ...['null', 'true', '[150000]', '{}', '"150000 "', '"1e5"', '"0150000"', '"-1"', '""', '150000,"amount":0'],
    ],
    unsignedFields: [{ name: 'type', values: ['2', '0', '-1', '3', '"1"', '1.5', 'null', 'true', '[1]', '{"a":1}'] }],
  },
  returning: {
    fields: ({ merchantReference, amount }) => [
      ['appid', account.app_id],
      ['apptransid', merchantReference],
      ['pmcid', '38'],
      ['bankcode', ''],
      ['amount', String(amount)],
      ['discountamount', '0'],
      ['status', '1'],
    ],
    sign: (fields, signer) => {
      const values = Object.fromEntries(fields)
      const text = redirectOrder.map((name) => values[name] ?? '').join('|')
      return [...fields, ['checksum', hmac(signer.key2, text)]]
    },
    send: (fields) => ({
      method: 'GET',
      search: fields.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&'),
      headers: new Headers(),
      body: new Uint8Array(),
    }),
    signedFields: redirectOrder.filter((name) => name !== 'bankcode'),
    signatureField: 'checksum',
    referenceField: 'apptransid',
    amountField: 'amount',
    accountField: 'appid',
  },
  query: {
    ...unsigned,
    fields: ({ says, merchantReference, amount, occurredAt, providerReference, call }) => {
      if (readCall(call, 'query').app_trans_id !== merchantReference) throw new Error('another order')
      return [
        ...head(codes[says]),
        ['is_processing', 'false'],
        ['amount', says === 'captured' ? String(amount) : '0'],
        ['zp_trans_id', says === 'captured' ? providerReference : '0'],
        ['server_time', String(occurredAt.getTime())],
        ['discount_amount', '0'],
      ]
    },
  },
  refund: {
    ...unsigned,
    fields: ({ says, providerReference, call }) => {
      const { zp_trans_id, timestamp } = readCall(call, 'refund')
      if (typeof zp_trans_id !== 'string' || typeof timestamp !== 'number') throw new Error('another form')
      const said = { accepted: ['3', '3'], refused: ['2', '-14'], unknown_code: ['2', '-8888'] } as const
      return [...head(said[says]), ['refund_id', providerReference]]
    },
    acceptedMeans: 'pending',
    read: (call) => {
      const body = readCall(call, 'refund')
      return { reference: String(body.m_refund_id), amount: amountOf(body.amount) }
    },
  },
  refundQuery: {
    ...unsigned,
    fields: ({ says, call }) => {
      readCall(call, 'query_refund')
      const said = { refunded: ['1', '1'], failed: ['2', '0'], pending: ['3', '2'] } as const
      return head(said[says])
    },
    asksFor: (call) => String(readCall(call, 'query_refund').m_refund_id),
    denial: null,
  },
  answers: {
    accepted: answer(1, 'success'),
    already_confirmed: answer(1, 'already confirmed'),
    amount_mismatch: answer(1, 'received, amount differs'),
    unknown_order: answer(2, 'order not found'),
    unknown_account: answer(2, 'merchant not found'),
    forged: answer(2, 'mac not equal'),
    malformed: answer(2, 'invalid data'),
    try_again: answer(0, 'try again'),
  },
  personalFields: ['app_user', 'merchant_user_id', 'zp_user_id', 'mac', 'checksum', 'order_url', 'qr_code'],
}

function answer(return_code: number, return_message: string) {
  return { status: 200, body: JSON.stringify({ return_code, return_message }) }
}
