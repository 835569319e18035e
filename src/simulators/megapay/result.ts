// Owns the one shape in which MegaPay tells what became of a payment, and its token.
import type { Payment } from '../records.ts'
import { codes, stateCode, tokens, type Values } from './terms.ts'

/** What MegaPay tells of a payment, in the IPN, in the return and in the data of a status answer alike. */
export const resultFields = async (payment: Payment, key: string): Promise<Record<string, string>> => {
  const code = stateCode(payment.status, payment.code)
  const values: Values = {
    resultCd: code,
    timeStamp: String(Date.parse(payment.occurred_at ?? payment.created_at)),
    merTrxId: payment.merchant_reference,
    trxId: payment.provider_reference,
    merId: payment.account,
    amount: String(payment.amount),
    payToken: '',
    userFee: '0',
  }
  return {
    ...values,
    resultMsg: code === codes.done ? 'SUCCESS' : 'FAIL',
    invoiceNo: payment.merchant_reference,
    goodsNm: payment.description,
    payType: payment.details.pay_type ?? '',
    currency: 'VND',
    merchantToken: await tokens.result(values, key),
  }
}
