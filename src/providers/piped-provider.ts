/**
 * The factory of the piped SHA-256 family: INIT answers with the address of a page, a signed notice tells what became of it, QUERY asks. A protocol of the
 * family is a table of names, orders and words (`PipedProtocol`); what is believed, and why, is here once.
 */
import { formatStamp } from '../lib/time.ts'
import { postJson } from './call.ts'
import {
  type Answering,
  type Context,
  type Definition,
  defineProvider,
  type IncomingRequest,
  type Payment,
  type Provider,
  ProviderError,
  type Verdict,
} from './contract.ts'
import { limits, limitsOf, listOf, type PipedAccount } from './piped-account.ts'
import { noticeReading, queriedState, type Words } from './piped-outcomes.ts'
import { isPipedSigned, signPiped, type Texts, textsOf } from './piped-sha256.ts'
import { readParams } from './signed-text.ts'

type Members = Record<string, unknown>

export type PipedProtocol<Account extends PipedAccount> = Pick<
  Definition<Account>,
  'title' | 'account' | 'secrets' | 'redact' | 'wantsBill'
> & {
  words: Words
  /** The names of the signed fields in signing order. The last one of a notice is free text, the only place for a `|`. */
  orders: { init: readonly string[]; query: readonly string[]; notice: readonly string[] }
  /** Where the answer to INIT has the page's address. */
  payUrl: string
  /** The merchant's code in this account. */
  merchantOf: (account: Account) => string
  headers: (account: Account) => Record<string, string>
  initFields: (payment: Payment, at: { account: Account; time: string; ip: string }) => Record<string, string | number>
  /** What travels with INIT outside the signature; never believed when it comes back. */
  unsignedInit?: (payment: Payment, account: Account) => Members
  /** The members of an answer to INIT, taken out of what an exchange in between wraps it in. */
  unwrapInit?: (answer: Members) => Members
  queryFields: (payment: Payment, at: { account: Account; time: string }) => Record<string, string>
  /** The members of a notice, or null where the bytes are none. */
  readNotice: (request: IncomingRequest) => Members | null
  /** The answer to a notice; `claimed` is the reference that it names, proven or not, empty where it has none of our shape. */
  answer: (verdict: Verdict, answering: Answering<Account> & { claimed: string; notice: Texts }) => Members
}

export const definePipedProvider = <Account extends PipedAccount>(protocol: PipedProtocol<Account>): Provider =>
  defineProvider<Account>({
    title: protocol.title,
    limits,
    limitsOf,
    account: protocol.account,
    secrets: protocol.secrets,
    redact: protocol.redact,
    ...(protocol.wantsBill ? { wantsBill: true } : {}),

    startPayment: async (payment, context) => {
      const { account } = context
      checkPayment(payment, account)
      const time = formatStamp(payment.createdAt)
      const ip = /^[0-9A-Fa-f.:]{2,45}$/.test(payment.payerIp) ? payment.payerIp : account.server_ip
      const signed = protocol.initFields(payment, { account, time, ip })
      const unsigned = protocol.unsignedInit?.(payment, account) ?? {}
      const answer = await post(protocol, context, {
        ...{ url: account.init_url, names: protocol.orders.init, signed, unsigned },
      })
      const url = createdPage(protocol, account, answer)
      // Queries must repeat this very text.
      return { action: { type: 'redirect', url }, providerReference: null, memo: { init_time: time } }
    },

    readCallback: async (request, { account }) => {
      const notice = readTexts(protocol, request)
      if (!isSigned(protocol, notice, account)) throw new ProviderError('forged', 'the signature does not hold')
      if (notice.get(protocol.words.merchant) !== protocol.merchantOf(account)) {
        throw new ProviderError('rejected', 'the notice is for another merchant')
      }
      // Values are signed unescaped: as long as only the last one may hold the separator, a signed text has one reading.
      if (protocol.orders.notice.slice(0, -1).some((name) => notice.get(name)?.includes('|'))) {
        throw new ProviderError('malformed', 'a field holds the separator of the signed text')
      }
      return noticeReading(notice, protocol.words)
    },

    answerCallback: (verdict, answering) => {
      const notice = tryReading(protocol, answering.request) ?? new Map<string, string>()
      return Response.json(protocol.answer(verdict, { ...answering, notice, claimed: claimedIn(protocol, notice) }))
    },

    claimedReference: (request) => claimedIn(protocol, tryReading(protocol, request) ?? new Map()) || null,

    // How a return is signed is not public: whoever comes back with a reference is shown where that payment stands, and we ask.
    readReturn: async ({ search }, { account }) => {
      const named = readParams(search, { lengthMax: 8192, signatures: [] }).get(account.return_parameter) ?? ''
      return isReference(named) ? named : null
    },

    queryPayment: async (payment, context) => {
      const { account } = context
      const time = payment.memo.init_time ?? formatStamp(payment.createdAt)
      const signed = protocol.queryFields(payment, { account, time })
      const answer = await post(protocol, context, { url: account.query_url, names: protocol.orders.query, signed })
      const statuses = { paid: listOf(account.paid_statuses), failed: listOf(account.failed_statuses) }
      return queriedState(answer, { payment, statuses, words: protocol.words, merchant: protocol.merchantOf(account) })
    },
  })

/** Whether `text` can be a reference of ours: what both protocols' sources have in common. */
export const isReference = (text: string): boolean => /^[0-9A-Za-z_]{1,50}$/.test(text)

const checkPayment = ({ amount, merchantReference }: Payment, account: PipedAccount): void => {
  const { minimum, maximum } = limitsOf(account)
  if (amount < minimum || amount > maximum) {
    throw new ProviderError('rejected', `the contract takes ${minimum} to ${maximum} đồng`, {
      code: 'amount_outside_provider_limits',
    })
  }
  if (!isReference(merchantReference)) {
    throw new ProviderError('rejected', 'a reference is 1 to 50 letters, digits and underscores')
  }
}

type Message = {
  url: string
  names: readonly string[]
  signed: Record<string, string | number>
  unsigned?: Members
}

/** Sends one signed message. Every status but 2xx is a failure of the transport, whatever its body says. */
const post = async <Account extends PipedAccount>(
  { headers, words }: PipedProtocol<Account>,
  { account, fetch }: Context<Account>,
  { url, names, signed, unsigned = {} }: Message,
): Promise<Members> => {
  const signature = signPiped(names, textsOf(signed, names), account.secret_key)
  const body = { ...signed, ...unsigned, [words.signature]: signature }
  const { status, json } = await postJson(fetch, url, body, { headers: headers(account) })
  if (status < 300) return json
  throw new ProviderError('rejected', 'the provider refused the call', { code: `http_${status}` })
}

/**
 * The address of the page that INIT made. Nobody knows how this answer is signed, so it is only followed to hosts of the contract, and only encrypted
 * where our own call is. Throws `rejected` where the provider states that there is none.
 */
const createdPage = <Account extends PipedAccount>(
  { unwrapInit, words, payUrl }: PipedProtocol<Account>,
  account: Account,
  answer: Members,
): string => {
  const texts = textsOf(unwrapInit?.(answer) ?? answer, [words.code, payUrl])
  const code = texts.get(words.code) ?? ''
  if (!isCode(code)) throw new ProviderError('malformed', 'the answer to INIT has no code')
  if (code !== '00') throw new ProviderError('rejected', 'the provider refused INIT', { code })
  const text = texts.get(payUrl) ?? ''
  const url = text.length <= 4096 && URL.canParse(text) ? new URL(text) : null
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && account.init_url.startsWith('http:'))
  const isOurs = url?.username === '' && url.password === '' && listOf(account.pay_hosts).includes(url.host)
  if (url && isSafe && isOurs) return url.href
  throw new ProviderError('malformed', `${payUrl} is no address on a host of the contract`, { code })
}

const isCode = (text: string): boolean => /^[0-9A-Za-z_-]{1,20}$/.test(text)

const readTexts = <Account extends PipedAccount>(
  { readNotice, orders, words }: PipedProtocol<Account>,
  request: IncomingRequest,
): Texts => {
  const members = request.method === 'POST' ? readNotice(request) : null
  if (!members) throw new ProviderError('malformed', 'the request is no notice')
  return textsOf(members, [...orders.notice, words.signature])
}

const isSigned = <Account extends PipedAccount>(
  { orders, words }: PipedProtocol<Account>,
  notice: Texts,
  { secret_key }: Account,
): boolean => isPipedSigned(orders.notice, notice, { signature: notice.get(words.signature), secret: secret_key })

const tryReading = <Account extends PipedAccount>(
  protocol: PipedProtocol<Account>,
  request: IncomingRequest,
): Texts | null => {
  try {
    return readTexts(protocol, request)
  } catch (error) {
    if (error instanceof ProviderError) return null
    throw error
  }
}

const claimedIn = <Account extends PipedAccount>({ words }: PipedProtocol<Account>, notice: Texts): string => {
  const claimed = notice.get(words.reference) ?? ''
  return isReference(claimed) ? claimed : ''
}
