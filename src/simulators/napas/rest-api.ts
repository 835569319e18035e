// Owns NAPAS's two calls: a token for the merchant's user, and a data key for one order. Neither makes a payment: that begins on the page.
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { guardCall } from '../guard-call.ts'
import { sameHex } from '../signing.ts'
import type { World } from '../world.ts'
import { dataKeyOf, type NapasAccount, napasKeyOf, tokenLifetimeMs, tokenOf } from './terms.ts'

const dataKeySchema = z.object({
  apiOperation: z.literal('DATA_KEY'),
  order: z.object({
    id: z.string().regex(/^[0-9A-Za-z_-]{1,50}$/),
    amount: z.number().int().min(1).max(999_999_999_999),
    currency: z.literal('VND'),
  }),
  inputParameters: z
    .object({
      clientIP: z.union([z.ipv4(), z.ipv6()]),
      deviceId: z.string().min(1).max(100),
      environment: z.literal('WebApp'),
      cardScheme: z.enum(['AtmCard', 'CreditCard']),
      enable3DSecure: z.boolean(),
    })
    .refine(({ cardScheme, enable3DSecure }) => enable3DSecure === (cardScheme === 'CreditCard')),
})

/** `POST /api/oauth/token` and `/api/rest/version/32/merchant/{client_id}/datakey`. */
export const restApiRoutes = (world: World, accounts: readonly NapasAccount[]): Hono => {
  const app = new Hono()
  const guarded = (c: Context, references: string[], handle: () => Promise<Response>) => {
    const call = { provider: 'napas', account: '', operation: 'create' as const, requestId: world.newId() }
    return guardCall(world, { ...call, references }, { signal: c.req.raw.signal, handle })
  }
  app.post('/api/oauth/token', async (c) => {
    const form = new URLSearchParams(await c.req.text())
    return guarded(c, [], async () => {
      const account = accounts.find((one) => one.client_id === form.get('client_id'))
      const isKnown = account && isSame(form, account) && form.get('grant_type') === 'password'
      if (!isKnown) return c.json({ error: 'invalid_grant' }, 401)
      const expiresMs = world.now().getTime() + tokenLifetimeMs
      return c.json({ access_token: await tokenOf(account, expiresMs), token_type: 'bearer', expires_in: 3600 })
    })
  })
  app.post('/api/rest/version/32/merchant/:client/datakey', async (c) => {
    const input = dataKeySchema.safeParse(await c.req.json().catch(() => null))
    return guarded(c, input.success ? [input.data.order.id] : [], async () => {
      const account = accounts.find((one) => one.client_id === c.req.param('client'))
      if (!account || !(await isValid(world, account, c.req.header('authorization') ?? ''))) {
        return c.json({ error: 'invalid_token' }, 401)
      }
      if (!input.success) return c.json({ result: 'ERROR', error: { cause: 'INVALID_REQUEST' } }, 400)
      const { id, amount } = input.data.order
      const dataKey = await dataKeyOf(account, { id, amount: String(amount) })
      return c.json({ result: 'SUCCESS', dataKey, napasKey: await napasKeyOf(account) })
    })
  })
  return app
}

const isSame = (form: URLSearchParams, account: NapasAccount): boolean =>
  (['client_secret', 'username', 'password'] as const).every((name) => form.get(name) === account[name])

const isValid = async (world: World, account: NapasAccount, authorization: string): Promise<boolean> => {
  const token = authorization.replace(/^Bearer /, '')
  const expiresMs = Number(token.split('.')[0])
  if (!(expiresMs > world.now().getTime())) return false
  const [, check = ''] = token.split('.')
  return sameHex(check, (await tokenOf(account, expiresMs)).split('.')[1] ?? '')
}
