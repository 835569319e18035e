// Owns OnePAY as a whole: its accounts, its words for a result, its IPN and its return address.
// Source: OnePAY's sample code (IPN of version 2.0) and answers that its sandbox signed, as they stand in public test files.
import { Hono } from 'hono'
import { checkoutRoutes } from '../checkout.tsx'
import type { Payment } from '../records.ts'
import type { Side } from '../side.ts'
import { nextNumber, type World } from '../world.ts'
import { signedForm } from './messages.ts'
import { openPayment } from './pay.ts'
import { queryRoutes } from './query.ts'
import { messageOf, type OnepayAccount, outcomes } from './terms.ts'

/** A key that no account has, in the form that OnePAY's have. */
const forgersKey = 'F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0'

export const onepaySide = (world: World, accounts: readonly OnepayAccount[]): Side => {
  const keyOf = (payment: Payment) =>
    accounts.find((account) => account.merchant === payment.account)?.hash_key ?? forgersKey
  const side: Side = {
    name: 'onepay',
    title: 'Cổng thanh toán OnePAY',
    accounts: accounts.map((account) => ({ id: account.merchant, tariff: account.tariff ?? {} })),
    // Three calls, fifty seconds apart, as long as the status is not 200.
    retry: { countMax: 3, everyMs: 50_000 },
    outcome: (_payment, result) => {
      const [status, code] = outcomes[result]
      return { status, code, provider_reference: `PAY-${nextNumber(world)}` }
    },
    callback: async (payment, forged) => {
      const query = await signedForm(forged ? forgersKey : keyOf(payment), resultFields(payment))
      return { method: 'GET', url: withQuery(payment.callback_url, query), body: null }
    },
    returnUrl: async (payment) =>
      payment.code === ''
        ? null
        : withQuery(payment.return_url, await signedForm(keyOf(payment), resultFields(payment))),
    accepts: ({ status }) => status === 200,
    open: async (url) => {
      const opened = await openPayment(world, accounts, url)
      return 'text' in opened ? null : opened
    },
    routes: new Hono(),
  }
  const checkout = {
    path: '/paygate/vpcpay.op',
    find: (url: string) => openPayment(world, accounts, url),
    side: () => side,
  }
  side.routes.route('/', checkoutRoutes(world, checkout)).route('/', queryRoutes(world, accounts))
  return side
}

/** What OnePAY tells about a finished payment, in the IPN and in the return address alike. */
const resultFields = (payment: Payment): [string, string][] => [
  ['vpc_Command', 'pay'],
  ['vpc_Version', '2'],
  ['vpc_Locale', payment.details.locale ?? 'vn'],
  ['vpc_Merchant', payment.account],
  ['vpc_MerchTxnRef', payment.merchant_reference],
  ['vpc_OrderInfo', payment.description],
  ['vpc_Amount', (payment.amount * 100n).toString()],
  ['vpc_TxnResponseCode', payment.code],
  ['vpc_Message', messageOf(payment.code)],
  ['vpc_TransactionNo', payment.provider_reference],
  ['vpc_Card', payment.status === 'success' ? '970425' : ''],
  ['vpc_PayChannel', 'WEB'],
  ['vpc_PaymentTime', payment.occurred_at === null ? '' : utc(payment.occurred_at)],
]

/** `20221019T031549Z`. */
const utc = (at: string): string => `${at.slice(0, 19).replace(/[-:]/g, '')}Z`

const withQuery = (url: string, query: string): string => `${url}${url.includes('?') ? '&' : '?'}${query}`
