// Owns what all calls to ZaloPay share: JSON or a form, the app, the mac, and a reply that is HTTP 200 whatever it says.
// Source: docs.zalopay.vn, "secure-data-transmission" and "status-codes".
import { Hono } from 'hono'
import type { z } from 'zod'
import { type ApiCall, guardCall } from '../guard-call.ts'
import { keyOf, type World } from '../world.ts'
import { type CallName, isSignedCall, wireText } from './messages.ts'
import { createOrder, type Operation, queryOrder, queryRefund, type Reply, refundOrder } from './operations.ts'
import { createSchema, queryRefundSchema, querySchema, refundSchema } from './requests.ts'
import { textOf, type ZalopayAccount } from './terms.ts'

type Raw = Record<string, unknown>

interface Verb<Input> {
  name: CallName
  schema: z.ZodType<Input>
  run: Operation<Input>
}

const operationOf: Record<CallName, ApiCall['operation']> = {
  create: 'create',
  query: 'query',
  refund: 'refund',
  query_refund: 'query',
}

/** `POST /v2/{create,query,refund,query_refund}`. */
export const merchantApiRoutes = (world: World, accounts: readonly ZalopayAccount[]): Hono => {
  const app = new Hono()
  const serve = <Input extends { app_id: string }>(verb: Verb<Input>) =>
    app.post(`/v2/${verb.name}`, async (c) => {
      const raw = readBody(c.req.header('content-type') ?? '', await c.req.text())
      const call: ApiCall = {
        provider: 'zalopay',
        account: wireText(raw.app_id),
        operation: operationOf[verb.name],
        // No call has an id of its own, so an outage cannot be remembered under one.
        requestId: world.newId(),
        references: [wireText(raw.app_trans_id), wireText(raw.m_refund_id), paymentBehind(world, raw)],
      }
      const handle = async () => c.json(worded(await answer(world, accounts, { verb, raw })))
      return guardCall(world, call, { signal: c.req.raw.signal, handle })
    })
  serve({ name: 'create', schema: createSchema, run: createOrder })
  serve({ name: 'query', schema: querySchema, run: queryOrder })
  serve({ name: 'refund', schema: refundSchema, run: refundOrder })
  serve({ name: 'query_refund', schema: queryRefundSchema, run: queryRefund })
  return app
}

const answer = async <Input extends { app_id: string }>(
  world: World,
  accounts: readonly ZalopayAccount[],
  { verb, raw }: { verb: Verb<Input>; raw: Raw },
): Promise<Reply> => {
  const input = verb.schema.safeParse(raw)
  if (!input.success) return { main: 2, detail: -401 }
  const account = accounts.find((one) => one.app_id === input.data.app_id)
  if (!account || !(await isSignedCall(verb.name, raw, account.key1))) return { main: 2, detail: -402 }
  return verb.run(world, account, input.data)
}

const worded = ({ main, detail, ...more }: Reply): Raw => ({
  return_code: main,
  return_message: textOf(main),
  sub_return_code: detail,
  sub_return_message: textOf(detail),
  ...more,
})

const readBody = (contentType: string, text: string): Raw => {
  if (contentType.includes('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text))
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? { ...body } : {}
  } catch {
    return {}
  }
}

/** A refund names the payment by ZaloPay's number, a question about it by the refund's id; a fault may name it by the merchant's. */
const paymentBehind = (world: World, raw: Raw): string => {
  const key = (reference: unknown) => keyOf('zalopay', wireText(raw.app_id), wireText(reference))
  const payment = world.byNumber.get(key(raw.zp_trans_id)) ?? world.byRefund.get(key(raw.m_refund_id))
  return payment?.merchant_reference ?? ''
}
