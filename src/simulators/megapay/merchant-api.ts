// Owns MegaPay's two calls: status, whose transaction sits in `data`, and cancel, which returns money at once.
import { type Context, Hono } from 'hono'
import { type ApiCall, guardCall } from '../guard-call.ts'
import type { Payment } from '../records.ts'
import { fileRefund } from '../refunds.ts'
import { sameHex } from '../signing.ts'
import { expireIfDue, keyOf, nextNumber, refundedAmount, type World } from '../world.ts'
import { resultFields } from './result.ts'
import { codes, type MegapayAccount, tokens, type Values } from './terms.ts'

type Answer = Record<string, unknown>

export const merchantApiRoutes = (world: World, accounts: readonly MegapayAccount[]): Hono => {
  const app = new Hono()
  const serve = (
    operation: 'query' | 'refund',
    path: string,
    answer: (account: MegapayAccount, form: Values) => Promise<Answer>,
  ) =>
    app.post(path, async (c: Context) => {
      const form: Values = Object.fromEntries(new URLSearchParams(await c.req.text()))
      const { merId = '', merTrxId = '', trxId = '' } = form
      const behind = world.byNumber.get(keyOf('megapay', merId, trxId))?.merchant_reference ?? ''
      const references = [merTrxId, behind]
      // No call has a request id of its own, so no two are the same.
      const call: ApiCall = { provider: 'megapay', account: merId, operation, requestId: world.newId(), references }
      const account = accounts.find((one) => one.mer_id === merId)
      const handle = async () => c.json(account ? await answer(account, form) : say(codes.invalid))
      return guardCall(world, call, { signal: c.req.raw.signal, handle })
    })
  serve('query', '/pg_was/order/trxStatus.do', (account, form) => status(world, account, form))
  serve('refund', '/pg_was/cancel/paymentCancel.do', (account, form) => cancel(world, account, form))
  return app
}

const status = async (world: World, account: MegapayAccount, form: Values): Promise<Answer> => {
  if (!sameHex(form.merchantToken ?? '', await tokens.status(form, account.encode_key))) return say('OR_102')
  const payment = world.payments.get(keyOf('megapay', account.mer_id, form.merTrxId ?? ''))
  if (!payment) return say(codes.unknown)
  expireIfDue(world, payment, 'OR_141')
  return { ...say(codes.done), data: await resultFields(payment, account.encode_key) }
}

const cancel = async (world: World, account: MegapayAccount, form: Values): Promise<Answer> => {
  const { encode_key, refund_password } = account
  if (!sameHex(form.merchantToken ?? '', await tokens.cancel(form, encode_key))) return say('OR_102')
  if (!sameHex(form.hash ?? '', await tokens.cancelHash(form, refund_password, encode_key))) return say('PG_ER2')
  if (![refund_password, ''].includes(form.cancelPw ?? '')) return say('PG_ER2')
  const payment = world.byNumber.get(keyOf('megapay', account.mer_id, form.trxId ?? ''))
  const problem = cancelProblem(world, payment, form)
  if (problem || !payment) return say(problem ?? codes.unknown)
  const refund = fileRefund(
    world,
    payment,
    {
      ...{
        merchant_reference: form.merTrxId ?? '',
        request_id: form.merTrxId ?? '',
        description: form.cancelMsg ?? '',
      },
      ...{ provider_reference: `${account.mer_id}${nextNumber(world)}`, amount: BigInt(form.amount ?? '0') },
      full: form.amount === String(payment.amount),
    },
    0,
  )
  if (refund.status === 'refused') return say(codes.refused)
  if (refund.status !== 'success') return say(codes.busy)
  const values: Values = {
    ...{ resultCd: codes.done, timeStamp: String(world.now().getTime()), merTrxId: refund.merchant_reference },
    ...{ trxId: payment.provider_reference, merId: account.mer_id, amount: String(refund.amount), payToken: '' },
  }
  const merchantToken = await tokens.result(values, encode_key)
  return { ...values, resultMsg: 'SUCCESS', cancelTrxId: refund.provider_reference, merchantToken }
}

/** Why money is not returned; null when it is. */
const cancelProblem = (world: World, payment: Payment | undefined, form: Values): string | null => {
  if (!payment) return codes.unknown
  if (!/^[1-9][0-9]{0,11}$/.test(form.amount ?? '')) return codes.invalid
  if (!/^[!-~]{1,50}$/.test(form.merTrxId ?? '')) return codes.invalid
  const reference = keyOf('megapay', payment.account, form.merTrxId ?? '')
  if (world.payments.has(reference) || world.byRefund.has(reference)) return 'OR_103'
  if (payment.details.pay_type === 'VA' || payment.status !== 'success') return codes.refused
  const left = payment.amount - refundedAmount(payment)
  return BigInt(form.amount ?? '0') > left ? codes.refused : null
}

const say = (resultCd: string): Answer => ({ resultCd, resultMsg: resultCd === codes.done ? 'SUCCESS' : 'FAIL' })
