/** KeyPay's own side for the conformance suite, version 3, with a signer of its own. Names of the detail answer's members are made up: none are published. */
import { createHmac } from 'node:crypto'
import type { Account, Call, CallbackSpec, Field, Message, ProviderKit, Said } from './kit.ts'

const account = {
  client_id: 'LEPHIKIT',
  client_key_1: 'made-up-key-1-of-the-kit-0001',
  client_key_2: 'made-up-key-2-of-the-kit-0001',
  create_url: 'https://keypay.example/api/create',
  detail_url: 'https://keypay.example/api/detail',
  detail_command: 'DETAIL',
  detail_status_field: 'data.state',
  detail_paid_value: 'PAID',
  detail_failed_value: 'FAILED',
  detail_unknown_value: 'NONE',
  detail_amount_field: 'data.amount',
  detail_reference_field: 'data.number',
}

const paymentOrder = ['addition_fee', 'client_id', 'command', 'trans_amount', 'transaction_id', 'version']
const detailOrder = ['client_id', 'command', 'transaction_id']

const checkSum = (order: readonly string[], values: Readonly<Record<string, unknown>>, key: unknown): string =>
  createHmac('sha256', String(key))
    .update(order.map((name) => values[name] ?? '').join('|'), 'utf8')
    .digest('hex')

/** JSON with every member as text and in order; `data.state` and the like go into one object at the end. */
const json = (fields: readonly Field[]): string => {
  const inner = fields.filter(([name]) => name.startsWith('data.'))
  const member = ([name, value]: Field): string =>
    `${JSON.stringify(name.replace('data.', ''))}:${JSON.stringify(value)}`
  const own = fields.filter((field) => !inner.includes(field)).map(member)
  return `{${[...own, ...(inner.length > 0 ? [`"data":{${inner.map(member).join(',')}}`] : [])].join(',')}}`
}

/** A call's body as KeyPay reads it; throws where KeyPay would refuse the check sum. */
const readCall = (
  call: Call,
  { url, order, key = account.client_key_1 }: { url: string; order: string[]; key?: unknown },
) => {
  const body: Record<string, unknown> = JSON.parse(call.body)
  if (call.url !== url || call.method !== 'POST') throw new Error('no such call')
  if (body.check_sum !== checkSum(order, body, key)) throw new Error('KeyPay would refuse this check sum')
  return body
}

const states: Record<Said | 'not_found', string> = {
  ...{ captured: 'PAID', failed: 'FAILED', pending: 'WAITING', unknown_code: 'E-77', not_found: 'NONE' },
}

const callback = {
  fields: ({ says, merchantReference, amount }: CallbackSpec): Field[] => [
    ['client_id', account.client_id],
    ['transaction_id', merchantReference],
    ['status', says === 'captured' ? '0' : '1'],
    ['trans_amount', String(amount)],
  ],
  sign: (fields: readonly Field[], signer: Account): Field[] => {
    const values = { addition_fee: '0', command: 'PAY', version: '3.0', ...Object.fromEntries(fields) }
    return [...fields, ['check_sum', checkSum(paymentOrder, values, signer.client_key_2)]]
  },
  // trans_amount in the body is not what is signed: the amount that both stored is.
  signedFields: ['client_id', 'transaction_id'],
  signatureField: 'check_sum',
  referenceField: 'transaction_id',
  amountField: 'trans_amount',
  accountField: 'client_id',
}

export const kit: ProviderKit = {
  account,
  accountWithOtherSecrets: {
    ...account,
    client_key_1: 'made-up-key-1-of-the-kit-0002',
    client_key_2: 'made-up-key-2-of-the-kit-0002',
  },
  wrongAccounts: [
    { account: { ...account, client_id: '' }, pointer: '/client_id' },
    { account: { ...account, client_id: 'A|B' }, pointer: '/client_id' },
    { account: { ...account, client_key_1: 'short' }, pointer: '/client_key_1' },
    { account: { ...account, client_key_2: 'has a space in it' }, pointer: '/client_key_2' },
    { account: { ...account, create_url: 'keypay.example' }, pointer: '/create_url' },
    { account: { ...account, create_url: 'ftp://keypay.example/' }, pointer: '/create_url' },
    { account: { ...account, detail_url: 'https://user@keypay.example/' }, pointer: '/detail_url' },
    { account: { ...account, addition_fee: -1 }, pointer: '/addition_fee' },
    { account: { ...account, environment: '3' }, pointer: '/environment' },
    { account: { ...account, callback_command: 'PAY|1' }, pointer: '/callback_command' },
    { account: { ...account, detail_status_field: 'data..state' }, pointer: '/detail_status_field' },
    { account: { ...account, service_suffix: '01' }, pointer: '/service_suffix' },
    { account: { ...account, secure_key: 'x' }, pointer: '/secure_key' },
  ],
  reference: (n) => `lp${String(n).padStart(18, '0')}`,
  memo: { addition_fee: '0' },
  start: {
    answer: (payment) => {
      const payment_url = `https://keypay.example/pay/${payment.merchantReference}`
      return Response.json({ error: '0', msg: 'Success', payment_url })
    },
    read: (started, calls, signer) => {
      const [call] = calls
      if (!call || started.action.type !== 'redirect') throw new Error('KeyPay is asked for a link')
      const body = readCall(call, { url: account.create_url, order: paymentOrder, key: signer.client_key_1 })
      const isOurs = String(body.return_url).endsWith(`?payment=${body.transaction_id}`)
      const isComplete =
        body.command === 'PAY' && body.version === '3.0' && typeof body.bill_info === 'object' && isOurs
      return {
        isSigned: isComplete && started.action.url === `https://keypay.example/pay/${body.transaction_id}`,
        merchantReference: String(body.transaction_id),
        amount: BigInt(String(body.trans_amount)),
        expiresAt: null,
        text: String(body.description),
      }
    },
  },
  callback: {
    ...callback,
    send: (fields) => ({
      method: 'POST',
      search: '',
      headers: new Headers({ 'content-type': 'application/json' }),
      body: new TextEncoder().encode(json(fields)),
    }),
    proves: 'reference',
    unsignedFields: [
      { name: 'status', values: ['0', '1', '00', '', 'PAID', 'null'] },
      { name: 'trans_amount', values: ['1', '150000', '999999999', ''] },
    ],
    amountScale: 1n,
    signatureCase: 'any',
    textField: null,
    optionalField: null,
    isOrderFree: true,
    canRepeat: false,
    tellsFailure: true,
    tellsTime: false,
    badAmounts: ['1e5', '0150000', '150000.0', '+150000'],
  },
  returning: {
    fields: ({ merchantReference }) => [['payment', merchantReference]],
    sign: (fields) => [...fields],
    send: (fields) => ({
      method: 'GET',
      search: fields.map(([name, value]) => `${name}=${value}`).join('&'),
      headers: new Headers(),
      body: new Uint8Array(),
    }),
    signedFields: [],
    signatureField: null,
    referenceField: 'payment',
    amountField: '',
    accountField: null,
  },
  query: {
    fields: ({ says, merchantReference, amount, providerReference, call }) => {
      const { command } = readCall(call, { url: account.detail_url, order: detailOrder })
      return [
        ['error', '0'],
        ['client_id', account.client_id],
        ['command', String(command)],
        ['transaction_id', merchantReference],
        ['data.state', states[says]],
        ['data.amount', String(amount)],
        ['data.number', providerReference],
      ]
    },
    sign: (fields, signer) => [
      ...fields,
      ['check_sum', checkSum(detailOrder, Object.fromEntries(fields), signer.client_key_2)],
    ],
    send: (fields) => new Response(json(fields), { headers: { 'content-type': 'application/json' } }),
    signedFields: detailOrder,
    signatureField: 'check_sum',
    referenceField: 'transaction_id',
    amountField: 'data.amount',
    accountField: 'client_id',
  } satisfies Message<Parameters<NonNullable<ProviderKit['query']>['fields']>[0], Response>,
  answers: {
    accepted: { status: 200, body: '{"return_code":0,"return_msg":"Success"}' },
    already_confirmed: { status: 200, body: '{"return_code":0,"return_msg":"Success"}' },
    amount_mismatch: { status: 200, body: '{"return_code":0,"return_msg":"Success"}' },
    unknown_order: { status: 200, body: '{"return_code":-1,"return_msg":"Transaction not found"}' },
    unknown_account: { status: 200, body: '{"return_code":-1,"return_msg":"Merchant not found"}' },
    forged: { status: 200, body: '{"return_code":-1,"return_msg":"Invalid check_sum"}' },
    malformed: { status: 200, body: '{"return_code":-1,"return_msg":"Invalid data"}' },
    try_again: { status: 200, body: '{"return_code":-1,"return_msg":"Try again"}' },
  },
  personalFields: [
    'bill_info',
    'HoTenNguoiNop',
    'SoCMNDNguoiNop',
    'DiaChiNguoiNop',
    'payment_url',
    'url_pay',
    'qrcode_pay',
  ],
}
