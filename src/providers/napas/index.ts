/** NAPAS's hosted payment page for domestic and international cards. Sources, settings, quirks and what is left out: README.md beside this file. */
import { defineProvider, ProviderError, type Verdict } from '../contract.ts'
import { type Account, accountSchema, limits } from './account.ts'
import { believe, claimedIn, readBody, readForm, resultOutcomes } from './result.ts'
import { startedPayment } from './start.ts'

export const napas = defineProvider<Account>({
  title: { vi: 'Thẻ nội địa qua NAPAS', en: 'Domestic card through NAPAS' },
  limits,
  account: accountSchema,
  secrets: ['client_secret', 'password'],
  // data and napasResult hold the whole result, with what the acquirer tells of the card; the keys open the payment page.
  redact: [
    ...['client_secret', 'password', 'access_token', 'authorization', 'dataKey', 'napasKey'],
    ...['data', 'napasResult', 'checksum', 'clientIP', 'deviceId', 'acquirer', 'sourceOfFunds'],
  ],

  startPayment: (payment, { account, fetch }) => startedPayment(payment, { account, fetch }),

  readCallback: async (request, { account }) => {
    const result = believe(readBody(request), account.client_secret)
    return { merchantReference: result.orderId, outcomes: resultOutcomes(result) }
  },

  answerCallback: (verdict) => {
    const [status, message] = answers[verdict]
    return Response.json({ message }, { status })
  },

  readReturn: async (request, { account }) => {
    try {
      return believe(readForm(request), account.client_secret).orderId
    } catch (error) {
      if (error instanceof ProviderError) return null
      throw error
    }
  },

  claimedReference: (request) => claimedIn(() => readBody(request)),
})

/** What NAPAS expects is not published: 200 with short JSON for all that is stored, else a status that may bring the message again. */
const answers: Record<Verdict, [number, string]> = {
  accepted: [200, 'OK'],
  already_confirmed: [200, 'OK'],
  amount_mismatch: [200, 'OK'],
  unknown_order: [404, 'order not found'],
  unknown_account: [404, 'merchant not found'],
  forged: [400, 'invalid checksum'],
  malformed: [400, 'invalid data'],
  try_again: [500, 'try again'],
}
