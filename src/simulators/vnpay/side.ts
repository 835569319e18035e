// Owns VNPAY as a whole: its accounts, its words for a result, its IPN and its return address.
// Source: sandbox.vnpayment.vn/apis/docs, page "pay", sections on the IPN and the return URL.
import { Hono } from 'hono'
import { checkoutRoutes } from '../checkout.tsx'
import type { Payment } from '../records.ts'
import { forgersKey, type Side } from '../side.ts'
import { stamp } from '../vietnam-time.ts'
import { nextNumber, type World } from '../world.ts'
import { merchantApiRoutes } from './merchant-api.ts'
import { signQuery } from './messages.ts'
import { openPayment } from './pay.ts'
import { bankCode, outcomes, transactionStatus, type VnpayAccount } from './terms.ts'

export const vnpaySide = (world: World, accounts: readonly VnpayAccount[]): Side => {
  const secretOf = (payment: Payment) =>
    accounts.find((account) => account.tmn_code === payment.account)?.hash_secret ?? forgersKey
  const side: Side = {
    name: 'vnpay',
    title: 'Cổng thanh toán VNPAY',
    accounts: accounts.map((account) => ({ id: account.tmn_code, tariff: account.tariff ?? {} })),
    // At most ten calls, five minutes apart.
    retry: { countMax: 10, everyMs: 5 * 60 * 1000 },
    outcome: (_payment, result) => {
      const [status, code] = outcomes[result]
      const unnumbered = result === 'cancelled' || result === 'pending'
      return { status, code, provider_reference: unnumbered ? '0' : nextNumber(world) }
    },
    callback: async (payment, forged) => {
      const query = await signQuery(forged ? forgersKey : secretOf(payment), resultParams(payment))
      return { method: 'GET', url: withQuery(payment.callback_url, query), body: null }
    },
    returnUrl: async (payment) =>
      payment.code === ''
        ? null
        : withQuery(payment.return_url, await signQuery(secretOf(payment), resultParams(payment))),
    accepts: ({ status, text }) => status === 200 && ['00', '02'].includes(rspCode(text)),
    open: async (url) => {
      const opened = await openPayment(world, accounts, url)
      return 'text' in opened ? null : opened
    },
    routes: new Hono(),
  }
  const checkout = {
    path: '/paymentv2/vpcpay.html',
    find: (url: string) => openPayment(world, accounts, url),
    side: () => side,
  }
  side.routes.route('/', checkoutRoutes(world, checkout)).route('/', merchantApiRoutes(world, accounts))
  return side
}

/** What VNPAY tells about a finished payment, in the IPN and in the return address alike. */
const resultParams = (payment: Payment): [string, string][] => {
  const paid = payment.status === 'success' || payment.status === 'suspicious'
  return [
    ['vnp_Amount', (payment.amount * 100n).toString()],
    ['vnp_BankCode', bankCode(payment)],
    ['vnp_BankTranNo', paid ? `VNP${payment.provider_reference}` : ''],
    ['vnp_CardType', payment.details.bank_code === 'VNPAYQR' ? 'QRCODE' : 'ATM'],
    ['vnp_OrderInfo', payment.description],
    ['vnp_PayDate', payment.occurred_at === null ? '' : stamp(new Date(payment.occurred_at))],
    ['vnp_ResponseCode', payment.code],
    ['vnp_TmnCode', payment.account],
    ['vnp_TransactionNo', payment.provider_reference === '' ? '0' : payment.provider_reference],
    ['vnp_TransactionStatus', transactionStatus[payment.status]],
    ['vnp_TxnRef', payment.merchant_reference],
  ]
}

const withQuery = (url: string, query: string): string => `${url}${url.includes('?') ? '&' : '?'}${query}`

const rspCode = (text: string): string => {
  try {
    const answer: unknown = JSON.parse(text)
    return typeof answer === 'object' && answer !== null && 'RspCode' in answer ? String(answer.RspCode) : ''
  } catch {
    return ''
  }
}
