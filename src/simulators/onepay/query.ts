// Owns OnePAY's query (`queryDR`): who may ask, and what is answered of a payment. Refunds are not public enough to be played.
// Source: public clients and the code comments that quote OnePAY's paper.
import { Hono } from 'hono'
import { guardCall } from '../guard-call.ts'
import { expireIfDue, keyOf, type World } from '../world.ts'
import { type Fields, isHashed, readForm, signedForm } from './messages.ts'
import { messageOf, type OnepayAccount, stateCode } from './terms.ts'

const path = '/msp/api/v1/vpc/invoices/queries'

/** Form in, form out; HTTP 200 whatever the code. */
export const queryRoutes = (world: World, accounts: readonly OnepayAccount[]): Hono => {
  const app = new Hono()
  app.post(path, async (c) => {
    const asked = readForm(await c.req.text()) ?? new Map<string, string>()
    const account = accounts.find((one) => one.merchant === asked.get('vpc_Merchant'))
    const reference = asked.get('vpc_MerchTxnRef') ?? ''
    // A query has no id of its own, so an outage cannot be remembered under one.
    const call = { provider: 'onepay', account: account?.merchant ?? '', operation: 'query' as const }
    const handle = async () => c.body(await answer(world, account, asked), 200, { 'content-type': 'text/html' })
    return guardCall(
      world,
      { ...call, requestId: world.newId(), references: [reference] },
      { signal: c.req.raw.signal, handle },
    )
  })
  return app
}

/** Who is not known, or does not prove it, is told nothing that is signed. */
const answer = async (world: World, account: OnepayAccount | undefined, asked: Fields): Promise<string> => {
  const isKnown =
    account !== undefined &&
    asked.get('vpc_Command') === 'queryDR' &&
    asked.get('vpc_Version') === '2' &&
    asked.get('vpc_AccessCode') === account.access_code &&
    asked.get('vpc_User') === account.user &&
    asked.get('vpc_Password') === account.password &&
    (await isHashed(account.hash_key, asked))
  if (!account || !isKnown) return 'vpc_DRExists=N&vpc_TxnResponseCode=7&vpc_Message=Invalid request'
  const reference = asked.get('vpc_MerchTxnRef') ?? ''
  const head: [string, string][] = [
    ['vpc_Command', 'queryDR'],
    ['vpc_Version', '2'],
    ['vpc_MerchTxnRef', reference],
    ['vpc_Merchant', account.merchant],
  ]
  const payment = world.payments.get(keyOf('onepay', account.merchant, reference))
  if (!payment) return signedForm(account.hash_key, [['vpc_DRExists', 'N'], ...head, ['vpc_TxnResponseCode', '100']])
  expireIfDue(world, payment, '253')
  const code = stateCode(payment)
  return signedForm(account.hash_key, [
    ['vpc_DRExists', 'Y'],
    ...head,
    ['vpc_OrderInfo', payment.description],
    ['vpc_Amount', (payment.amount * 100n).toString()],
    ['vpc_TransactionNo', payment.provider_reference],
    ['vpc_TxnResponseCode', code],
    ['vpc_Message', messageOf(code)],
    ['vpc_PayChannel', 'WEB'],
  ])
}
