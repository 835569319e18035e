/**
 * How a verdict is worded. A reply is signed only when the request was: its texts are made of the request's own values, without a separator, so whoever got a
 * reply to values of his choice signed would have us write check sums for messages of his own.
 */
import { type Answering, ProviderError, type Verdict } from '../contract.ts'
import type { Account } from './account.ts'
import { believe, type Notice, prove, readNotice } from './notices.ts'
import { checkSum, checkSumField, type Fields } from './signature.ts'

/** Answered with HTTP 200 and JSON, whatever the verdict. */
export const replyTo = async (verdict: Verdict, answering: Answering<Account>): Promise<Response> => {
  const notice = readable(answering)
  const proven = await provenFields(notice, answering)
  const errorCode = errorCodes[notice?.kind ?? 'result'][verdict]
  const echoed = proven ?? notice?.fields ?? {}
  const isVerify = notice?.kind === 'verify'
  const fields = isVerify ? verifyReply(errorCode, echoed) : resultReply(errorCode, echoed)
  const kind = isVerify ? 'verifyReply' : 'resultReply'
  const check_sum = proven && answering.account ? checkSum(kind, fields, answering.account) : ''
  return Response.json({ ...fields, [checkSumField]: check_sum })
}

/**
 * The check of an order: 00 it may be paid, 01 not (any more), 02 the check sum is wrong, 03 our own trouble. A result: 00 stored, whatever it says, 01 not
 * stored. A partner query, in the words of a result: 00 its result is stored here, 01 none is (README.md, V1).
 */
const errorCodes: Record<Notice['kind'], Record<Verdict, string>> = {
  verify: {
    ...{ accepted: '00', already_confirmed: '01', amount_mismatch: '01', unknown_order: '01', unknown_account: '01' },
    ...{ forged: '02', malformed: '01', try_again: '03' },
  },
  result: {
    ...{ accepted: '00', already_confirmed: '00', amount_mismatch: '00', unknown_order: '01', unknown_account: '01' },
    ...{ forged: '01', malformed: '01', try_again: '01' },
  },
  partnerQuery: {
    ...{ accepted: '01', already_confirmed: '00', amount_mismatch: '01', unknown_order: '01', unknown_account: '01' },
    ...{ forged: '01', malformed: '01', try_again: '01' },
  },
}

const echo = (text: string | undefined): string => (text ?? '').slice(0, 200)

const verifyReply = (error_code: string, { billcode, merchant_code, order_id, trans_amount }: Fields) => ({
  billcode: echo(billcode),
  error_code,
  merchant_code: echo(merchant_code),
  order_id: echo(order_id),
  trans_amount: echo(trans_amount),
})

/** The last three members are free for the merchant's use. */
const resultReply = (error_code: string, { merchant_code, order_id }: Fields) => ({
  error_code,
  merchant_code: echo(merchant_code),
  order_id: echo(order_id),
  return_url: '',
  return_bill_code: '',
  return_other_info: '',
})

const readable = ({ request }: Answering<Account>): Notice | null => {
  try {
    return readNotice(request)
  } catch (error) {
    if (error instanceof ProviderError) return null
    throw error
  }
}

/** The fields of a request that is proven, with the amount that the check of an order leaves out; null for any other. */
const provenFields = async (
  notice: Notice | null,
  { account, findPayment }: Answering<Account>,
): Promise<Fields | null> => {
  if (!notice || !account) return null
  try {
    if (notice.kind === 'verify') return (await believe(notice, { account, findPayment })).fields
    prove(notice, account)
    return notice.fields
  } catch (error) {
    if (error instanceof ProviderError) return null
    throw error
  }
}
