/** VNPT Pay's fields in their signing order, version 1.0.5, and what is written into them (README.md). */
import { asciiOnly } from '../../lib/text.ts'
import type { Payment } from '../contract.ts'
import type { Account } from './account.ts'

const names = (text: string): readonly string[] => text.split(/\s+/)

export const orders = {
  init: names(`ACTION VERSION MERCHANT_SERVICE_ID MERCHANT_ORDER_ID AMOUNT AMOUNT_DETAIL SERVICE_ID DEVICE LOCALE
    CURRENCY_CODE PAYMENT_METHOD DESCRIPTION CREATE_DATE CLIENT_IP`),
  query: names('ACTION VERSION MERCHANT_SERVICE_ID MERCHANT_ORDER_ID CREATE_DATE'),
  notice: names(`ACTION RESPONSE_CODE MERCHANT_SERVICE_ID MERCHANT_ORDER_ID AMOUNT CURRENCY_CODE VNPTPAY_TRANSACTION_ID
    PAYMENT_METHOD PAY_DATE ADDITIONAL_INFO`),
  reply: names('RESPONSE_CODE DESCRIPTION MERCHANT_SERVICE_ID MERCHANT_ORDER_ID CREATE_DATE'),
}

type At = { account: Account; time: string }

export const initFields = (payment: Payment, { account, time, ip }: At & { ip: string }) => ({
  ACTION: 'INIT',
  VERSION: account.version,
  MERCHANT_SERVICE_ID: account.merchant_service_id,
  MERCHANT_ORDER_ID: payment.merchantReference,
  AMOUNT: Number(payment.amount),
  AMOUNT_DETAIL: String(payment.amount),
  SERVICE_ID: account.service_id,
  DEVICE: 1,
  // The one value in any source.
  LOCALE: 'vi-VN',
  CURRENCY_CODE: 'VND',
  PAYMENT_METHOD: account.payment_method,
  DESCRIPTION: shownText(payment.description) || `Thanh toan ${payment.merchantReference}`,
  CREATE_DATE: time,
  CLIENT_IP: ip,
})

export const queryFields = ({ merchantReference }: Payment, { account, time }: At) => ({
  ACTION: 'QUERY',
  VERSION: account.version,
  MERCHANT_SERVICE_ID: account.merchant_service_id,
  MERCHANT_ORDER_ID: merchantReference,
  CREATE_DATE: time,
})

/** Unaccented, which is safer with banks, and without the separator. */
const shownText = (text: string): string =>
  asciiOnly(text.slice(0, 2000), /[A-Za-z0-9 .,:/-]/)
    .slice(0, 255)
    .trim()
