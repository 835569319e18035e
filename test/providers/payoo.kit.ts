/** Payoo's own side for the conformance suite, an order that was paid online, with a signer and a writer of XML of its own. */
import { createHash } from 'node:crypto'
import type { Account, CallbackMessage, CallbackSpec, Field, ProviderKit, Said } from './kit.ts'

const account = {
  business_username: 'lephi_BizAPI',
  shop_id: '9001',
  shop_title: 'LePhi Kit',
  shop_domain: 'https://gateway.example',
  checksum_key: 'made-up-key-of-the-kit-0001',
  api_url: 'https://payoo.example/v2/paynow',
}

const sha512 = (text: string): string => createHash('sha512').update(text, 'utf8').digest('hex')
const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** Name in `KeyFields`, and the tag of the order's XML in which its value stands. */
const tags: readonly [key: string, tag: string][] = [
  ['PaymentMethod', 'PaymentMethod'],
  ['State', 'State'],
  ['Session', 'session'],
  ['BusinessUsername', 'username'],
  ['ShopID', 'shop_id'],
  ['ShopTitle', 'shop_title'],
  ['OrderNo', 'order_no'],
  ['OrderCashAmount', 'order_cash_amount'],
  ['ShippingDays', 'order_ship_days'],
  ['OrderDescription', 'order_description'],
  ['PaymentExpireDate', 'validity_time'],
]
const outerNames = ['KeyFields', 'Signature', 'PayooSessionID']

const states: Record<Said, string> = {
  ...{ captured: 'PAYMENT_RECEIVED', pending: 'PAYMENT_PROCESSING' },
  ...{ failed: 'PAYMENT_PROCESSING', unknown_code: 'PAYMENT_DREAMT' },
}

const fieldsOf = ({ says, merchantReference, amount, providerReference }: CallbackSpec): Field[] => [
  ['PayooSessionID', providerReference],
  ['KeyFields', tags.map(([key]) => key).join('|')],
  ['session', merchantReference],
  ['username', account.business_username],
  ['shop_id', account.shop_id],
  ['shop_title', account.shop_title],
  ['order_no', merchantReference],
  ['order_cash_amount', String(amount)],
  ['order_ship_days', '0'],
  ['order_description', 'L%E1%BB%87+ph%C3%AD+%26+ph%C3%AD+100%25'],
  ['validity_time', '20261122101500'],
  ['State', states[says]],
  ['PaymentMethod', 'E_WALLET'],
]

const sign = (fields: readonly Field[], signer: Account): Field[] => {
  const values = new Map(fields)
  const names = (values.get('KeyFields') ?? '').split('|')
  const signed = names.map((name) => {
    const value = values.get(tags.find(([key]) => key === name)?.[1] ?? '') ?? ''
    return name === 'OrderDescription' ? new URLSearchParams(`x=${value}`).get('x') : value
  })
  return [...fields, ['Signature', sha512([signer.checksum_key, ...signed].join('|')).toUpperCase()]]
}

/** The form that Payoo posts: XML, and in it base64 of XML. */
export const sendNotice = (fields: readonly Field[]): URLSearchParams => {
  const element = ([name, value]: Field) => `<${name}>${escapeText(value)}</${name}>`
  const own = fields.filter(([name]) => outerNames.includes(name))
  const shop = fields.filter(([name]) => !outerNames.includes(name) && !/^[A-Z]/.test(name)).map(element)
  const beside = fields.filter(([name]) => !outerNames.includes(name) && /^[A-Z]/.test(name)).map(element)
  const inner = `<?xml version="1.0" encoding="utf-8"?><PaymentNotification><shops><shop>${shop.join('')}</shop></shops>${beside.join('')}</PaymentNotification>`
  const data = element(['Data', Buffer.from(inner, 'utf8').toString('base64')])
  const outer = `<PayooConnectionPackage xmlns:xsd="http://www.w3.org/2001/XMLSchema">${data}${own.map(element).join('')}</PayooConnectionPackage>`
  return new URLSearchParams({ NotifyData: outer })
}

/** What the gateway posted, as Payoo reads it; throws where Payoo would refuse. */
const readOrder = (body: string, secret: unknown) => {
  const { data, checksum, refer }: Record<string, unknown> = JSON.parse(body)
  const xml = String(data)
  if (checksum !== sha512(`${secret}${xml}`)) throw new Error('Payoo would refuse this checksum')
  if (refer !== account.shop_domain) throw new Error('Payoo would refuse this domain')
  const value = (tag: string) => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1] ?? ''
  return { value, xml }
}

const stampAsTime = (stamp: string): Date =>
  new Date(stamp.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6+07:00'))

const online: CallbackMessage = {
  fields: fieldsOf,
  sign,
  send: (fields) => ({
    method: 'POST',
    search: '',
    headers: new Headers({ 'content-type': 'application/x-www-form-urlencoded' }),
    body: new TextEncoder().encode(String(sendNotice(fields))),
  }),
  // Absent shipping days are signed as 0, which they are; the description is signed decoded.
  signedFields: tags.map(([, tag]) => tag).filter((tag) => tag !== 'order_ship_days' && tag !== 'order_description'),
  signatureField: 'Signature',
  referenceField: 'order_no',
  amountField: 'order_cash_amount',
  accountField: 'shop_id',
  amountScale: 1n,
  signatureCase: 'any',
  // The one free text is our own description, and no value may hold the separator: payoo.test.ts.
  textField: null,
  optionalField: null,
  isOrderFree: true,
  canRepeat: true,
  tellsFailure: false,
  tellsTime: false,
  // Its number, PayooSessionID, is not signed.
  providerReference: () => null,
  unsignedFields: [{ name: 'PayooSessionID', values: ['', '1', 'PAYMENT_RECEIVED', '99999999'] }],
  badAmounts: ['1e5', '0150000', '150000.0', '+150000', ' 150000', '150,000', '1000000000000000'],
}

/** Paid at a shop: fewer fields are signed, under their own names, and a billing code is among them. */
const shopKeys = ['State', 'ShopID', 'OrderNo', 'OrderCashAmount', 'ShippingDays', 'BillingCode']
const atShop: CallbackMessage = {
  ...online,
  fields: ({ says, merchantReference, amount, providerReference }) => [
    ['PayooSessionID', providerReference],
    ['KeyFields', shopKeys.join('|')],
    ['BillingCode', '8885159'],
    ['OrderNo', merchantReference],
    ['OrderCashAmount', String(amount)],
    ['ShopId', account.shop_id],
    ['State', states[says]],
  ],
  sign: (fields, signer) => {
    const values = new Map(fields)
    // There is no such element, which counts as 0.
    const signed = shopKeys.map(
      (key) => values.get(key === 'ShopID' ? 'ShopId' : key) ?? (key === 'ShippingDays' ? '0' : ''),
    )
    return [...fields, ['Signature', sha512([signer.checksum_key, ...signed].join('|')).toUpperCase()]]
  },
  signedFields: ['State', 'ShopId', 'OrderNo', 'OrderCashAmount', 'BillingCode'],
  referenceField: 'OrderNo',
  amountField: 'OrderCashAmount',
  accountField: 'ShopId',
}

export const kit: ProviderKit = {
  account,
  accountWithOtherSecrets: { ...account, checksum_key: 'made-up-key-of-the-kit-0002' },
  wrongAccounts: [
    { account: { ...account, business_username: '' }, pointer: '/business_username' },
    { account: { ...account, shop_id: 'a|b' }, pointer: '/shop_id' },
    { account: { ...account, shop_title: 'A|B' }, pointer: '/shop_title' },
    { account: { ...account, shop_domain: 'gateway.example' }, pointer: '/shop_domain' },
    { account: { ...account, checksum_key: 'short' }, pointer: '/checksum_key' },
    { account: { ...account, api_url: 'https://payoo.example/?a=1' }, pointer: '/api_url' },
    { account: { ...account, key_fields: 'State|OrderNo' }, pointer: '/key_fields' },
    { account: { ...account, key_fields: 'State|OrderNo|State' }, pointer: '/key_fields' },
    { account: { ...account, key_fields: 'State|OrderNo|OrderCashAmount,State' }, pointer: '/key_fields' },
    { account: { ...account, customer_phone: 'none' }, pointer: '/customer_phone' },
    { account: { ...account, customer_email: 'none' }, pointer: '/customer_email' },
  ],
  memo: {},
  start: {
    answer: (payment) => {
      const payment_url = `https://payoo.example/pay/${payment.merchantReference}`
      return Response.json({ result: 'success', order: { payment_url } })
    },
    read: (started, calls, signer) => {
      const [call] = calls
      if (call?.url !== 'https://payoo.example/v2/paynow/order/create' || started.action.type !== 'redirect')
        throw new Error('Payoo is asked for a link')
      const { value } = readOrder(call.body, signer.checksum_key)
      const text = new URLSearchParams(`x=${value('order_description')}`).get('x') ?? ''
      const isComplete = value('session') === value('order_no') && text.length > 50 && value('shop_id') === '9001'
      return {
        isSigned: isComplete && started.action.url === `https://payoo.example/pay/${value('order_no')}`,
        merchantReference: value('order_no'),
        amount: BigInt(value('order_cash_amount')),
        expiresAt: stampAsTime(value('validity_time')),
        text,
      }
    },
  },
  callback: online,
  otherCallbacks: { shop: atShop },
  returning: {
    fields: ({ merchantReference, says }) => [
      ['session', merchantReference],
      ['order_no', merchantReference],
      ['status', says === 'captured' ? '1' : '0'],
    ],
    sign: (fields, signer) => {
      const values = fields.map(([, value]) => value)
      return [...fields, ['checksum', sha512(signer.checksum_key + values.join('.'))]]
    },
    send: (fields) => ({
      method: 'GET',
      search: String(new URLSearchParams(fields.map(([name, value]) => [name, value]))),
      headers: new Headers(),
      body: new Uint8Array(),
    }),
    signedFields: ['session', 'order_no', 'status'],
    signatureField: 'checksum',
    referenceField: 'order_no',
    amountField: 'status',
    accountField: null,
  },
  answers: {
    accepted: { status: 200, body: 'NOTIFY_RECEIVED' },
    already_confirmed: { status: 200, body: 'NOTIFY_RECEIVED' },
    amount_mismatch: { status: 200, body: 'NOTIFY_RECEIVED' },
    unknown_order: { status: 404, body: 'ORDER_NOT_FOUND' },
    unknown_account: { status: 404, body: 'SHOP_NOT_FOUND' },
    forged: { status: 400, body: 'INVALID_SIGNATURE' },
    malformed: { status: 400, body: 'INVALID_DATA' },
    try_again: { status: 500, body: 'TRY_AGAIN' },
  },
  personalFields: ['NotifyData', 'data', 'customer', 'payment_url'],
}
