/** KeyPay, version 3 (JSON, HMAC-SHA256). Sources, settings, quirks and what is left out: README.md beside this file. */
import { postJson } from '../call.ts'
import { defineProvider, type Verdict } from '../contract.ts'
import { personalInReceiptBlock } from '../receipt-block.ts'
import { type Account, accountSchema, limits } from './account.ts'
import { askForPayment, startedPayment } from './answers.ts'
import { createBody, returnedReference } from './messages.ts'
import { claimedTransaction, readNotice } from './notices.ts'

export const keypay = defineProvider<Account>({
  title: { vi: 'KeyPay', en: 'KeyPay' },
  limits,
  account: accountSchema,
  secrets: ['client_key_1', 'client_key_2'],
  // A payment link or QR opens the payment page of whoever holds it.
  redact: ['check_sum', 'bill_info', ...personalInReceiptBlock, 'payment_url', 'url_pay', 'qrcode_pay'],
  // transaction_id is 20 characters: the end of an id, which holds its random part and the lower part of its time.
  newReference: ({ newId }) => newId().slice(-20),
  wantsBill: true,

  startPayment: async (payment, { account, fetch }) => {
    const body = createBody(payment, account)
    const answer = await postJson(fetch, account.create_url, body)
    return startedPayment(answer, { account, memo: { addition_fee: String(body.addition_fee) } })
  },

  readCallback: (request, { account, findPayment }) => readNotice(request, { account, findPayment }),

  answerCallback: (verdict) => Response.json(answers[verdict]),

  readReturn: async ({ search }) => returnedReference(search),

  claimedReference: claimedTransaction,

  queryPayment: (payment, { account, fetch }) => askForPayment(payment, { account, fetch }),
})

const taken = { return_code: 0, return_msg: 'Success' }
const refused = (return_msg: string) => ({ return_code: -1, return_msg })

/** `return_code` is 0 or -1, here always a number. What -1 does is not public, so 0 is given for all that is stored, another amount too. */
const answers: Record<Verdict, { return_code: number; return_msg: string }> = {
  accepted: taken,
  already_confirmed: taken,
  amount_mismatch: taken,
  unknown_order: refused('Transaction not found'),
  unknown_account: refused('Merchant not found'),
  forged: refused('Invalid check_sum'),
  malformed: refused('Invalid data'),
  try_again: refused('Try again'),
}
