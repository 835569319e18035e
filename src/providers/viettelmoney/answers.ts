/**
 * What Viettel answers when we ask: the inquiry and the refund. Their check sums cover the order and its state, neither amount nor number; the connection (TLS)
 * vouches for those, and the order is the one just asked about.
 */
import type { Outcome } from '../../domain/outcome.ts'
import { isGood, jsonAnswer, postForm } from '../call.ts'
import { type FetchPort, type Payment, ProviderError, type QueryAnswer, type Refund } from '../contract.ts'
import { wireText } from '../json-fields.ts'
import type { Account } from './account.ts'
import { isErrorCode, isPaymentStatus, standingOf } from './codes.ts'
import { isTransactionNumber } from './messages.ts'
import { checkSumField, type Fields, isSigned } from './signature.ts'

/** Posts one call and proves its answer: signed, in our name, about the order that was named. Throws as `postForm` and `jsonAnswer`. */
export const callViettel = async (
  { account, fetch }: { account: Account; fetch: FetchPort },
  kind: 'inquiryAnswer' | 'refundAnswer',
  form: Record<string, string>,
): Promise<Fields> => {
  const { status, json } = jsonAnswer(await postForm(fetch, account.api_url, form))
  const code = `http_${status}`
  if (!isGood(status)) throw new ProviderError('rejected', 'Viettel refused the call', { code })
  const fields = textsOf(json)
  // Whether error answers are signed is not documented, and anybody could write an unsigned one: it settles nothing.
  if ((fields[checkSumField] ?? '') === '') {
    if (Object.keys(json).length === 0) throw new ProviderError('malformed', 'the answer of Viettel is empty', { code })
    throw new ProviderError('unknown', 'the answer of Viettel is not signed', { code: codeOf(fields) })
  }
  if (!isSigned(kind, fields, account)) throw new ProviderError('forged', 'the check sum of the answer does not hold')
  for (const name of ['merchant_code', 'order_id', 'version']) {
    if (fields[name] !== form[name]) throw new ProviderError('malformed', `${name} of the answer is not ours`)
  }
  return fields
}

/**
 * What a proven answer to an inquiry says. The amount is ours: Viettel took no other one, for the redirect signs it and the check of the order did. -1 is
 * Viettel's word for an order at which nothing happened.
 */
export const inquiredPayment = (fields: Fields, { merchantReference, amount }: Payment): QueryAnswer => {
  const { payment_status = '', vt_transaction_id: number = '' } = fields
  if (!isPaymentStatus(payment_status)) throw new ProviderError('malformed', 'payment_status is not a code')
  const errorCode = codeOf(fields)
  const standing = standingOf({ errorCode, paymentStatus: payment_status })
  if (standing === 'nothing_yet') return { known: false, outcomes: [] }
  const common = { merchantReference, occurredAt: null, code: `${errorCode}/${payment_status}` }
  if (standing !== 'paid') {
    return { known: true, outcomes: [{ ...common, providerReference: null, status: standing, subject: 'payment' }] }
  }
  // Under two references one capture would look like two.
  if (!isTransactionNumber(number)) throw new ProviderError('malformed', 'a payment has no vt_transaction_id')
  return { known: true, outcomes: [{ ...common, providerReference: number, status: 'captured', amount }] }
}

/**
 * What a proven answer to a refund says. `00` takes the refund on; that its money has arrived is nowhere said, so only a statement or a person ends it. 01 and 02
 * refuse the call, 03 is Viettel's own trouble, and an unlisted code is pending: a refund is never sent twice.
 */
export const refundOutcome = (fields: Fields, { merchantReference }: Refund): Outcome => {
  const code = codeOf(fields)
  if (code === '01' || code === '02') throw new ProviderError('rejected', 'Viettel refused the refund', { code })
  if (code === '03') throw new ProviderError('unknown', 'Viettel could not carry out the refund', { code })
  const number = fields.refund_request_id ?? ''
  const providerReference = code === '00' && /^[A-Za-z0-9._-]{1,64}$/.test(number) ? number : null
  return { merchantReference, providerReference, occurredAt: null, code, status: 'pending', subject: 'refund' }
}

const codeOf = ({ error_code = '' }: Fields): string => (isErrorCode(error_code) ? error_code : '')

/** Members as the texts that they are signed as. Nested members are not read. */
const textsOf = (json: Record<string, unknown>): Fields =>
  Object.fromEntries(Object.entries(json).map(([name, value]) => [name, wireText(value) ?? '']))
