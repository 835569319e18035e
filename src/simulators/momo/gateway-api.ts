// Owns what all MoMo calls share: reading the body, the partner, the signature, and the rule of request ids (a final
// answer is given again, any other repeat is refused). Source: developers.momo.vn/v3, page "idempotency".
import { type Context, Hono } from 'hono'
import type { z } from 'zod'
import { type ApiCall, guardCall } from '../guard-call.ts'
import { keyOf, rememberAnswer, type World } from '../world.ts'
import { isSigned } from './messages.ts'
import { confirmPayment, createPayment, type Operation, queryPayment, type Reply, refundPayment } from './operations.ts'
import { confirmSchema, createSchema, querySchema, refundSchema } from './requests.ts'
import { isFinalCode, type MomoAccount, messageOf, statusOf } from './terms.ts'

/** The vendor keeps request ids for at least 31 days. */
const requestIdLifetimeMs = 31 * 24 * 60 * 60 * 1000

type Raw = Record<string, unknown>

interface Verb<Input extends { partnerCode: string }> {
  operation: 'create' | 'query' | 'refund' | 'confirm'
  schema: z.ZodType<Input>
  run: Operation<Input>
}

/** `POST /v2/gateway/api/{create,query,refund,confirm}`. */
export const gatewayApiRoutes = (world: World, accounts: readonly MomoAccount[]): Hono => {
  const app = new Hono()
  const serve = <Input extends { partnerCode: string }>(verb: Verb<Input>) =>
    app.post(`/v2/gateway/api/${verb.operation}`, async (c) => {
      const body = await c.req.json().catch(() => null)
      const raw: Raw = typeof body === 'object' && body !== null ? { ...body } : {}
      const call: ApiCall = {
        provider: 'momo',
        account: text(raw.partnerCode),
        operation: verb.operation,
        requestId: text(raw.requestId),
        references: [text(raw.orderId), paymentBehind(world, raw)],
      }
      return guardCall(world, call, {
        signal: c.req.raw.signal,
        handle: () => answer(c, { world, accounts, verb, raw }),
        busy: () => send(c, world, raw, { resultCode: 7000 }),
      })
    })
  serve({ operation: 'create', schema: createSchema, run: createPayment })
  serve({ operation: 'query', schema: querySchema, run: queryPayment })
  serve({ operation: 'refund', schema: refundSchema, run: refundPayment })
  serve({ operation: 'confirm', schema: confirmSchema, run: confirmPayment })
  return app
}

const answer = async <Input extends { partnerCode: string }>(
  c: Context,
  at: { world: World; accounts: readonly MomoAccount[]; verb: Verb<Input>; raw: Raw },
): Promise<Response> => {
  const { world, raw, verb } = at
  const input = verb.schema.safeParse(raw)
  if (!input.success) return send(c, world, raw, malformed(input.error))
  const account = at.accounts.find((one) => one.partner_code === input.data.partnerCode)
  if (!account) return send(c, world, raw, { resultCode: 13 })
  if (!(await isSigned(verb.operation, raw, account))) return send(c, world, raw, badSignature(verb.operation))
  const key = keyOf('momo', account.partner_code, text(raw.requestId))
  const earlier = world.answers.get(key)
  if (earlier && Date.parse(earlier.at) > world.now().getTime() - requestIdLifetimeMs) {
    const again = earlier.final && earlier.fingerprint === `${verb.operation} ${text(raw.signature).toLowerCase()}`
    if (!again) return send(c, world, raw, { resultCode: 40 })
    return new Response(earlier.body, { status: earlier.status, headers: { 'content-type': 'application/json' } })
  }
  const reply = await verb.run(world, account, input.data)
  const response = send(c, world, raw, reply)
  rememberAnswer(world, key, {
    at: world.now().toISOString(),
    fingerprint: `${verb.operation} ${text(raw.signature).toLowerCase()}`,
    final: isFinalCode(reply.resultCode),
    status: response.status,
    body: await response.clone().text(),
  })
  return response
}

/** A wrong signature on create was seen as code 20 with the field named; elsewhere the code table's 13 is used. */
const badSignature = (operation: string): Reply =>
  operation === 'create'
    ? { resultCode: 20, subErrors: [{ field: 'signature', message: 'Invalid signature.' }] }
    : { resultCode: 13 }

const malformed = (error: z.ZodError): Reply => {
  const amountOnly = error.issues.every((issue) => issue.path[0] === 'amount')
  if (amountOnly) return { resultCode: 21 }
  const subErrors = error.issues
    .slice(0, 20)
    .map((issue) => ({ field: issue.path.join('.').slice(0, 100), message: issue.message.slice(0, 200) }))
  return { resultCode: 20, subErrors }
}

/** Every reply names what it answers, as far as that could be read. */
const send = (c: Context, world: World, raw: Raw, reply: Reply): Response =>
  c.json(
    {
      partnerCode: text(raw.partnerCode).slice(0, 50),
      requestId: text(raw.requestId).slice(0, 50),
      orderId: text(raw.orderId).slice(0, 200),
      responseTime: world.now().getTime(),
      message: messageOf(String(reply.resultCode), text(raw.lang)),
      ...reply,
    },
    statusOf(reply.resultCode),
  )

/** A refund names the payment by MoMo's number only; a fault may name it by the merchant's. */
const paymentBehind = (world: World, raw: Raw): string =>
  world.byNumber.get(keyOf('momo', text(raw.partnerCode), text(raw.transId)))?.merchant_reference ?? ''

const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
