// The merchant's end of the simulated providers: it signs requests by its own few lines, and records what it is told.
import { createHash, createHmac } from 'node:crypto'
import { Hono } from 'hono'
import { createSimulators, type SimulatorOptions } from '../../src/simulators/simulator.ts'

export const vnpayAccount = {
  tmn_code: 'TESTTMN1',
  hash_secret: 'FAKEVNPAYSECRETDONOTUSE000000001',
  ipn_url: 'https://merchant.example.vn/callbacks/vnpay/mac_1',
}
export const momoAccount = {
  partner_code: 'MOMOVECT20261122',
  access_key: 'vecAccessKey0001',
  secret_key: 'vec-secret-32chars-momo-2026-xyz',
}

export interface Told {
  method: string
  url: string
  body: string
}

/** A town with one account at each provider, a clock to turn, and a merchant whose answers are set by `town.answer`. */
export const openTown = (options: Partial<SimulatorOptions> = {}) => {
  const clock = { at: Date.parse('2026-11-20T10:00:00+07:00') }
  const told: Told[] = []
  let ids = 0
  const town = {
    told,
    clock,
    answer: (request: Told): Response =>
      request.method === 'GET'
        ? Response.json({ RspCode: '00', Message: 'Confirm Success' })
        : new Response(null, { status: 204 }),
    pass: (seconds: number) => {
      clock.at += seconds * 1000
    },
  }
  const sim = createSimulators({
    fetch: async (url, init) => {
      const request = { method: init.method ?? 'GET', url, body: typeof init.body === 'string' ? init.body : '' }
      told.push(request)
      return town.answer(request)
    },
    now: () => new Date(clock.at),
    newId: () => {
      ids += 1
      return `id-${ids}`
    },
    publicUrl: 'http://127.0.0.1:8787',
    accounts: { vnpay: [vnpayAccount], momo: [momoAccount] },
    ...options,
  })
  const app = new Hono().route('/simulators', sim.app)
  const post = (path: string, body: unknown) =>
    app.request(`/simulators/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const fault = async (provider: string, body: object) => (await post(`${provider}/faults`, body)).status
  const complete = async (provider: string, reference: string, body: object = { result: 'success' }) => {
    const response = await post(`${provider}/payments/${reference}/complete`, body)
    return { http: response.status, ...(await response.json()) }
  }
  return Object.assign(town, { sim, app, post, fault, complete })
}

export type Town = ReturnType<typeof openTown>

export const hmac = (hash: 'sha256' | 'sha512', secret: string, text: string) =>
  createHmac(hash, secret).update(text, 'utf8').digest('hex')

export const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex')

/** The signed payment address of a VNPAY request; `change` overrides parameters before signing. */
export const vnpayUrl = (change: Record<string, string> = {}, secret = vnpayAccount.hash_secret): string => {
  const params: Record<string, string> = {
    vnp_Version: '2.1.0',
    vnp_Command: 'pay',
    vnp_TmnCode: vnpayAccount.tmn_code,
    vnp_Amount: '15000000',
    vnp_CreateDate: '20261120100000',
    vnp_CurrCode: 'VND',
    vnp_ExpireDate: '20261120101500',
    vnp_IpAddr: '203.0.113.10',
    vnp_Locale: 'vn',
    vnp_OrderInfo: 'Nop le phi ho so HS0001',
    vnp_OrderType: 'other',
    vnp_ReturnUrl: 'https://merchant.example.vn/returns/vnpay/mac_1',
    vnp_TxnRef: 'HS1',
    ...change,
  }
  const sent = Object.entries(params).filter(([, value]) => value !== '')
  const sorted = sent.sort(([a], [b]) => (a < b ? -1 : 1))
  const text = new URLSearchParams(sorted).toString()
  return `/simulators/vnpay/paymentv2/vpcpay.html?${text}&vnp_SecureHash=${hmac('sha512', secret, text)}`
}

/** Opens VNPAY payments, one per reference. */
export const openVnpay = async (town: Town, ...references: string[]) => {
  for (const reference of references) await town.app.request(vnpayUrl({ vnp_TxnRef: reference }))
}

let requests = 0
/** A request id that no earlier call of this process had. */
export const newRequestId = () => {
  requests += 1
  return `rq${requests}`
}

const vnpayCall = async (town: Town, fields: Record<string, string>, signed: string[]) => {
  const text = signed.map((name) => fields[name] ?? '').join('|')
  const body = { vnp_SecureHash: hmac('sha512', vnpayAccount.hash_secret, text), ...fields }
  return town.post('vnpay/merchant_webapi/api/transaction', body)
}

const vnpayHead = {
  vnp_Version: '2.1.0',
  vnp_TmnCode: vnpayAccount.tmn_code,
  vnp_TxnRef: 'HS1',
  vnp_TransactionDate: '20261120100000',
  vnp_CreateDate: '20261120103000',
  vnp_IpAddr: '198.51.100.7',
  vnp_OrderInfo: 'Truy van HS1',
}

export const vnpayQueryRaw = (town: Town, change: Record<string, string> = {}) =>
  vnpayCall(town, { ...vnpayHead, vnp_RequestId: newRequestId(), vnp_Command: 'querydr', ...change }, [
    'vnp_RequestId',
    'vnp_Version',
    'vnp_Command',
    'vnp_TmnCode',
    'vnp_TxnRef',
    'vnp_TransactionDate',
    'vnp_CreateDate',
    'vnp_IpAddr',
    'vnp_OrderInfo',
  ])

export const vnpayQuery = async (town: Town, change: Record<string, string> = {}): Promise<Record<string, string>> =>
  (await vnpayQueryRaw(town, change)).json()

export const vnpayRefundRaw = (town: Town, change: Record<string, string> = {}) =>
  vnpayCall(
    town,
    {
      ...vnpayHead,
      vnp_RequestId: newRequestId(),
      vnp_Command: 'refund',
      vnp_TransactionType: '02',
      vnp_Amount: '15000000',
      vnp_TransactionNo: '',
      vnp_CreateBy: 'ketoan01',
      ...change,
    },
    [
      'vnp_RequestId',
      'vnp_Version',
      'vnp_Command',
      'vnp_TmnCode',
      'vnp_TransactionType',
      'vnp_TxnRef',
      'vnp_Amount',
      'vnp_TransactionNo',
      'vnp_TransactionDate',
      'vnp_CreateBy',
      'vnp_CreateDate',
      'vnp_IpAddr',
      'vnp_OrderInfo',
    ],
  )

export const vnpayRefund = async (town: Town, change: Record<string, string> = {}): Promise<Record<string, string>> =>
  (await vnpayRefundRaw(town, change)).json()

const momoKeys: Record<string, string[]> = {
  create: [
    'amount',
    'extraData',
    'ipnUrl',
    'orderId',
    'orderInfo',
    'partnerCode',
    'redirectUrl',
    'requestId',
    'requestType',
  ],
  query: ['orderId', 'partnerCode', 'requestId'],
  refund: ['amount', 'description', 'orderId', 'partnerCode', 'requestId', 'transId'],
  confirm: ['amount', 'description', 'orderId', 'partnerCode', 'requestId', 'requestType'],
}

const momoDefaults: Record<string, object> = {
  create: {
    orderId: 'DVC-1',
    amount: 50_000,
    orderInfo: 'Lệ phí hồ sơ DVC-1',
    redirectUrl: 'https://merchant.example.vn/returns/momo/mac_2',
    ipnUrl: 'https://merchant.example.vn/callbacks/momo/mac_2',
    requestType: 'captureWallet',
    extraData: '',
  },
  query: { orderId: 'DVC-1' },
  refund: { orderId: 'RF-1', amount: 50_000, transId: 0, description: '' },
  confirm: { orderId: 'DVC-1', amount: 50_000, requestType: 'capture', description: '' },
}

/** A signed MoMo call; a `signature` in `change` replaces the true one. */
export const momoRaw = (town: Town, kind: 'create' | 'query' | 'refund' | 'confirm', change: object = {}) => {
  const head = { partnerCode: momoAccount.partner_code, requestId: newRequestId(), lang: 'vi' }
  const body: Record<string, unknown> = { ...head, ...momoDefaults[kind], ...change }
  const pairs = (momoKeys[kind] ?? []).map((key) => `${key}=${body[key] ?? ''}`)
  const text = [`accessKey=${momoAccount.access_key}`, ...pairs].join('&')
  return town.post(`momo/v2/gateway/api/${kind}`, {
    signature: hmac('sha256', momoAccount.secret_key, text),
    ...body,
  })
}

interface MomoAnswer {
  http: number
  resultCode: number
  transId: number
  payUrl: string
  [field: string]: unknown
}

export const momo = async (
  town: Town,
  kind: 'create' | 'query' | 'refund' | 'confirm',
  change: object = {},
): Promise<MomoAnswer> => {
  const response = await momoRaw(town, kind, change)
  return { http: response.status, ...(await response.json()) }
}

/** True when the address carries the vnp_ hash that the account's secret makes. */
export const isVnpaySigned = (url: string): boolean => {
  const params = new URL(url).searchParams
  const pairs = [...params].filter(
    ([name, value]) => name.startsWith('vnp_') && name !== 'vnp_SecureHash' && value !== '',
  )
  const text = new URLSearchParams(pairs.sort(([a], [b]) => (a < b ? -1 : 1))).toString()
  return params.get('vnp_SecureHash') === hmac('sha512', vnpayAccount.hash_secret, text)
}

const resultKeys =
  'amount extraData message orderId orderInfo orderType partnerCode payType requestId responseTime resultCode transId'.split(
    ' ',
  )

/** True when the fields of an IPN or redirect carry MoMo's signature. */
export const isMomoSigned = (fields: Record<string, unknown>): boolean => {
  const pairs = resultKeys.map((key) => `${key}=${fields[key] ?? ''}`)
  const text = [`accessKey=${momoAccount.access_key}`, ...pairs].join('&')
  return fields.signature === hmac('sha256', momoAccount.secret_key, text)
}
