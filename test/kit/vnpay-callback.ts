// VNPAY's IPN as VNPAY itself would send it, signed by code of our own: sorted, form-encoded, HMAC-SHA512 (its page "pay", 2.1.0).
import { createHmac } from 'node:crypto'

export type VnpayAccount = { id: string; credentials: Readonly<Record<string, unknown>> }

/** Path and query of the callback for a payment of `amount` đồng. */
export const signedVnpayCallback = (
  account: VnpayAccount,
  merchantReference: string,
  amount: number,
  transactionNo = '14226112',
): string => {
  const fields = new URLSearchParams({
    vnp_Amount: String(amount * 100),
    vnp_BankCode: 'NCB',
    vnp_OrderInfo: 'Nop le phi',
    vnp_PayDate: '20261122100200',
    vnp_ResponseCode: '00',
    vnp_TmnCode: String(account.credentials.tmn_code),
    vnp_TransactionNo: transactionNo,
    vnp_TransactionStatus: '00',
    vnp_TxnRef: merchantReference,
  })
  const secret = String(account.credentials.hash_secret)
  const hash = createHmac('sha512', secret).update(fields.toString()).digest('hex')
  return `/callbacks/vnpay/${account.id}?${fields}&vnp_SecureHash=${hash}`
}
