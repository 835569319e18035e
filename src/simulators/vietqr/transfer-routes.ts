// Owns `POST /transfers`: a payer's transfer by script, with another amount or other words than the code has, told by whichever service.
import { Hono } from 'hono'
import { z } from 'zod'
import { completePayment } from '../complete-payment.ts'
import type { Side } from '../side.ts'
import type { World } from '../world.ts'
import { services, textLengthMax, type WatchedAccount } from './terms.ts'
import { draftOf, newTransfer } from './transfers.ts'

const transferSchema = z.strictObject({
  payload: z.string().min(1).max(512),
  amount: z.number().int().min(1).max(9_999_999_999_999).optional(),
  text: z.string().max(textLengthMax).optional(),
  service: z.enum(services).optional(),
  /** What the bank files the movement under; absent: a number that never comes again. */
  number: z
    .string()
    .regex(/^[0-9A-Z]{1,40}$/)
    .optional(),
})

export const transferRoutes = (
  world: World,
  { accounts, side }: { accounts: readonly WatchedAccount[]; side: () => Side },
): Hono => {
  const app = new Hono()
  app.post('/transfers', async (c) => {
    const input = transferSchema.safeParse(await c.req.json().catch(() => undefined))
    if (!input.success)
      return c.json({ title: 'the transfer is not valid', status: 422, errors: input.error.issues }, 422)
    const { payload, amount, text, service, number } = input.data
    const scanned = draftOf(payload)
    const draft = scanned && { ...scanned, text: text ?? scanned.text }
    const named = { named: scanned?.text ?? '', ...(service ? { service } : {}) }
    const payment = draft && newTransfer(world, accounts, { draft, ...named })
    if (!payment) return c.json({ title: 'no account here has this code', status: 422 }, 422)
    if (number !== undefined) payment.details.number = number
    const changed = amount === undefined ? {} : { amount: BigInt(amount) }
    const delivered = await completePayment(world, side(), payment, { result: 'success', ...changed })
    const { merchant_reference, provider_reference, status, details } = payment
    const told = { merchant_reference, provider_reference, status, amount: Number(payment.amount), delivered }
    return c.json({ ...told, text: details.text, service: details.service }, 201)
  })
  return app
}
