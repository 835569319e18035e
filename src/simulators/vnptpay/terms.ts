// Owns VNPT Pay's words, merchant API 1.0.5: fields, orders, forms. Source: three public integrations (2020 and undated); nothing of VNPT's own is public.
import { type PipedTerms, wireText, words } from '../piped-terms.ts'

export const terms: PipedTerms = {
  provider: 'vnptpay',
  title: 'Cổng thanh toán VNPT Pay',
  paths: { init: '/rest/payment/v1.0.5/init', query: '/rest/payment/v1.0.5/query_transaction' },
  names: {
    ...{ code: 'RESPONSE_CODE', text: 'DESCRIPTION', merchant: 'MERCHANT_SERVICE_ID', reference: 'MERCHANT_ORDER_ID' },
    ...{ amount: 'AMOUNT', currency: 'CURRENCY_CODE', number: 'VNPTPAY_TRANSACTION_ID', method: 'PAYMENT_METHOD' },
    ...{ time: 'PAY_DATE', info: 'ADDITIONAL_INFO', status: 'TRANSACTION_STATUS', signature: 'SECURE_CODE' },
    ...{ payUrl: 'REDIRECT_URL', initTime: 'CREATE_DATE' },
  },
  orders: {
    init: words(
      'ACTION VERSION MERCHANT_SERVICE_ID MERCHANT_ORDER_ID AMOUNT AMOUNT_DETAIL SERVICE_ID DEVICE LOCALE CURRENCY_CODE PAYMENT_METHOD DESCRIPTION CREATE_DATE CLIENT_IP',
    ),
    query: words('ACTION VERSION MERCHANT_SERVICE_ID MERCHANT_ORDER_ID CREATE_DATE'),
    notice: words(
      'ACTION RESPONSE_CODE MERCHANT_SERVICE_ID MERCHANT_ORDER_ID AMOUNT CURRENCY_CODE VNPTPAY_TRANSACTION_ID PAYMENT_METHOD PAY_DATE ADDITIONAL_INFO',
    ),
  },
  initForms: {
    ...{ ACTION: /^INIT$/, VERSION: /^1\.0\.5$/, MERCHANT_ORDER_ID: /^[!-{}~]{1,255}$/, AMOUNT: /^[1-9][0-9]{0,11}$/ },
    ...{ AMOUNT_DETAIL: /^[1-9][0-9]{0,11}$/, SERVICE_ID: /^[0-9A-Za-z]{1,255}$/, DEVICE: /^1$/, LOCALE: /^vi-VN$/ },
    ...{ CURRENCY_CODE: /^VND$/, PAYMENT_METHOD: /^VNPTPAY$/, DESCRIPTION: /^[^\n]{1,255}$/, CREATE_DATE: /^\d{14}$/ },
    CLIENT_IP: /^[0-9A-Fa-f.:]{2,50}$/,
  },
  queryForms: { ACTION: /^QUERY$/, VERSION: /^1\.0\.5$/, CREATE_DATE: /^\d{14}$/ },
  initProblem: (raw) => (wireText(raw.AMOUNT) === wireText(raw.AMOUNT_DETAIL) ? null : 'Invalid AMOUNT_DETAIL'),
  noticeKind: 'CONFIRM',
  queryExtras: () => ({ LOCALE: 'vi-VN', PAYMENT_METHOD: 'VNPTPAY' }),
  description: (raw) => wireText(raw.DESCRIPTION),
  writeAmount: (amount) => Number(amount),
}
