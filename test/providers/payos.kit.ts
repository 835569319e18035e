/** payOS's own side for the conformance suite, written from its page with a signer of its own. */
import { createHmac } from 'node:crypto'
import type { IncomingRequest } from '../../src/providers/contract.ts'
import type { Account, Call, Field, Message, ProviderKit, Said } from './kit.ts'
import { vietQr } from './payos.qr.ts'

const account = {
  client_id: 'made-up-client-0001',
  api_key: 'made-up-api-key-0001',
  checksum_key: 'madeUpChecksumKeyOfTheKit00000001',
  api_url: 'https://payos.example',
  checkout_host: 'pay.payos.example',
}
const other = {
  ...account,
  api_key: 'made-up-api-key-0002',
  checksum_key: 'madeUpChecksumKeyOfTheKit00000002',
}
const link = '0a1b2c3d4e5f60718293a4b5c6d7e8f9'

const hmac = (text: string, signer: Account): string =>
  createHmac('sha256', String(signer.checksum_key)).update(text, 'utf8').digest('hex')

/** Members that are written into JSON as given: numbers and true. */
const bare = new Set(['orderCode', 'amount', 'amountPaid', 'amountRemaining', 'success'])
const inData = 'data.'
const inTransfer = 'data.transactions.'

const lastOf = (name: string): string => name.split('.').at(-1) ?? ''
const member = ([name, value]: Field): string =>
  `${JSON.stringify(lastOf(name))}:${bare.has(lastOf(name)) ? value : JSON.stringify(value)}`

/** A value as JavaScript writes it into the signed text, from its text on the wire. */
const signedValue = ([name, value]: Field): string => {
  if (!bare.has(lastOf(name))) return value
  try {
    const parsed: unknown = JSON.parse(value)
    return parsed === null ? '' : String(parsed)
  } catch {
    return value
  }
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)

/** Own members of `data`, and the one transfer of its list as compact JSON with sorted keys. */
const dataText = (fields: readonly Field[]): string => {
  const transfer = fields.filter(([name]) => name.startsWith(inTransfer)).toSorted(byName)
  const own = fields.filter(([name]) => name.startsWith(inData) && !name.startsWith(inTransfer))
  const pairs = own.map((field): Field => [lastOf(field[0]), signedValue(field)])
  if (own.some(([name]) => name === 'data.status')) {
    pairs.push(['transactions', transfer.length > 0 ? `[{${transfer.map(member).join(',')}}]` : '[]'])
  }
  return pairs
    .toSorted(byName)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

const withSignature = (fields: readonly Field[], signer: Account): Field[] =>
  fields.some(([name]) => name.startsWith(inData))
    ? [...fields, ['signature', hmac(dataText(fields), signer)]]
    : [...fields]

/** The envelope with its data, each in the order of its fields; a link always has its list of transfers. */
const json = (fields: readonly Field[]): string => {
  const transfer = fields.filter(([name]) => name.startsWith(inTransfer))
  const data = fields.filter(([name]) => name.startsWith(inData) && !transfer.some(([each]) => each === name))
  const list = data.some(([name]) => name === 'data.status')
    ? [`"transactions":[${transfer.length > 0 ? `{${transfer.map(member).join(',')}}` : ''}]`]
    : []
  const outer = fields.filter(([name]) => !name.startsWith(inData)).map(member)
  return `{${[...outer, `"data":${data.length > 0 ? `{${[...data.map(member), ...list].join(',')}}` : 'null'}`].join(',')}}`
}

/** `yyyy-MM-dd HH:mm:ss` at UTC+7. */
const localTime = (at: Date): string =>
  new Date(at.getTime() + 7 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')

const states: Record<Said, string> = {
  captured: 'PAID',
  failed: 'CANCELLED',
  pending: 'PENDING',
  unknown_code: 'REVIEWING',
}

const sendWebhook = (fields: readonly Field[]): IncomingRequest => ({
  method: 'POST',
  search: '',
  headers: new Headers({ 'content-type': 'application/json' }),
  body: new TextEncoder().encode(json(fields)),
})

const sendAnswer: Message<never, Response>['send'] = (fields) =>
  new Response(json(fields), { headers: { 'content-type': 'application/json; charset=utf-8' } })

/** Whose keys a call has, as payOS finds its channel; throws where payOS would answer 401. */
const callerOf = ({ headers }: Call): Account => {
  const caller = [account, other].find((each) => each.api_key === headers.get('x-api-key'))
  if (caller?.client_id !== headers.get('x-client-id')) throw new Error('payOS knows no such channel')
  return caller ?? account
}

/** A create call as payOS reads it; throws when its signature does not hold. */
const readCreate = (call: Call): Record<string, unknown> => {
  if (call.url !== 'https://payos.example/v2/payment-requests' || call.method !== 'POST')
    throw new Error('no such call')
  const body: Record<string, unknown> = JSON.parse(call.body)
  const { amount, cancelUrl, description, orderCode, returnUrl } = body
  const text = `amount=${amount}&cancelUrl=${cancelUrl}&description=${description}&orderCode=${orderCode}&returnUrl=${returnUrl}`
  if (body.signature !== hmac(text, callerOf(call))) throw new Error('payOS would refuse this signature')
  return body
}

const createAnswer = (call: Call): Response => {
  const { amount, orderCode, description } = readCreate(call)
  const data: Field[] = [
    ['bin', '970415'],
    ['accountNumber', 'V8HCC0012345'],
    ['accountName', 'TT PHUC VU HCC'],
    ['amount', String(amount)],
    ['description', `CS${description}`],
    ['orderCode', String(orderCode)],
    ['currency', 'VND'],
    ['paymentLinkId', link],
    ['status', 'PENDING'],
    ['checkoutUrl', `https://pay.payos.example/web/${link}`],
    ['qrCode', vietQr({ bin: '970415', account: 'V8HCC0012345', amount: String(amount), text: `CS${description}` })],
  ]
  const text = data.toSorted(byName).map(([name, value]) => `${name}=${value}`)
  const members = data.map(([name, value]) => member([name, value]))
  return new Response(
    `{"code":"00","desc":"success","data":{${members.join(',')}},"signature":"${hmac(text.join('&'), callerOf(call))}"}`,
  )
}

const common = {
  referenceField: 'data.orderCode',
  accountField: null,
  signatureField: 'signature',
  sign: withSignature,
}

export const kit: ProviderKit = {
  account,
  accountWithOtherSecrets: other,
  wrongAccounts: [
    { account: { ...account, client_id: 'a b c d e f g' }, pointer: '/client_id' },
    { account: { ...account, api_key: 'a b c d e f g' }, pointer: '/api_key' },
    { account: { ...account, checksum_key: '' }, pointer: '/checksum_key' },
    { account: { ...account, checksum_key: 'short' }, pointer: '/checksum_key' },
    { account: { ...account, api_url: 'api-merchant.payos.vn' }, pointer: '/api_url' },
    { account: { ...account, api_url: 'https://api-merchant.payos.vn/?a=1' }, pointer: '/api_url' },
    { account: { ...account, checkout_host: 'https://pay.payos.vn' }, pointer: '/checkout_host' },
    { account: { ...account, checkout_host: 'user@pay.payos.vn' }, pointer: '/checkout_host' },
    { account: { ...account, description_length: 26 }, pointer: '/description_length' },
    { account: { ...account, amount_minimum: 0 }, pointer: '/amount_minimum' },
    { account: { ...account, amount_maximum: 1.5 }, pointer: '/amount_maximum' },
    { account: { ...account, partner_code: 'X' }, pointer: '/partner_code' },
  ],
  reference: (n) => String(598_765_432_100_000 + n),
  memo: { payment_link_id: link },
  start: {
    answer: (_payment, call) => createAnswer(call),
    read: (started, calls) => {
      const [call] = calls
      if (!call || started.action.type !== 'redirect') throw new Error('payOS is asked for a link')
      const { orderCode, amount, description, expiredAt, ...rest } = readCreate(call)
      const isOurs =
        started.action.url === `https://pay.payos.example/web/${link}` && started.providerReference === link
      const sent = Object.keys(rest).toSorted().join()
      return {
        // Neither buyer nor items: nothing personal is needed for a transfer.
        isSigned: isOurs && sent === 'cancelUrl,returnUrl,signature' && /^[0-9A-Za-z]{1,9}$/.test(String(description)),
        merchantReference: String(orderCode),
        amount: typeof amount === 'number' ? BigInt(amount) : -1n,
        expiresAt: new Date(Number(expiredAt) * 1000),
        text: String(description),
      }
    },
  },
  callback: {
    ...common,
    fields: ({ says, merchantReference, amount, occurredAt, providerReference }) => [
      ['code', '00'],
      ['desc', 'success'],
      ['success', 'true'],
      ['data.orderCode', merchantReference],
      ['data.amount', String(amount)],
      ['data.description', 'CSLP2100001 nop le phi'],
      ['data.accountNumber', '113366668888'],
      ['data.reference', providerReference],
      ['data.transactionDateTime', localTime(occurredAt)],
      ['data.currency', 'VND'],
      ['data.paymentLinkId', link],
      ['data.code', says === 'captured' ? '00' : '99'],
      ['data.desc', 'Thành công'],
      ['data.counterAccountBankId', '970436'],
      ['data.counterAccountName', 'NGUYEN THI LAN & CON'],
      ['data.counterAccountNumber', '1017595600'],
      ['data.virtualAccountNumber', 'V8HCC0012345'],
    ],
    send: sendWebhook,
    signedFields: [
      ...['orderCode', 'amount', 'description', 'accountNumber', 'reference', 'transactionDateTime', 'currency'],
      ...['paymentLinkId', 'code', 'desc', 'counterAccountName', 'virtualAccountNumber'],
    ].map((name) => inData + name),
    amountField: 'data.amount',
    amountScale: 1n,
    signatureCase: 'exact',
    textField: 'data.description',
    optionalField: { name: 'data.counterAccountName', emptySignsAsAbsent: false },
    isOrderFree: true,
    canRepeat: false,
    // No code but 00 is published, and nothing says that cancelling or expiring is told.
    tellsFailure: false,
    tellsTime: true,
    badAmounts: [
      ...['0150000', '+150000', '0x10', '150,000', '-0', '１５００００', '9007199254740993', '90071992547409930'],
      ...['null', 'true', '[150000]', '{}', '"150000"', '"150000 "', '"150000"x'],
    ],
    unsignedFields: [
      { name: 'code', values: ['01', '99', '231', ''] },
      { name: 'desc', values: ['failed', 'Thất bại', ''] },
      { name: 'success', values: ['false', 'null', '0', '"false"'] },
    ],
  },
  returning: {
    fields: ({ merchantReference }) => [
      ['code', '00'],
      ['id', link],
      ['cancel', 'false'],
      ['status', 'PAID'],
      ['orderCode', merchantReference],
    ],
    sign: (fields) => [...fields],
    send: (fields) => ({
      method: 'GET',
      search: fields.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&'),
      headers: new Headers(),
      body: new Uint8Array(),
    }),
    signedFields: [],
    signatureField: null,
    knownField: 'id',
    referenceField: 'orderCode',
    amountField: '',
    accountField: null,
  },
  query: {
    ...common,
    fields: ({ says, merchantReference, amount, occurredAt, providerReference, payment, call }) => {
      callerOf(call)
      if (
        call.method !== 'GET' ||
        call.url !== `https://payos.example/v2/payment-requests/${payment.merchantReference}`
      )
        throw new Error('no such call')
      if (says === 'not_found') {
        return [
          ['code', '101'],
          ['desc', 'Không tìm thấy link thanh toán'],
        ]
      }
      const isPaid = says === 'captured'
      const transfer: Field[] = [
        ['reference', providerReference],
        ['amount', String(amount)],
        ['accountNumber', '113366668888'],
        ['description', 'CSLP2100001 nop le phi & phi'],
        ['transactionDateTime', `${localTime(occurredAt).replace(' ', 'T')}+07:00`],
        ['counterAccountName', 'NGUYEN THI LAN'],
      ]
      return [
        ['code', '00'],
        ['desc', 'success'],
        ['data.id', link],
        ['data.orderCode', merchantReference],
        ['data.amount', String(payment.amount)],
        ['data.amountPaid', isPaid ? String(amount) : '0'],
        ['data.amountRemaining', isPaid ? '0' : String(payment.amount)],
        ['data.status', states[says]],
        ['data.createdAt', '2026-11-22T10:00:00+07:00'],
        ...(isPaid ? transfer.map(([name, value]): Field => [inTransfer + name, value]) : []),
      ]
    },
    send: sendAnswer,
    signedFields: [
      ...['id', 'orderCode', 'amount', 'amountPaid', 'amountRemaining', 'status', 'createdAt'].map(
        (name) => inData + name,
      ),
      ...['reference', 'amount', 'transactionDateTime'].map((name) => inTransfer + name),
    ],
    amountField: 'data.transactions.amount',
    denialIsSigned: false,
  },
  answers: {
    accepted: { status: 200, body: '{"success":true}' },
    already_confirmed: { status: 200, body: '{"success":true}' },
    amount_mismatch: { status: 200, body: '{"success":true}' },
    unknown_order: { status: 200, body: '{"success":true}' },
    unknown_account: { status: 404, body: '{"success":false}' },
    forged: { status: 401, body: '{"success":false}' },
    malformed: { status: 400, body: '{"success":false}' },
    try_again: { status: 500, body: '{"success":false}' },
  },
  personalFields: [
    ...['counterAccountBankId', 'counterAccountBankName', 'counterAccountName', 'counterAccountNumber'],
    ...['description', 'accountName', 'checkoutUrl', 'qrCode'],
  ],
  secretsInHeaders: ['api_key'],
}
