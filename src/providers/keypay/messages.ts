/** KeyPay's wire shapes, version 3: what we send, and how members are read. */
import { clip, nfc } from '../../lib/text.ts'
import { type Payment, ProviderError } from '../contract.ts'
import { wireText } from '../json-fields.ts'
import { receiptBlock } from '../receipt-block.ts'
import { type Account, limits } from './account.ts'
import { checkSum } from './signature.ts'

const version = '3.0'
/** What KeyPay adds to the address to which the browser returns is not known, so the address itself names the payment. */
const returnedField = 'payment'

/**
 * What is signed of a payment: amount and surcharge as we stored them, never as a message tells them. The surcharge is the one that was sent at start, whatever
 * the account says by now.
 */
export const signedPayment = (payment: Payment, { account, command }: { account: Account; command: string }) => ({
  addition_fee: payment.memo.addition_fee ?? String(account.addition_fee),
  client_id: account.client_id,
  command,
  trans_amount: String(payment.amount),
  transaction_id: payment.merchantReference,
  version,
})

/** The body of a create call. Throws `rejected` for what the protocol cannot carry; then nothing was sent. */
export const createBody = (payment: Payment, account: Account): Record<string, unknown> => {
  if (payment.amount < limits.minimum || payment.amount > limits.maximum) {
    throw new ProviderError('rejected', `KeyPay takes ${limits.minimum} to ${limits.maximum} đồng here`, {
      code: 'amount_outside_provider_limits',
    })
  }
  const signed = signedPayment(withReference(payment), { account, command: 'PAY' })
  const bill = receiptBlock(payment, { serviceSuffix: account.service_suffix ?? null })
  return {
    ...signed,
    description: shownText(payment.description) || `Thanh toan ${payment.merchantReference}`,
    ...{ locale: 'vn', country_code: 'vi', currency_code: 'VND', environment: account.environment },
    bill_info: account.bill_info_form === 'text' ? JSON.stringify(bill) : bill,
    return_url: `${payment.returnUrl}?${returnedField}=${payment.merchantReference}`,
    check_sum: checkSum('payment', signed, account.client_key_1),
  }
}

/** What is signed of a question about a payment, and of its answer. */
export const signedDetail = (payment: Payment, { account, command }: { account: Account; command: string }) => ({
  client_id: account.client_id,
  command,
  transaction_id: withReference(payment).merchantReference,
})

/** A reference that fits: KeyPay's own are 20 characters. */
export const isReference = (text: string): boolean => /^[0-9A-Za-z_-]{1,20}$/.test(text)

/** The reference in the address that was given out, whatever was put behind it; null where there is none. */
export const returnedReference = (search: string): string | null => {
  const named = new RegExp(`(?:^|[?&])${returnedField}=([0-9A-Za-z_-]{1,20})(?![0-9A-Za-z_-])`).exec(
    search.slice(0, 8192),
  )
  return named?.[1] ?? null
}

/** The member under a path such as `data.status`, as text; null when it is absent or neither text nor number. */
export const readMember = (json: Record<string, unknown>, path: string): string | null => {
  let value: unknown = json
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null
    value = Reflect.get(value, name)
  }
  return value === null ? null : wireText(value)
}

const withReference = (payment: Payment): Payment => {
  if (isReference(payment.merchantReference)) return payment
  throw new ProviderError('rejected', 'a transaction_id at KeyPay is 1 to 20 letters, digits, dashes and underscores')
}

const shownText = (text: string): string =>
  clip(
    nfc(text.slice(0, 2_000).toWellFormed())
      .replace(/[\s\p{C}]+/gu, ' ')
      .trim(),
    200,
  ).trim()
