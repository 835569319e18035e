/** OnePAY payment gateway (VPC, paygate). Sources, quirks and settings: README.md beside this file. */
import { limitsWithin } from '../account-fields.ts'
import { type CallAnswer, isGood, jsonObject, postForm } from '../call.ts'
import { defineProvider, type IncomingRequest, ProviderError, type Verdict } from '../contract.ts'
import { type Account, accountSchema, publicTestCredentials } from './account.ts'
import { isReference, limits, paymentUrl, queryForm } from './messages.ts'
import { believe, type Fields, outcomeOf, queriedPayment, readForm, readNotice } from './notices.ts'
import { hashField, isSignedName } from './signature.ts'

export const onepay = defineProvider<Account>({
  title: { vi: 'OnePAY', en: 'OnePAY' },
  limits,
  limitsOf: limitsWithin(limits),
  account: accountSchema,
  secrets: ['hash_key', 'user', 'password'],
  publicTestCredentials,
  redact: [
    ...[hashField, 'vpc_User', 'vpc_Password', 'vpc_TicketNo'],
    ...['CardNum', 'CardExp', 'CardUid', 'TokenNum', 'TokenExp', 'CardHolderName'].map((name) => `vpc_${name}`),
    ...['Phone', 'Email', 'Id', 'Name'].map((name) => `vpc_Customer_${name}`),
    ...['Street01', 'Provice', 'City', 'Country'].flatMap((name) => [`vpc_SHIP_${name}`, `AVS_${name}`]),
  ],

  startPayment: async (payment, { account }) => ({
    action: { type: 'redirect', url: paymentUrl(payment, account) },
    providerReference: null,
  }),

  readCallback: async (request, { account }) => {
    const fields = readNotice(request)
    const merchantReference = believe(fields, account)
    return { merchantReference, outcomes: [outcomeOf(merchantReference, fields, { isAsked: false })] }
  },

  answerCallback: (verdict) => {
    const [status, text] = answers[verdict]
    return new Response(text, { status, headers: { 'content-type': 'text/plain' } })
  },

  readReturn: async (request, { account }) => {
    try {
      return believe(readNotice(request), account)
    } catch (error) {
      if (error instanceof ProviderError) return null
      throw error
    }
  },

  claimedReference: (request) => claimed(request),

  queryPayment: async (payment, { account, fetch }) => {
    const fields = answerFields(await postForm(fetch, account.query_url, queryForm(payment, account)))
    return queriedPayment(fields, payment, account)
  },
})

const confirmed = 'responsecode=1&desc=confirm-success'
const refused = 'responsecode=0&desc=confirm-fail'

/**
 * OnePAY asks whether the hash held and the result was stored, not whether the payment succeeded (README.md, S3). Only a status other than 200 makes it call
 * again, 3 times in all, 50 seconds apart (S2): that is kept for our own trouble.
 */
const answers: Record<Verdict, readonly [status: number, text: string]> = {
  accepted: [200, confirmed],
  already_confirmed: [200, confirmed],
  amount_mismatch: [200, refused],
  unknown_order: [200, refused],
  unknown_account: [200, refused],
  forged: [200, refused],
  malformed: [200, refused],
  try_again: [500, refused],
}

/**
 * The fields of a query's answer, form-encoded or JSON: which of the two is told by its first character. Whether answers that OnePAY cannot give are signed is
 * not documented, and anybody could write an unsigned one: it settles nothing.
 */
const answerFields = ({ status, text }: CallAnswer): Fields => {
  const code = `http_${status}`
  if (!isGood(status)) throw new ProviderError('rejected', 'OnePAY refused the query', { code })
  const fields = text.trimStart().startsWith('{') ? jsonFields(text) : readForm(text.trim())
  if (![...fields.keys()].some((name) => name.startsWith('vpc_'))) {
    throw new ProviderError('malformed', 'the answer of OnePAY has none of its fields', { code })
  }
  if ((fields.get(hashField) ?? '') === '') throw new ProviderError('unknown', 'the answer of OnePAY is not signed')
  return fields
}

/** Members as text. A number is signed as its decimal text, null as an empty value. What has no signed name is not read. */
const jsonFields = (text: string): Fields => {
  const json = jsonObject(text)
  if (!json) throw new ProviderError('malformed', 'the answer of OnePAY is not a JSON object')
  return new Map(
    Object.entries(json).flatMap(([name, value]): [string, string][] => {
      if (!isSignedName(name) && name !== hashField) return []
      if (typeof value === 'string') return [[name, value]]
      if (value === null) return [[name, '']]
      if (typeof value === 'number' && Number.isSafeInteger(value)) return [[name, String(value)]]
      throw new ProviderError('malformed', 'a member of the answer is neither text nor a number')
    }),
  )
}

const claimed = (request: IncomingRequest): string | null => {
  try {
    const reference = readNotice(request).get('vpc_MerchTxnRef') ?? ''
    return isReference(reference) ? reference : null
  } catch (error) {
    if (error instanceof ProviderError) return null
    throw error
  }
}
