/** What KeyPay's answers to our calls mean: the link of a created payment, and the state of one that is asked for. */
import { type JsonAnswer, postJson } from '../call.ts'
import { type FetchPort, type Payment, ProviderError, type QueryAnswer, type Started } from '../contract.ts'
import { readAmount, wireText } from '../json-fields.ts'
import type { Account } from './account.ts'
import { readMember, signedDetail } from './messages.ts'
import { checkSum, isSigned } from './signature.ts'

/**
 * The link of a created payment: `payment_url`, in the pay-later form `data.url_pay`. The answer is not signed; TLS protects it. Any other `error` than 0 gave
 * the payer no address, so no money can come of it: `rejected`.
 */
export const startedPayment = (
  { json }: JsonAnswer,
  { account, memo }: { account: Account; memo: Started['memo'] },
) => {
  const error = wireText(json.error) ?? ''
  if (!/^-?[0-9A-Za-z_]{1,20}$/.test(error))
    throw new ProviderError('malformed', 'the answer of KeyPay has no error code')
  if (error !== '0') throw new ProviderError('rejected', 'KeyPay refused the payment', { code: error })
  const url = readMember(json, 'payment_url') || readMember(json, 'data.url_pay') || ''
  return {
    action: { type: 'redirect' as const, url: checkedUrl(url, account) },
    providerReference: null,
    memo: memo ?? {},
  }
}

/** Asks for a payment. Throws `rejected` and sends nothing while the account does not say how the answer is read. */
export const askForPayment = async (
  payment: Payment,
  { account, fetch }: { account: Account; fetch: FetchPort },
): Promise<QueryAnswer> => {
  const reading = detailReading(account)
  const signed = signedDetail(payment, { account, command: reading.command })
  const body = { ...signed, check_sum: checkSum('detail', signed, account.client_key_1) }
  const answer = await postJson(fetch, reading.url, body)
  checkAnswer(answer, { account, signed })
  return readDetail(answer.json, { payment, account, reading })
}

type Reading = { url: string; command: string; statusField: string; paidValue: string; amountField: string }

const detailReading = (account: Account): Reading => {
  const { detail_url: url, detail_command: command, detail_status_field: statusField } = account
  const { detail_paid_value: paidValue, detail_amount_field: amountField } = account
  if (url && command && statusField && paidValue && amountField) {
    return { url, command, statusField, paidValue, amountField }
  }
  throw new ProviderError('rejected', "the account does not say how KeyPay's detail answer is read", {
    code: 'detail_not_configured',
  })
}

/**
 * The answer is signed over our client, the command and the reference only. What it repeats of them must be ours, so that no answer about another payment is
 * read as one about this. Unsigned ones are errors of some kind, which settle nothing.
 */
const checkAnswer = (
  { status, json }: JsonAnswer,
  { account, signed }: { account: Account; signed: ReturnType<typeof signedDetail> },
): void => {
  const received = readMember(json, account.detail_check_sum_field) ?? ''
  if (received === '') {
    const isRefusal = status >= 400
    const message = isRefusal ? 'KeyPay refused the question' : 'the answer of KeyPay is not signed'
    throw new ProviderError(isRefusal ? 'rejected' : 'unknown', message, { code: `http_${status}` })
  }
  if (!isSigned('detail', signed, { received, key: account.client_key_2 })) {
    throw new ProviderError('forged', 'the check sum of the answer does not hold')
  }
  const container = account.detail_check_sum_field.split('.').slice(0, -1)
  for (const [name, value] of Object.entries(signed)) {
    const told = readMember(json, [...container, name].join('.'))
    if (told !== null && told !== value)
      throw new ProviderError('forged', `${name} of the answer is not the signed one`)
  }
}

const readDetail = (
  json: Record<string, unknown>,
  { payment, account, reading }: { payment: Payment; account: Account; reading: Reading },
): QueryAnswer => {
  const code = readMember(json, reading.statusField) ?? ''
  if (code === '' || code.length > 50) {
    throw new ProviderError('malformed', 'the answer has no state under the configured name')
  }
  if (code === account.detail_unknown_value) return { known: false, outcomes: [] }
  const common = { merchantReference: payment.merchantReference, occurredAt: null, code }
  if (code !== reading.paidValue) {
    const status = code === account.detail_failed_value ? 'failed' : 'pending'
    return { known: true, outcomes: [{ ...common, providerReference: null, status, subject: 'payment' }] }
  }
  const amount = readAmount(readMember(json, reading.amountField) ?? '')
  if (amount === null) throw new ProviderError('malformed', 'the amount of the answer is no amount of money')
  return {
    known: true,
    outcomes: [{ ...common, providerReference: numberOf(json, account), status: 'captured', amount }],
  }
}

/** KeyPay's own number of the payment, where the account says how it is called; null otherwise. */
const numberOf = (json: Record<string, unknown>, { detail_reference_field: path }: Account): string | null => {
  const number = path === undefined ? null : readMember(json, path)
  return number !== null && /^[!-~]{1,100}$/.test(number) ? number : null
}

const checkedUrl = (text: string, account: Account): string => {
  const protocol = text.length <= 4096 && URL.canParse(text) ? new URL(text).protocol : ''
  if (protocol === 'https:' || (protocol === 'http:' && account.create_url.startsWith('http:'))) return text
  throw new ProviderError('malformed', 'the payment address of the answer is none')
}
