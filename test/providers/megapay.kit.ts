/** MegaPay's own side for the conformance suite, written from its page with a hasher of its own. */
import { createHash } from 'node:crypto'
import type { IncomingRequest } from '../../src/providers/contract.ts'
import type { Account, Call, CallbackSpec, Field, ProviderKit, Said } from './kit.ts'

const account = {
  mer_id: 'LABMER0001',
  encode_key: 'made+up/encode/Key==01',
  refund_password: 'made-up-refund-password-01',
  pay_url: 'https://megapay.example/pg_was/order/init.do',
  status_url: 'https://megapay.example/pg_was/order/trxStatus.do',
  cancel_url: 'https://megapay.example/pg_was/cancel/paymentCancel.do',
  pay_type: 'QR',
}

/** Values one after the other, the key last. */
export const token = (values: readonly unknown[], key: unknown): string =>
  createHash('sha256')
    .update([...values.map((value) => value ?? ''), key].join(''), 'utf8')
    .digest('hex')

const resultNames = ['resultCd', 'timeStamp', 'merTrxId', 'trxId', 'merId', 'amount', 'payToken', 'userFee']

/** The token of a result: payToken and userFee where they are there, a fee only above 0. `at` is the prefix of nested members. */
export const signResult =
  (at = '') =>
  (fields: readonly Field[], signer: Account): Field[] => {
    const values = new Map(fields)
    const names = Number(values.get(`${at}userFee`) || 0) > 0 ? resultNames : resultNames.slice(0, -1)
    const hash = token(
      names.map((name) => values.get(`${at}${name}`)),
      signer.encode_key,
    )
    return [...fields, [`${at}merchantToken`, hash]]
  }

const codes: Record<Said, string> = {
  ...{ captured: '00_000', failed: 'DC_103', pending: '00_005', unknown_code: '99_777' },
}

export const resultFields = (
  { says, merchantReference, amount, providerReference }: CallbackSpec,
  at = '',
): Field[] => [
  [`${at}resultCd`, codes[says]],
  [`${at}resultMsg`, 'Giao dịch thành công'],
  [`${at}timeStamp`, '1795316529000'],
  [`${at}merTrxId`, merchantReference],
  [`${at}trxId`, providerReference],
  [`${at}merId`, account.mer_id],
  [`${at}amount`, String(amount)],
  [`${at}invoiceNo`, merchantReference],
  [`${at}goodsNm`, 'Lệ phí đăng ký khai sinh'],
  [`${at}payType`, 'QR'],
  [`${at}payToken`, ''],
  [`${at}userFee`, '0'],
  [`${at}currency`, 'VND'],
]

const form = (fields: readonly Field[]): string =>
  fields.map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll('%20', '+')}`).join('&')

const message = {
  fields: (spec: CallbackSpec): Field[] => resultFields(spec),
  sign: signResult(),
  signedFields: ['resultCd', 'timeStamp', 'merTrxId', 'trxId', 'merId', 'amount'],
  signatureField: 'merchantToken',
  referenceField: 'merTrxId',
  amountField: 'amount',
  accountField: 'merId',
}

const sendIpn = (fields: readonly Field[]): IncomingRequest => ({
  method: 'POST',
  search: '',
  headers: new Headers({ 'content-type': 'application/x-www-form-urlencoded' }),
  body: new TextEncoder().encode(form(fields)),
})

/** JSON in which `data.x` is a member of `data`. */
const json = (fields: readonly Field[]): Response => {
  const outer = fields.filter(([name]) => !name.startsWith('data.'))
  const inner = fields.filter(([name]) => name.startsWith('data.')).map(([name, value]) => [name.slice(5), value])
  const body = { ...Object.fromEntries(outer), ...(inner.length > 0 ? { data: Object.fromEntries(inner) } : {}) }
  return new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } })
}

/** A call's form as MegaPay reads it; throws for another address, and where a hash does not hold. */
const readCall = (call: Call, kind: 'status' | 'cancel'): Record<string, string> => {
  const body: Record<string, string> = Object.fromEntries(new URLSearchParams(call.body))
  const { timeStamp, merTrxId, merId, trxId, amount } = body
  if (call.url !== account[`${kind}_url`] || call.method !== 'POST') throw new Error('no such call')
  const values = kind === 'status' ? [timeStamp, merTrxId, merId] : [timeStamp, merTrxId, trxId, merId, amount]
  if (body.merchantToken !== token(values, account.encode_key)) throw new Error('MegaPay would refuse this token')
  if (kind === 'cancel' && body.hash !== token([merTrxId, account.refund_password], account.encode_key))
    throw new Error('MegaPay would refuse this hash')
  return body
}

export const kit: ProviderKit = {
  account,
  accountWithOtherSecrets: {
    ...account,
    encode_key: 'made+up/encode/Key==02',
    refund_password: 'made-up-refund-password-02',
  },
  wrongAccounts: [
    { account: { ...account, mer_id: '' }, pointer: '/mer_id' },
    { account: { ...account, mer_id: 'LAB|1' }, pointer: '/mer_id' },
    { account: { ...account, encode_key: 'short' }, pointer: '/encode_key' },
    { account: { ...account, refund_password: 'has a space' }, pointer: '/refund_password' },
    { account: { ...account, pay_url: 'megapay.example' }, pointer: '/pay_url' },
    { account: { ...account, status_url: 'ftp://megapay.example' }, pointer: '/status_url' },
    { account: { ...account, cancel_url: 'https://megapay.example/?a=1' }, pointer: '/cancel_url' },
    { account: { ...account, pay_type: 'CASH' }, pointer: '/pay_type' },
    { account: { ...account, cancel_pay_type: 'VA' }, pointer: '/cancel_pay_type' },
    { account: { ...account, window_color: 'red' }, pointer: '/window_color' },
    { account: { ...account, amount_minimum: 0 }, pointer: '/amount_minimum' },
  ],
  memo: {},
  start: {
    answer: null,
    read: ({ action }, _calls, signer) => {
      if (action.type !== 'form') throw new Error('the browser posts a form to MegaPay')
      const { timeStamp, merTrxId = '', merId, amount = '', goodsNm = '', description = '' } = action.fields
      const isWhole =
        action.url === account.pay_url &&
        action.fields.currency === 'VND' &&
        merTrxId.length <= 50 &&
        (action.fields.invoiceNo ?? '').length <= 40 &&
        [goodsNm, description].every((text) => /^[\x20-\x7e]{1,100}$/.test(text) && !/[!@#$%&*<=>?^'"|]/.test(text)) &&
        Object.values(action.fields).every((value) => value !== '')
      return {
        isSigned:
          isWhole && action.fields.merchantToken === token([timeStamp, merTrxId, merId, amount], signer.encode_key),
        merchantReference: merTrxId,
        amount: /^[1-9][0-9]*$/.test(amount) ? BigInt(amount) : -1n,
        expiresAt: null,
        text: description,
      }
    },
  },
  callback: {
    ...message,
    send: sendIpn,
    amountScale: 1n,
    signatureCase: 'any',
    textField: null,
    optionalField: { name: 'payToken', emptySignsAsAbsent: true },
    isOrderFree: true,
    canRepeat: true,
    // A code can be slid into, so whatever is no success only makes us ask (megapay.test.ts).
    tellsFailure: false,
    tellsTime: false,
    provesStoredAmount: true,
    badAmounts: [
      '1e5',
      '150000.0',
      '0150000',
      '+150000',
      '0x10',
      '150,000',
      '-0',
      '１５００００',
      '1000000000000000',
      '15 ',
    ],
    unsignedFields: [
      { name: 'resultMsg', values: ['', 'Giao dịch thất bại', '00_005'] },
      { name: 'goodsNm', values: ['', 'x'] },
      { name: 'payType', values: ['VA', ''] },
      { name: 'invoiceNo', values: ['LP9', ''] },
      { name: 'currency', values: ['USD', ''] },
      { name: 'userFee', values: ['', '00'] },
    ],
  },
  returning: {
    ...message,
    send: (fields) => ({ method: 'GET', search: form(fields), headers: new Headers(), body: new Uint8Array() }),
  },
  query: {
    ...message,
    tellsNotFound: false,
    fields: ({ call, ...spec }) => {
      readCall(call, 'status')
      const { says } = spec
      if (says === 'not_found') return [['resultCd', 'OR_140']]
      return [['resultCd', '00_000'], ['resultMsg', 'SUCCESS'], ...resultFields({ ...spec, says }, 'data.')]
    },
    sign: (fields, signer) =>
      fields.some(([name]) => name.startsWith('data.')) ? signResult('data.')(fields, signer) : [...fields],
    send: json,
    signedFields: message.signedFields.map((name) => `data.${name}`),
    signatureField: 'data.merchantToken',
    referenceField: 'data.merTrxId',
    amountField: 'data.amount',
    accountField: 'data.merId',
  },
  refund: {
    ...message,
    fields: ({ says, refund, providerReference, call }) => {
      readCall(call, 'cancel')
      const spec = { merchantReference: refund.merchantReference, amount: refund.amount, occurredAt: refund.createdAt }
      const [[, code], ...rest] = resultFields({ ...spec, says: 'captured', providerReference }) as [Field, ...Field[]]
      return [['resultCd', { accepted: code, refused: 'PG_ER1', unknown_code: '99_001' }[says]], ...rest]
    },
    send: json,
    // Public code checks the token of a success only.
    signatureField: null,
    acceptedMeans: 'refunded',
    read: (call) => {
      const { merTrxId = '', amount = '', trxId, payType } = readCall(call, 'cancel')
      if (trxId !== '14226112' || payType !== 'QR') throw new Error('a refund names the payment and how it was paid')
      return { reference: merTrxId, amount: BigInt(amount) }
    },
  },
  answers: {
    accepted: { status: 200, body: '{"result":"accepted"}' },
    already_confirmed: { status: 200, body: '{"result":"already_confirmed"}' },
    amount_mismatch: { status: 200, body: '{"result":"amount_mismatch"}' },
    unknown_order: { status: 404, body: '{"result":"unknown_order"}' },
    unknown_account: { status: 404, body: '{"result":"unknown_account"}' },
    forged: { status: 400, body: '{"result":"forged"}' },
    malformed: { status: 400, body: '{"result":"malformed"}' },
    try_again: { status: 503, body: '{"result":"try_again"}' },
  },
  personalFields: ['payToken', 'buyerEmail', 'buyerPhone', 'cancelPw'],
}
