/** NAPAS's own side for the conformance suite: token, data key, the form of the hosted page, and the result with a check sum made here. */
import { createHash } from 'node:crypto'
import type { Account, Call, CallbackSpec, Field, ProviderKit, Said } from './kit.ts'

const account = {
  client_id: 'LEPHIKIT',
  client_secret: 'made-up-secret-of-the-kit-0001',
  username: 'lephi_kit',
  password: 'made-up-password-of-the-kit-0001',
  api_url: 'https://napas.example/api',
  page_url: 'https://page.example/napas',
  channel: '6014',
  server_ip: '198.51.100.7',
}

const results: Record<Said, string> = {
  ...{ captured: 'SUCCESS', failed: 'FAILURE', pending: 'PENDING', unknown_code: 'MAYBE' },
}

const fieldsOf = ({ says, merchantReference, amount, providerReference }: CallbackSpec): Field[] => [
  ['apiOperation', 'PAY'],
  ['result', results[says]],
  ['order.id', merchantReference],
  ['amount', String(amount)],
  ['order.currency', 'VND'],
  ['order.reference', 'Lệ phí hồ sơ đất đai'],
  ['transaction.id', providerReference],
  ['transaction.currency', 'VND'],
]

/** The decoded JSON; `amount` stands in order and transaction alike, every value as text. */
const dataOf = (fields: readonly Field[]): string => {
  const members = (prefix: string) =>
    fields
      .filter(([name]) => name.startsWith(prefix) || name === 'amount')
      .map(([name, value]) => `${JSON.stringify(name.replace(prefix, ''))}:${JSON.stringify(value)}`)
      .join(',')
  const own = fields
    .filter(([name]) => !name.includes('.') && name !== 'amount' && name !== 'checksum')
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`)
  const json = `{"paymentResult":{${own.join('')}"order":{${members('order.')}},"transaction":{${members('transaction.')}}}}`
  return Buffer.from(json, 'utf8').toString('base64')
}

export const checkSum = (data: string, secret: unknown): string =>
  createHash('sha256').update(`${data}${secret}`, 'utf8').digest('hex').toUpperCase()

const sign = (fields: readonly Field[], signer: Account): Field[] => [
  ...fields,
  ['checksum', checkSum(dataOf(fields), signer.client_secret)],
]

const sealed = (fields: readonly Field[]): string => {
  const sums = fields.filter(([name]) => name === 'checksum').map(([, value]) => `,"checksum":${JSON.stringify(value)}`)
  return `{"data":"${dataOf(fields)}"${sums.join('')}}`
}

const arrived = (body: string, type: string) => ({
  method: 'POST',
  search: '',
  headers: new Headers({ 'content-type': type }),
  body: new TextEncoder().encode(body),
})

/** The token's call and the data key's, as NAPAS answers them; throws where it would refuse. */
const answer = (call: Call): Response => {
  if (call.url === 'https://napas.example/api/oauth/token') {
    const form = Object.fromEntries(new URLSearchParams(call.body))
    const isKnown =
      form.grant_type === 'password' && form.client_id === account.client_id && form.username === account.username
    if (!isKnown || !/^made-up-secret/.test(form.client_secret ?? ''))
      throw new Error('NAPAS would refuse these credentials')
    return Response.json({ access_token: 'token.of.the-kit', token_type: 'bearer', expires_in: 3600 })
  }
  const isKeyCall = call.url === 'https://napas.example/api/rest/version/32/merchant/LEPHIKIT/datakey'
  if (!isKeyCall || call.headers.get('authorization') !== 'Bearer token.of.the-kit') throw new Error('no such call')
  const { apiOperation, order, inputParameters }: Record<string, Record<string, unknown>> = JSON.parse(call.body)
  const isComplete =
    String(apiOperation) === 'DATA_KEY' && order?.currency === 'VND' && inputParameters?.enable3DSecure === false
  if (!isComplete) throw new Error('NAPAS would refuse this order')
  return Response.json({ result: 'SUCCESS', dataKey: `key-of-${order?.id}`, napasKey: 'key-of-napas' })
}

export const kit: ProviderKit = {
  account,
  accountWithOtherSecrets: {
    ...account,
    client_secret: 'made-up-secret-of-the-kit-0002',
    password: 'made-up-password-of-the-kit-0002',
  },
  wrongAccounts: [
    { account: { ...account, client_id: '' }, pointer: '/client_id' },
    { account: { ...account, client_id: 'a/../b' }, pointer: '/client_id' },
    { account: { ...account, client_secret: 'short' }, pointer: '/client_secret' },
    { account: { ...account, password: 'has a space in it' }, pointer: '/password' },
    { account: { ...account, username: '' }, pointer: '/username' },
    { account: { ...account, api_url: 'napas.example' }, pointer: '/api_url' },
    { account: { ...account, page_url: 'javascript:alert(1)' }, pointer: '/page_url' },
    { account: { ...account, card_scheme: 'Wallet' }, pointer: '/card_scheme' },
    { account: { ...account, channel: '' }, pointer: '/channel' },
    { account: { ...account, server_ip: 'gateway' }, pointer: '/server_ip' },
  ],
  memo: {},
  start: {
    answer: (_payment, call) => answer(call),
    callCount: 2,
    leavesNothing: true,
    read: (started, calls) => {
      const [token, keys] = calls
      if (!token || !keys || started.action.type !== 'form') throw new Error('NAPAS is asked for a token and for keys')
      const { url, fields } = started.action
      const { order }: { order: Record<string, unknown> } = JSON.parse(keys.body)
      const isSame = fields.orderId === order.id && fields.orderAmount === String(order.amount)
      const hasKeys = fields.dataKey === `key-of-${fields.orderId}` && fields.napasKey === 'key-of-napas'
      return {
        isSigned: url === account.page_url && isSame && hasKeys && fields.merchantId === account.client_id,
        merchantReference: String(order.id),
        amount: typeof order.amount === 'number' ? BigInt(order.amount) : -1n,
        expiresAt: null,
        text: String(fields.orderReference),
      }
    },
  },
  callback: {
    fields: fieldsOf,
    sign,
    send: (fields) => arrived(sealed(fields), 'application/json'),
    signedFields: [
      'apiOperation',
      'result',
      'order.id',
      'amount',
      'order.currency',
      'order.reference',
      'transaction.id',
    ],
    signatureField: 'checksum',
    referenceField: 'order.id',
    amountField: 'amount',
    accountField: null,
    amountScale: 1n,
    signatureCase: 'any',
    textField: 'order.reference',
    optionalField: null,
    isOrderFree: false,
    canRepeat: false,
    // The words for failure are not published.
    tellsFailure: false,
    tellsTime: false,
    // A transaction's number is unique with its order only: it is not the payment's number at NAPAS.
    providerReference: () => null,
    badAmounts: ['1e5', '0150000', '150000.0', '+150000', ' 150000', '150,000', '1000000000000000'],
  },
  returning: {
    fields: fieldsOf,
    sign,
    send: (fields) =>
      arrived(String(new URLSearchParams({ napasResult: sealed(fields) })), 'application/x-www-form-urlencoded'),
    signedFields: ['result', 'order.id', 'amount'],
    signatureField: 'checksum',
    referenceField: 'order.id',
    amountField: 'amount',
    accountField: null,
  },
  secretsInBodies: ['client_secret', 'password'],
  answers: {
    accepted: { status: 200, body: '{"message":"OK"}' },
    already_confirmed: { status: 200, body: '{"message":"OK"}' },
    amount_mismatch: { status: 200, body: '{"message":"OK"}' },
    unknown_order: { status: 404, body: '{"message":"order not found"}' },
    unknown_account: { status: 404, body: '{"message":"merchant not found"}' },
    forged: { status: 400, body: '{"message":"invalid checksum"}' },
    malformed: { status: 400, body: '{"message":"invalid data"}' },
    try_again: { status: 500, body: '{"message":"try again"}' },
  },
  personalFields: [
    'data',
    'napasResult',
    'clientIP',
    'deviceId',
    'acquirer',
    'access_token',
    'dataKey',
    'napasKey',
    'password',
  ],
}
