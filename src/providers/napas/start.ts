/**
 * The way to NAPAS's page: a token, a data key for this order, and the form that the browser posts to the page. Neither call takes money or leaves a payment
 * behind: that begins on the page, and a data key that no browser ever got takes nothing. So a call that nobody answered is `unreachable`, and the citizen may
 * try again at once; only the posted form may end in money, and the result tells of it.
 */
import { clip, nfc } from '../../lib/text.ts'
import { type CallAnswer, jsonObject, postForm, postJson } from '../call.ts'
import { type FetchPort, type Payment, ProviderError, type Started } from '../contract.ts'
import { type Account, limits } from './account.ts'
import { isReference } from './result.ts'

/** Both calls within the 30 s that a citizen waits. */
const tokenTimeoutMs = 10_000
const dataKeyTimeoutMs = 20_000
/** The version of the REST interface that the source of 2022 speaks. */
const restVersion = '32'

/** Throws `rejected` for what the protocol cannot carry or NAPAS refuses, `unreachable` for silence, `malformed` for an answer that is none. */
export const startedPayment = async (
  payment: Payment,
  { account, fetch }: { account: Account; fetch: FetchPort },
): Promise<Started> => {
  checkPayment(payment)
  try {
    const token = await askForToken({ account, fetch })
    const keys = await askForKeys(inputOf(payment, account), { account, fetch, token })
    return {
      action: { type: 'form', url: account.page_url, fields: pageFields(payment, { account, keys }) },
      providerReference: null,
    }
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind !== 'unknown') throw error
    const options = { cause: error, ...(error.code === null ? {} : { code: error.code }) }
    throw new ProviderError('unreachable', 'NAPAS did not answer, and nothing was begun', options)
  }
}

const askForToken = async ({ account, fetch }: { account: Account; fetch: FetchPort }): Promise<string> => {
  const { client_id, client_secret, username, password } = account
  const fields = { grant_type: 'password', client_id, client_secret, username, password }
  const answer = await postForm(fetch, `${base(account)}/oauth/token`, fields, { timeoutMs: tokenTimeoutMs })
  const token = jsonIn(answer, 'token').access_token
  if (typeof token === 'string' && /^[!-~]{1,4096}$/.test(token)) return token
  throw new ProviderError('malformed', 'the answer of NAPAS has no access_token')
}

type Keys = { dataKey: string; napasKey: string }
type Input = ReturnType<typeof inputOf>

const askForKeys = async (
  input: Input,
  { account, fetch, token }: { account: Account; fetch: FetchPort; token: string },
): Promise<Keys> => {
  const url = `${base(account)}/rest/version/${restVersion}/merchant/${account.client_id}/datakey`
  const headers = { authorization: `Bearer ${token}` }
  const { json, status } = await postJson(fetch, url, input, { headers, timeoutMs: dataKeyTimeoutMs })
  const { result, dataKey, napasKey } = json
  if (status < 400 && typeof result !== 'string')
    throw new ProviderError('malformed', 'the answer of NAPAS has no result')
  if (status >= 400 || result !== 'SUCCESS') {
    const code = typeof result === 'string' && /^[0-9A-Za-z_ -]{1,50}$/.test(result) ? result : `http_${status}`
    throw new ProviderError('rejected', 'NAPAS gave no data key', { code })
  }
  if (isKey(dataKey) && isKey(napasKey)) return { dataKey, napasKey }
  throw new ProviderError('malformed', 'the answer of NAPAS has no keys')
}

const inputOf = (payment: Payment, account: Account) => ({
  apiOperation: 'DATA_KEY',
  order: { id: payment.merchantReference, amount: Number(payment.amount), currency: 'VND' },
  inputParameters: { ...browserOf(payment, account), enable3DSecure: is3DSecure(account) },
})

/** The attributes of NAPAS's script, under its own names, and where our page sends the browser in the end. */
const pageFields = (payment: Payment, { account, keys }: { account: Account; keys: Keys }): Record<string, string> => ({
  merchantId: account.client_id,
  ...browserOf(payment, account),
  enable3DSecure: String(is3DSecure(account)),
  apiOperation: 'PAY',
  orderAmount: String(payment.amount),
  orderCurrency: 'VND',
  orderReference: shownText(payment.description) || `Thanh toan ${payment.merchantReference}`,
  orderId: payment.merchantReference,
  channel: account.channel,
  sourceOfFundsType: 'CARD',
  ...keys,
  returnUrl: payment.returnUrl,
})

/** The device is not known before its browser comes; the attempt stands for it. */
const browserOf = (payment: Payment, account: Account) => ({
  clientIP: /^[0-9A-Fa-f.:]{7,45}$/.test(payment.payerIp) ? payment.payerIp : account.server_ip,
  deviceId: payment.merchantReference,
  environment: 'WebApp',
  cardScheme: account.card_scheme,
})

const is3DSecure = ({ card_scheme }: Account): boolean => card_scheme === 'CreditCard'

const checkPayment = ({ amount, merchantReference }: Payment): void => {
  if (amount < limits.minimum || amount > limits.maximum) {
    throw new ProviderError('rejected', `NAPAS takes ${limits.minimum} to ${limits.maximum} đồng here`, {
      code: 'amount_outside_provider_limits',
    })
  }
  if (isReference(merchantReference)) return
  throw new ProviderError('rejected', 'an order id at NAPAS is 1 to 50 letters, digits, dashes and underscores')
}

const jsonIn = ({ status, text }: CallAnswer, what: string): Record<string, unknown> => {
  if (status >= 400) throw new ProviderError('rejected', `NAPAS gave no ${what}`, { code: `http_${status}` })
  const json = jsonObject(text)
  if (json) return json
  throw new ProviderError('malformed', 'the answer of NAPAS is not a JSON object', { code: `http_${status}` })
}

const isKey = (value: unknown): value is string => typeof value === 'string' && /^[!-~]{1,4096}$/.test(value)

const base = ({ api_url }: Account): string => api_url.replace(/\/+$/, '')

const shownText = (text: string): string =>
  clip(
    nfc(text.slice(0, 2_000).toWellFormed())
      .replace(/[\s\p{C}]+/gu, ' ')
      .trim(),
    200,
  ).trim()
