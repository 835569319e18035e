/** Viettel's wire shapes: the redirect, the inquiry, the refund, and how texts, references and amounts are written and read. */
import { asciiOnly, nfc } from '../../lib/text.ts'
import { limitsWithin } from '../account-fields.ts'
import { type Payment, ProviderError, type Refund } from '../contract.ts'
import { type Account, limits } from './account.ts'
import { signed } from './signature.ts'

const version = '2.0'

/** The address that the payer's browser is sent to. Throws `rejected` for what the protocol or the contract cannot carry. */
export const paymentUrl = (payment: Payment, account: Account): string => {
  const { minimum, maximum } = limitsWithin(limits)(account)
  if (payment.amount < minimum || payment.amount > maximum) {
    throw new ProviderError('rejected', "the amount is outside the contract's limits")
  }
  const fields = signed(
    'payment',
    {
      billcode: billcodeOf(payment),
      command: 'PAYMENT',
      merchant_code: account.merchant_code,
      order_id: reference(payment.merchantReference),
      trans_amount: String(payment.amount),
      version,
    },
    account,
  )
  const unsigned = {
    desc: shownText(payment.description) || payment.merchantReference,
    locale: 'Vi',
    return_url: payment.returnUrl,
    cancel_url: payment.returnUrl,
  }
  // A space as %20: whether the pay page takes + for one is not documented. A plus sign of the check sum is %2B already.
  return `${account.payment_url}?${new URLSearchParams({ ...fields, ...unsigned }).toString().replaceAll('+', '%20')}`
}

/** The form of an inquiry. */
export const inquiryForm = ({ merchantReference }: Payment, account: Account): Record<string, string> =>
  signed(
    'inquiry',
    {
      cmd: 'TRANS_INQUIRY',
      merchant_code: account.merchant_code,
      order_id: reference(merchantReference),
      version,
    },
    account,
  )

/** The form of a refund. Throws `rejected`, and nothing is sent, for a part of the payment and for a payment whose number is not known. */
export const refundForm = ({ amount, isFull, reason, payment }: Refund, account: Account): Record<string, string> => {
  if (!isFull) throw new ProviderError('rejected', 'Viettel returns whole payments only', { code: 'partial_refund' })
  if (amount < limits.minimum || amount > limits.maximum) {
    throw new ProviderError('rejected', 'the amount of the refund is outside the limits')
  }
  const originalRequestId = payment.providerReference ?? ''
  if (!isTransactionNumber(originalRequestId)) {
    throw new ProviderError('rejected', 'the payment has no vt_transaction_id', { code: 'no_transaction_id' })
  }
  const fields = {
    cmd: 'REFUND_PAYMENT',
    merchant_code: account.merchant_code,
    order_id: reference(payment.merchantReference),
    originalRequestId,
    refundType: '0',
    trans_amount: String(amount),
    trans_content: asciiOnly(reason.slice(0, 2000), /[A-Za-z0-9 .,:-]/).slice(0, 200) || 'Hoan tien',
    version,
  }
  return signed('refund', fields, account)
}

/** The bill that the payer sees: the dossier's code in the alphabet of a bill code where it fits whole, else the attempt's reference. */
export const billcodeOf = ({ dossierCode, merchantReference }: Payment): string => {
  const code = dossierCode.replace(/[ ./_-]/g, '')
  return isReference(code) ? code : merchantReference
}

/** Whether a text can be an `order_id` or a `billcode`: 20 letters and digits at most (README.md, V6). */
export const isReference = (text: string): boolean => /^[A-Za-z0-9]{1,20}$/.test(text)

/** Whether a text has the shape of every reference that this gateway makes: one length, so that its end is fixed in a text without separators. */
export const isOwnReference = (text: string): boolean => /^[A-Z0-9]{20}$/.test(text)

/** Digits: so they are in every sample, and only so can their border to the amount before them be checked. */
export const isTransactionNumber = (text: string): boolean => /^[0-9]{1,40}$/.test(text)

/**
 * A reference of 20 capitals and digits from an id of 26: its time (48 bits in the first ten characters) and its last 50 bits, of which 32 are random and 18 the
 * end of a counter. Of one source no two are equal; of two sources in one millisecond two are equal once in 2^50.
 */
export const newReference = (id: string): string => {
  const body = (id.split('_').at(-1) ?? '').toUpperCase().replace(/[^A-Z0-9]/g, '')
  return body.length <= 20 ? body : `${body.slice(0, 10)}${body.slice(-10)}`
}

const reference = (text: string): string => {
  if (isReference(text)) return text
  throw new ProviderError('rejected', 'order_id is 1 to 20 letters and digits')
}

/** Unsigned and shown to the payer. */
const shownText = (text: string): string =>
  nfc(text.slice(0, 2_000))
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, 200)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trim()
