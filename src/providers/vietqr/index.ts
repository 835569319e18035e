/** A transfer to the agency's own bank account by VietQR, told by SePay or Casso. Sources, quirks and settings: README.md beside this file. */
import { type Answering, type CallbackReading, defineProvider, ProviderError, type Verdict } from '../contract.ts'
import { buildVietQr } from '../emv-qr.ts'
import { type Account, accountSchema, limits, paymentLimits, publicTestCredentials } from './account.ts'
import { claimedTexts, type Movement, type Notice, readNotice } from './notices.ts'
import { findReference, isReference, referenceOf } from './reference.ts'

export const vietqr = defineProvider<Account>({
  title: { vi: 'Chuyển khoản ngân hàng (VietQR)', en: 'Bank transfer (VietQR)' },
  limits,
  limitsOf: paymentLimits,
  account: accountSchema,
  secrets: ['sepay_hmac_secret', 'casso_key'],
  publicTestCredentials,
  // Banks write the payer's name and account into the texts; balances are nobody's business.
  redact: [
    ...['content', 'description', 'accumulated', 'runningBalance'],
    ...['counterAccountName', 'counterAccountNumber', 'counterAccountBankId', 'counterAccountBankName'],
    'virtualAccountName',
  ],

  newReference: ({ newId }) => referenceOf(newId()),

  startPayment: async ({ amount, merchantReference }, { account }) => {
    const { minimum, maximum } = paymentLimits(account)
    if (amount < minimum || amount > maximum) {
      const code = 'amount_outside_provider_limits'
      throw new ProviderError('rejected', `transfers of ${minimum} to ${maximum} đồng are taken here`, { code })
    }
    if (!isReference(merchantReference))
      throw new ProviderError('rejected', 'no transfer could be found by this reference')
    const { bank_bin: bankBin, account_number } = account
    const built = buildVietQr({ bankBin, account: account_number, amount, purpose: merchantReference })
    if (!built.ok) throw new ProviderError('rejected', 'no code can hold this payment', { code: built.reason })
    return { action: { type: 'qr', payload: built.payload }, providerReference: null }
  },

  readCallback: async (request, { account, now }) => {
    const notice = readNotice(request, account)
    if (isStale(notice, now()))
      throw new ProviderError('rejected', 'a genuine notification came too late', { code: 'stale' })
    return notice.movement ? readMovement(notice.movement, account) : nothing
  },

  answerCallback: (verdict, answering) => {
    const status = verdict === 'unknown_order' && cameTooLate(answering) ? staleStatus : answers[verdict]
    return Response.json({ success: status === 200 }, { status })
  },

  claimedReference: (request) => findReference(claimedTexts(request)),
})

const nothing: CallbackReading = { merchantReference: null, outcomes: [] }

/** Money that leaves is nothing to us; money for another account is not this merchant's. */
const readMovement = (movement: Movement, account: Account): CallbackReading => {
  const isOurs = movement.accounts.some((each) => each.toUpperCase() === account.account_number.toUpperCase())
  if (!isOurs) throw new ProviderError('rejected', 'the notification is about another account')
  if (!movement.isCredit) return nothing
  const { amount, occurredAt, reference, texts, code } = movement
  const merchantReference = findReference(texts)
  const text = (texts.find((each) => each !== '') ?? '').replace(/[\s\p{C}]+/gu, ' ').slice(0, 500)
  const credit = { reference, amount, occurredAt, text }
  if (merchantReference === null) return { merchantReference, outcomes: [], credit }
  const captured = {
    status: 'captured' as const,
    merchantReference,
    providerReference: reference,
    amount,
    occurredAt,
    code,
  }
  return { merchantReference, outcomes: [captured], credit }
}

const isStale = ({ signedAt, ageMaxMs }: Notice, now: Date): boolean =>
  Math.abs(now.getTime() - signedAt.getTime()) > ageMaxMs

/** Whether a notification was refused for its age alone. Its repetition, signed anew, is welcome. */
const cameTooLate = ({ request, account, now }: Answering<Account>): boolean => {
  if (!account) return false
  try {
    return isStale(readNotice(request, account), now())
  } catch (error) {
    if (error instanceof ProviderError) return false
    throw error
  }
}

/** Any 2xx ends the calls, and both services like to read `success`. Money on the account cannot be declined, so what is stored is a success. */
const answers: Record<Verdict, number> = {
  accepted: 200,
  already_confirmed: 200,
  amount_mismatch: 200,
  unknown_order: 200,
  unknown_account: 404,
  forged: 401,
  malformed: 400,
  try_again: 503,
}
const staleStatus = 401
