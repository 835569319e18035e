// Owns the levers of a simulated provider: complete a payment by script, order faults, fetch a settlement statement.
// They are not part of any provider's protocol, and they ask for no key: simulators exist in demo and tests only.
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { completePayment } from './complete-payment.ts'
import { addFault, faultCountMax, faultSchema } from './faults.ts'
import { ledgerRows } from './ledger.ts'
import type { Fault } from './records.ts'
import { results, type Side } from './side.ts'
import { statementCsv } from './statement.ts'
import { daysBetween, isDay } from './vietnam-time.ts'
import { findPayment, isFinal, type World } from './world.ts'

const completionSchema = z.strictObject({
  result: z.enum(results),
  amount: z.number().int().min(1).max(9_999_999_999).optional(),
  at: z.iso.datetime({ offset: true }).optional(),
  // The address that a browser would open, or the text of a code that a phone would scan.
  pay_url: z
    .union([z.url({ protocol: /^https?$/ }).max(8_192), z.string().regex(/^000201[\x20-\x7e]{1,506}$/)])
    .optional(),
})

const daysMax = 366
const ledgerRowsMax = 10_000

/** Routes below `/{provider}`: `payments/…/complete`, `faults`, `ledger`, `settlements`. */
export const controlRoutes = (world: World, side: Side): Hono => {
  const app = new Hono()
  app.post('/payments/:reference/complete', async (c) => {
    const input = completionSchema.safeParse(await readJson(c))
    return input.success
      ? complete(c, { world, side, reference: c.req.param('reference'), input: input.data })
      : invalid(c, input.error)
  })
  app.get('/payments/:reference', (c) => {
    const payment = findPayment(world, {
      provider: side.name,
      account: c.req.query('account'),
      merchant_reference: c.req.param('reference'),
    })
    return payment ? c.json(plain(payment)) : problem(c, 404, 'this provider knows no such payment')
  })
  app.get('/ledger', (c) => c.json({ data: ledgerRows(world, side.name).slice(-ledgerRowsMax).map(plain) }))
  app.post('/faults', async (c) => {
    const input = faultSchema.safeParse(await readJson(c))
    if (!input.success) return invalid(c, input.error)
    const fault = addFault(world, side.name, input.data)
    return fault
      ? c.json(faultView(fault), 201)
      : problem(c, 409, `${faultCountMax} faults are waiting already; clear them first`)
  })
  app.get('/faults', (c) =>
    c.json({ data: world.faults.filter((fault) => fault.provider === side.name).map(faultView) }),
  )
  app.delete('/faults', (c) => {
    world.faults = world.faults.filter((fault) => fault.provider !== side.name)
    return c.body(null, 204)
  })
  app.get('/settlements.csv', (c) =>
    statement(c, { world, side, from: c.req.query('from') ?? '', to: c.req.query('to') ?? '' }),
  )
  app.get('/settlements/:file', (c) => {
    const day = /^(.{10})\.csv$/.exec(c.req.param('file'))?.[1] ?? ''
    return statement(c, { world, side, from: day, to: day })
  })
  return app
}

const complete = async (
  c: Context,
  at: { world: World; side: Side; reference: string; input: z.infer<typeof completionSchema> },
): Promise<Response> => {
  const { world, side, reference, input } = at
  if (input.pay_url !== undefined && (await register(side, input.pay_url)) === null)
    return problem(c, 422, 'the payment page refuses this address', 'pay_url')
  const payment = findPayment(world, {
    provider: side.name,
    account: c.req.query('account'),
    merchant_reference: reference,
  })
  if (!payment)
    return problem(c, 404, 'this provider knows no such payment: open its payment address first, or send it as pay_url')
  if (isFinal(payment)) return problem(c, 409, `this payment is final already: ${payment.status}`)
  const delivered = await completePayment(world, side, payment, {
    result: input.result,
    ...(input.amount === undefined ? {} : { amount: BigInt(input.amount) }),
    ...(input.at === undefined ? {} : { at: new Date(input.at) }),
  })
  const waiting = [...world.notices.values()].filter(
    (notice) =>
      notice.provider === side.name &&
      notice.account === payment.account &&
      notice.merchant_reference === payment.merchant_reference,
  )
  return c.json({
    merchant_reference: payment.merchant_reference,
    provider_reference: payment.provider_reference,
    status: payment.status,
    code: payment.code,
    amount: Number(payment.amount),
    occurred_at: payment.occurred_at,
    delivered,
    waiting: waiting.map(({ kind, tries, held, due_at }) => ({ kind, tries, held, due_at })),
    return_url: await side.returnUrl(payment),
  })
}

/** Undefined where this provider learns of a payment in another way. */
const register = (side: Side, address: string): Promise<unknown> | unknown =>
  address.startsWith('000201') ? side.scan?.(address) : side.open?.(address)

const statement = (c: Context, asked: { world: World; side: Side; from: string; to: string }): Response => {
  const { world, side, from, to } = asked
  if (!isDay(from) || !isDay(to)) return problem(c, 422, 'days are written yyyy-MM-dd', 'from')
  if (to < from) return problem(c, 422, 'must not lie before from', 'to')
  if (daysBetween(from, to) >= daysMax) return problem(c, 422, `at most ${daysMax} days at a time`, 'to')
  const id = c.req.query('account') ?? (side.accounts.length === 1 ? side.accounts[0]?.id : undefined)
  if (id === undefined) return problem(c, 422, 'name the account, as there are several', 'account')
  const account = side.accounts.find((one) => one.id === id)
  if (!account) return problem(c, 404, 'this provider has no such account')
  const csv = statementCsv(world, { provider: side.name, account, from, to })
  return c.body(csv, 200, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${side.name}-${from}${from === to ? '' : `-${to}`}.csv"`,
  })
}

/** The body as JSON, or undefined, which no schema accepts. */
const readJson = async (c: Context): Promise<unknown> => {
  try {
    return await c.req.json()
  } catch {
    return undefined
  }
}

const problem = (c: Context, status: 404 | 409 | 422, title: string, field?: string): Response =>
  c.json(
    { title, status, ...(field === undefined ? {} : { errors: [{ pointer: `/${field}`, message: title }] }) },
    status,
    { 'content-type': 'application/problem+json' },
  )

const invalid = (c: Context, error: z.ZodError): Response =>
  c.json(
    {
      title: 'the request is not valid',
      status: 422,
      errors: error.issues.map((issue) => ({ pointer: `/${issue.path.join('/')}`, message: issue.message })),
    },
    422,
    { 'content-type': 'application/problem+json' },
  )

/** Amounts are at most twelve digits, so they are exact as JSON integers. */
const plain = (value: object): unknown =>
  JSON.parse(JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? Number(part) : part)))

const faultView = ({ id, fault, merchant_reference, operation, delay_seconds, amount, count, uses_left }: Fault) => ({
  id,
  fault,
  merchant_reference,
  operation,
  delay_seconds,
  amount: amount === null ? null : Number(amount),
  count,
  uses_left,
})
