/** The order that Payoo is sent: XML, made once, hashed and sent as the same text. */
import { nfc } from '../../lib/text.ts'
import { formatStamp, formatVietnamese } from '../../lib/time.ts'
import { escapeXml } from '../../lib/xml.ts'
import { type Payment, ProviderError } from '../contract.ts'
import { type Account, limits } from './account.ts'
import { orderCheckSum } from './signature.ts'

/** The body of `order/create`. Throws `rejected` for what the protocol cannot carry; then nothing was sent. */
export const createBody = (payment: Payment, account: Account): { data: string; checksum: string; refer: string } => {
  const data = orderXml(payment, account)
  return { data, checksum: orderCheckSum(data, account.checksum_key), refer: account.shop_domain }
}

/** A reference that fits: without points and bars, one signing text has one reading. */
export const isReference = (text: string): boolean => /^[0-9A-Za-z_-]{1,50}$/.test(text)

/** An order's description is form-encoded, and longer than 50 characters before that. */
export const orderDescription = ({ description, merchantReference }: Payment): string => {
  const shown = nfc(description.slice(0, 2_000).toWellFormed())
    .replace(/[|\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, 150)
    .toWellFormed()
    .trim()
  const long = `${shown || 'Thanh toán phí, lệ phí'} - mã giao dịch ${merchantReference} - dịch vụ công trực tuyến`
  return encodeURIComponent(long)
    .replaceAll('%20', '+')
    .replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

const orderXml = (payment: Payment, account: Account): string => {
  const { merchantReference, amount } = payment
  if (amount < limits.minimum || amount > limits.maximum) {
    throw new ProviderError('rejected', `Payoo takes ${limits.minimum} to ${limits.maximum} đồng here`, {
      code: 'amount_outside_provider_limits',
    })
  }
  if (!isReference(merchantReference)) {
    throw new ProviderError('rejected', 'an order_no at Payoo is 1 to 50 letters, digits, dashes and underscores')
  }
  const members: readonly [string, string][] = [
    ['session', merchantReference],
    ['username', account.business_username],
    ['shop_id', account.shop_id],
    ['shop_title', account.shop_title],
    ['shop_domain', account.shop_domain],
    ['shop_back_url', payment.returnUrl],
    ['order_no', merchantReference],
    ['order_cash_amount', String(amount)],
    // A fee is delivered when it is paid.
    ['order_ship_date', formatVietnamese(payment.createdAt).slice(-10)],
    ['order_ship_days', '0'],
    ['order_description', orderDescription(payment)],
    ['validity_time', formatStamp(payment.expiresAt)],
    ['notify_url', payment.callbackUrl],
  ]
  const customer: readonly [string, string][] = [
    ['name', (payment.bill?.payer.name ?? '').slice(0, 150)],
    ['phone', account.customer_phone ?? ''],
    ['email', account.customer_email ?? ''],
  ]
  return element('shops', element('shop', elements(members) + element('customer', elements(customer))))
}

const element = (name: string, content: string): string => `<${name}>${content}</${name}>`
const elements = (members: readonly [string, string][]): string =>
  members.map(([name, value]) => element(name, escapeXml(value))).join('')
