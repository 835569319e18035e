/**
 * What payOS's answers mean. `data` is signed, `code` is not: success needs both, and an answer without a signature settles nothing. Refusals hold no
 * `data`, so TLS alone vouches for them; none of them is taken for a failed payment.
 */
import type { Outcome } from '../../domain/outcome.ts'
import { getJson, isGood, type JsonAnswer, postJson } from '../call.ts'
import { type FetchPort, type Payment, ProviderError, type QueryAnswer, type Started } from '../contract.ts'
import { readVietQr } from '../emv-qr.ts'
import type { Account } from './account.ts'
import { type CreateBody, createBody, orderCodeOf, readAmount, readCode, readReference, readTime } from './messages.ts'
import { dataText, isSigned, type Members } from './signature.ts'

type Calling = { account: Account; fetch: FetchPort }

/** Creates the payment link. Throws `rejected` where payOS refuses the call, and `unknown` where the link may exist all the same. */
export const createLink = async (payment: Payment, { account, fetch }: Calling): Promise<Started> => {
  const sent = createBody(payment, account)
  const url = `${baseOf(account)}/v2/payment-requests`
  const answer = await postJson(fetch, url, sent, { headers: headersOf(account) })
  const data = readData(answer, account)
  if (data) return startedPayment(data, sent, account)
  const code = codeOf(answer)
  // The order code is used, and each of ours is used once: an earlier copy of this very call arrived, or another system took it. The query decides.
  const mayExist = code === existsCode || answer.status === 409
  if (!mayExist && isRefusal(answer)) throw refusal(answer)
  throw new ProviderError('unknown', 'payOS did not decide whether there is a link', { code })
}

/** Asks for the link of our order code. Its own states and its transfers become outcomes. */
export const queryLink = async (payment: Payment, { account, fetch }: Calling): Promise<QueryAnswer> => {
  const orderCode = orderCodeOf(payment)
  const url = `${baseOf(account)}/v2/payment-requests/${orderCode}`
  const answer = await getJson(fetch, url, { headers: headersOf(account) })
  const data = readData(answer, account)
  if (data) return { known: true, outcomes: linkOutcomes(data, payment) }
  // A 404 in another shape is no word of payOS's: a wrong address, or something in between.
  const isNotFound = answer.status === 404 && readCode(answer.json.code) !== null
  if (codeOf(answer) === notFoundCode || isNotFound) return { known: false, outcomes: [] }
  if (isRefusal(answer)) throw refusal(answer)
  throw new ProviderError('unknown', 'payOS did not answer the query', { code: codeOf(answer) })
}

const existsCode = '231'
const notFoundCode = '101'
/** Bad parameters, invalid data, a wrong signature of ours. */
const refusalCodes: readonly string[] = ['01', '20', '201']

const baseOf = ({ api_url }: Account): string => api_url.replace(/\/+$/, '')

const headersOf = ({ client_id, api_key }: Account): Record<string, string> => ({
  'x-client-id': client_id,
  'x-api-key': api_key,
})

const codeOf = ({ status, json }: JsonAnswer): string => readCode(json.code) ?? `http_${status}`

const isRefusal = (answer: JsonAnswer): boolean => !isGood(answer.status) || refusalCodes.includes(codeOf(answer))

const refusal = (answer: JsonAnswer): ProviderError =>
  new ProviderError('rejected', 'payOS refused the call', { code: codeOf(answer) })

/**
 * The verified `data` of a success; null for an answer of any other code. Throws `unknown` for a success that is not signed, `forged` for a wrong
 * signature, `malformed` for one without data, and `unknown` for a success under an error's status.
 */
const readData = (answer: JsonAnswer, { checksum_key }: Account): Members | null => {
  const { code, data, signature } = answer.json
  if (readCode(code) === null) {
    if (!isGood(answer.status)) return null
    throw new ProviderError('malformed', 'the answer of payOS has no code')
  }
  if (code !== '00') return null
  if (!isGood(answer.status))
    throw new ProviderError('unknown', 'a success under an error status', { code: codeOf(answer) })
  if (!isMembers(data)) throw new ProviderError('malformed', 'the answer of payOS has no data')
  if (typeof signature !== 'string' || signature === '') {
    throw new ProviderError('unknown', 'the answer of payOS is not signed')
  }
  if (isSigned(dataText(data), { signature, checksumKey: checksum_key })) return data
  throw new ProviderError('forged', 'the signature of the answer does not hold')
}

/** The link as created: ours by order code and amount, its QR to the account that the answer names, its page on the host that the account allows. */
const startedPayment = (data: Members, sent: CreateBody, account: Account): Started => {
  checkThat(data.orderCode === sent.orderCode, 'orderCode of the answer is not that of the call')
  checkThat(data.amount === sent.amount, 'amount of the answer is not that of the call')
  checkThat(data.currency === 'VND', 'currency of the answer is not VND')
  const qr = readVietQr(typeof data.qrCode === 'string' ? data.qrCode : '')
  checkThat(qr.ok, 'qrCode of the answer is no VietQR')
  if (qr.ok) {
    checkThat(qr.bankBin === data.bin, 'the bank of qrCode is not that of the answer')
    checkThat(qr.account === data.accountNumber, 'the account of qrCode is not that of the answer')
    checkThat(qr.amount === BigInt(sent.amount), 'the amount of qrCode is not that of the call')
  }
  const link = linkIdOf(data.paymentLinkId)
  return {
    action: { type: 'redirect', url: checkoutUrl(data.checkoutUrl, account) },
    providerReference: link,
    memo: { payment_link_id: link },
  }
}

const checkoutUrl = (value: unknown, { checkout_host, api_url }: Account): string => {
  const text = typeof value === 'string' && value.length <= 2048 ? value : ''
  const url = URL.canParse(text) ? new URL(text) : null
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && api_url.startsWith('http:'))
  const isAllowed = url?.host === checkout_host.toLowerCase() && url.username === '' && url.password === ''
  if (isSafe && isAllowed) return text
  throw new ProviderError('malformed', 'checkoutUrl of the answer is not an address of the payment page')
}

/**
 * Money first: every transfer that the link lists is told, whatever its state. A link without transfers is what its state says; one that nobody listed
 * is pending. Throws `malformed` where the sum of the transfers is not what was paid, or the link is not the one that was started.
 */
const linkOutcomes = (data: Members, { merchantReference, memo }: Payment): Outcome[] => {
  checkThat(String(data.orderCode) === merchantReference, 'orderCode of the answer is not that of the call')
  const started = memo.payment_link_id
  checkThat(started === undefined || data.id === started, 'the answer is about another link')
  const code = readCode(data.status)
  if (code === null) throw new ProviderError('malformed', 'the link has no status')
  const transfers = readTransfers(data, merchantReference)
  if (transfers.length > 0) {
    return transfers.map((transfer) => ({ ...transfer, merchantReference, code, status: 'captured' as const }))
  }
  checkThat(code !== 'PAID', 'a paid link lists no transfer')
  const status = finalStates.includes(code) ? 'failed' : 'pending'
  return [{ merchantReference, providerReference: null, occurredAt: null, code, status, subject: 'payment' }]
}

/** PENDING, PROCESSING, UNDERPAID and whatever is new are open. */
const finalStates: readonly string[] = ['CANCELLED', 'EXPIRED', 'FAILED']

type Transfer = { providerReference: string; amount: bigint; occurredAt: Date | null }

const readTransfers = ({ transactions, amountPaid }: Members, orderCode: string): Transfer[] => {
  const list: unknown[] = Array.isArray(transactions) ? transactions : []
  const transfers = list.map((item) => {
    const { reference, amount, transactionDateTime } = isMembers(item) ? item : {}
    const [providerReference, value] = [readReference(reference, orderCode), readAmount(amount)]
    if (providerReference === null || value === null) {
      throw new ProviderError('malformed', 'a transfer of the link has no reference or no amount')
    }
    return { providerReference, amount: value, occurredAt: readTime(transactionDateTime) }
  })
  const isEachOnce = new Set(transfers.map(({ providerReference }) => providerReference)).size === transfers.length
  checkThat(isEachOnce, 'two transfers of the link have one reference')
  const total = transfers.reduce((sum, { amount }) => sum + amount, 0n)
  checkThat(Number.isSafeInteger(amountPaid) && BigInt(Number(amountPaid)) === total, 'the transfers do not add up')
  return transfers
}

const linkIdOf = (value: unknown): string => {
  if (typeof value === 'string' && /^[0-9A-Za-z_-]{16,64}$/.test(value)) return value
  throw new ProviderError('malformed', 'paymentLinkId of the answer has another shape')
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const checkThat = (holds: boolean, otherwise: string): void => {
  if (!holds) throw new ProviderError('malformed', otherwise)
}
