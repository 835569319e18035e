/** MoMo's own side for the conformance suite, written from its pages with a signer of its own. */
import { createHmac } from 'node:crypto'
import type { IncomingRequest } from '../../src/providers/contract.ts'
import type { Account, Call, CallbackSpec, Field, Message, ProviderKit, Said } from './kit.ts'

const account = {
  partner_code: 'MOMOLEPHI20261122',
  access_key: 'madeUpAccess0001',
  secret_key: 'madeUpSecretOfTheKit000000000001',
  api_url: 'https://momo.example',
}

/** All of MoMo's signing orders are alphabetical, so sorting gives each; `names` are the signed fields without the access key. */
const signature = (names: readonly string[], values: Record<string, unknown>, signer: Account): string => {
  const signed = [...names, 'accessKey'].toSorted()
  const text = signed.map((name) => `${name}=${name === 'accessKey' ? signer.access_key : (values[name] ?? '')}`)
  return createHmac('sha256', String(signer.secret_key)).update(text.join('&'), 'utf8').digest('hex')
}

const signedIn = {
  create: 'amount extraData ipnUrl orderId orderInfo partnerCode redirectUrl requestId requestType'.split(' '),
  createAnswer: 'amount orderId partnerCode payUrl requestId responseTime resultCode'.split(' '),
  notice:
    'amount extraData message orderId orderInfo orderType partnerCode payType requestId responseTime resultCode transId'.split(
      ' ',
    ),
  query: 'orderId partnerCode requestId'.split(' '),
  refund: 'amount description orderId partnerCode requestId transId'.split(' '),
}

const numbers = new Set(['amount', 'transId', 'responseTime', 'resultCode', 'createdTime'])

/** JSON with numbers as given and the fields in order; `refundTrans.orderId` and the like become the one entry of a list. */
const json = (fields: readonly Field[]): string => {
  const entry = fields.filter(([name]) => name.startsWith('refundTrans.'))
  const own = fields.filter((field) => !entry.includes(field))
  const member = ([name, value]: Field): string => {
    const last = name.split('.').at(-1) ?? ''
    return `${JSON.stringify(last)}:${numbers.has(last) ? value : JSON.stringify(value)}`
  }
  const list = entry.length > 0 ? [`"refundTrans":[{${entry.map(member).join(',')}}]`] : []
  return `{${[...own.map(member), ...list].join(',')}}`
}

const codes: Record<Said, string> = { captured: '0', failed: '1006', pending: '1000', unknown_code: '8888' }

const notice = {
  fields: ({ says, merchantReference, amount, occurredAt, providerReference }: CallbackSpec): Field[] => [
    ['orderType', 'momo_wallet'],
    ['amount', String(amount)],
    ['partnerCode', account.partner_code],
    ['orderId', merchantReference],
    ['extraData', ''],
    ['transId', says === 'failed' ? String(occurredAt.getTime()) : providerReference],
    ['responseTime', String(occurredAt.getTime())],
    ['resultCode', codes[says]],
    ['message', 'Giao dịch thành công.'],
    ['payType', says === 'failed' ? '' : 'qr'],
    ['requestId', merchantReference],
    ['orderInfo', 'Lệ phí đăng ký khai sinh'],
  ],
  sign: (fields: readonly Field[], signer: Account): Field[] => [
    ...fields,
    ['signature', signature(signedIn.notice, Object.fromEntries(fields), signer)],
  ],
  signedFields: signedIn.notice.filter((name) => name !== 'extraData'),
  signatureField: 'signature',
  referenceField: 'orderId',
  amountField: 'amount',
  accountField: 'partnerCode',
}

const sendIpn = (fields: readonly Field[]): IncomingRequest => ({
  method: 'POST',
  search: '',
  headers: new Headers({ 'content-type': 'application/json; charset=UTF-8' }),
  body: new TextEncoder().encode(json(fields)),
})

const sendReturn = (fields: readonly Field[]): IncomingRequest => ({
  method: 'GET',
  // A Java server's form encoding: spaces as +.
  search: fields.map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll('%20', '+')}`).join('&'),
  headers: new Headers(),
  body: new Uint8Array(),
})

/** A call's body as MoMo reads it; throws for another address and when the signature does not hold, as MoMo would answer 13 or 20. */
const readCall = (call: Call, kind: 'create' | 'query' | 'refund', signer: Account = account) => {
  const body: Record<string, unknown> = JSON.parse(call.body)
  if (call.url !== `https://momo.example/v2/gateway/api/${kind}` || call.method !== 'POST')
    throw new Error('no such call')
  if (body.signature !== signature(signedIn[kind], body, signer)) throw new Error('MoMo would refuse this signature')
  return { ...body, orderId: String(body.orderId), requestId: String(body.requestId) }
}

const startAnswer = (call: Call): Response => {
  const { orderId, requestId, amount }: Record<string, unknown> = JSON.parse(call.body)
  const values = {
    ...{ partnerCode: account.partner_code, orderId, requestId, amount },
    ...{ responseTime: 1795316400000, message: 'Thành công.', resultCode: 0 },
    payUrl: `https://momo.example/v2/gateway/pay?t=${orderId}&s=abc`,
  }
  return Response.json({ ...values, signature: signature(signedIn.createAnswer, values, account) })
}

const unsigned = {
  sign: (fields: readonly Field[]): Field[] => [...fields],
  send: (fields: readonly Field[]): Response =>
    new Response(json(fields), { headers: { 'content-type': 'application/json;charset=UTF-8' } }),
  signedFields: [],
  signatureField: null,
  referenceField: 'orderId',
  amountField: 'amount',
  accountField: 'partnerCode',
} satisfies Partial<Message<never, Response>>

export const kit: ProviderKit = {
  idempotentRefund: true,
  account,
  accountWithOtherSecrets: {
    ...account,
    access_key: 'madeUpAccess0002',
    secret_key: 'madeUpSecretOfTheKit000000000002',
  },
  wrongAccounts: [
    { account: { ...account, partner_code: '' }, pointer: '/partner_code' },
    { account: { ...account, partner_code: 'A&B' }, pointer: '/partner_code' },
    { account: { ...account, access_key: 'key=a&amount=1' }, pointer: '/access_key' },
    { account: { ...account, secret_key: 'short' }, pointer: '/secret_key' },
    { account: { ...account, secret_key: 'has a space in it, secret' }, pointer: '/secret_key' },
    { account: { ...account, api_url: 'payment.momo.vn' }, pointer: '/api_url' },
    { account: { ...account, api_url: 'ftp://payment.momo.vn' }, pointer: '/api_url' },
    { account: { ...account, api_url: 'https://payment.momo.vn/?a=1' }, pointer: '/api_url' },
    { account: { ...account, request_type: 'captureMoMoWallet' }, pointer: '/request_type' },
    { account: { ...account, amount_maximum: 60_000_000 }, pointer: '/amount_maximum' },
  ],
  memo: { create_signature: 'documented' },
  start: {
    answer: (_payment, call) => startAnswer(call),
    read: (started, calls, signer) => {
      const [call] = calls
      if (!call || started.action.type !== 'redirect') throw new Error('MoMo is asked for a link')
      const body: Record<string, unknown> = readCall(call, 'create', signer)
      const goesToMomo = started.action.url === `https://momo.example/v2/gateway/pay?t=${body.orderId}&s=abc`
      return {
        isSigned: goesToMomo && body.requestId === body.orderId && body.extraData === '',
        merchantReference: String(body.orderId),
        amount: typeof body.amount === 'number' ? BigInt(body.amount) : -1n,
        expiresAt: null,
        text: String(body.orderInfo),
      }
    },
  },
  callback: {
    ...notice,
    send: sendIpn,
    amountScale: 1n,
    signatureCase: 'exact',
    textField: 'message',
    optionalField: { name: 'payType', emptySignsAsAbsent: true },
    isOrderFree: true,
    canRepeat: false,
    tellsFailure: true,
    tellsTime: true,
    badAmounts: [
      ...['1e5', '150000.0', '0150000', '+150000', '0x10', '150,000', '-0', '１５００００', '1000000000000000'],
      ...['9007199254740993', 'null', 'true', '[150000]', '{}', '"150000 "', '"150000"x'],
    ],
  },
  returning: { ...notice, send: sendReturn },
  query: {
    ...unsigned,
    fields: ({ says, merchantReference, amount, occurredAt, providerReference, call }) => {
      const { requestId } = readCall(call, 'query')
      const isKnown = says !== 'not_found'
      return [
        ['partnerCode', account.partner_code],
        ['requestId', requestId],
        ['orderId', merchantReference],
        ['extraData', ''],
        ['amount', isKnown ? String(amount) : '0'],
        ['transId', isKnown ? providerReference : '0'],
        ['payType', isKnown ? 'qr' : ''],
        ['resultCode', isKnown ? codes[says] : '42'],
        ['message', 'Giao dịch thành công.'],
        ['responseTime', String(occurredAt.getTime() + 60_000)],
        ['lastUpdated', String(occurredAt.getTime())],
      ]
    },
  },
  refund: {
    ...unsigned,
    fields: ({ says, refund, providerReference, call }) => {
      const { orderId, requestId } = readCall(call, 'refund')
      return [
        ['partnerCode', account.partner_code],
        ['orderId', orderId],
        ['requestId', requestId],
        ['amount', String(refund.amount)],
        ['transId', providerReference],
        ['resultCode', { accepted: '0', refused: '1081', unknown_code: '8888' }[says]],
        ['message', 'Giao dịch thành công.'],
        ['responseTime', String(refund.createdAt.getTime())],
      ]
    },
    acceptedMeans: 'refunded',
    read: (call) => {
      const body: Record<string, unknown> = readCall(call, 'refund')
      if (body.orderId !== body.requestId) throw new Error('one reference, so that the same refund is the same request')
      return { reference: String(body.orderId), amount: typeof body.amount === 'number' ? BigInt(body.amount) : -1n }
    },
  },
  refundQuery: {
    ...unsigned,
    amountField: 'refundTrans.amount',
    fields: ({ says, refund, providerReference, call }) => {
      const { orderId, requestId } = readCall(call, 'query')
      return [
        ['partnerCode', account.partner_code],
        ['requestId', requestId],
        ['orderId', orderId],
        ['extraData', ''],
        ['amount', String(refund.payment.amount)],
        ['transId', refund.payment.providerReference ?? '0'],
        ['payType', 'qr'],
        ['resultCode', '0'],
        ['message', 'Giao dịch thành công.'],
        ['responseTime', String(refund.createdAt.getTime())],
        ['refundTrans.orderId', refund.merchantReference],
        ['refundTrans.amount', String(refund.amount)],
        ['refundTrans.resultCode', { refunded: '0', failed: '1080', pending: '7002' }[says]],
        ['refundTrans.transId', providerReference],
        ['refundTrans.createdTime', String(refund.createdAt.getTime())],
      ]
    },
    denial: ({ call }) => {
      const { orderId, requestId } = readCall(call, 'query')
      return [
        ['partnerCode', account.partner_code],
        ['requestId', requestId],
        ['orderId', orderId],
        ['resultCode', '42'],
        ['message', 'Mã đơn hàng không hợp lệ.'],
      ]
    },
  },
  answers: {
    accepted: { status: 204, body: '' },
    already_confirmed: { status: 204, body: '' },
    amount_mismatch: { status: 204, body: '' },
    unknown_order: { status: 404, body: '' },
    unknown_account: { status: 404, body: '' },
    forged: { status: 400, body: '' },
    malformed: { status: 400, body: '' },
    try_again: { status: 500, body: '' },
  },
  personalFields: ['partnerUserId', 'paymentOption', 'userInfo', 'payUrl', 'accessKey'],
}
