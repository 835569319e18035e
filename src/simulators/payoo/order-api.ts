// Owns `order/create`: the check sum over the exact text of the order's XML, the order's form, and the payment that then exists.
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { readXml, XmlProblem } from '../../lib/xml.ts'
import { guardCall } from '../guard-call.ts'
import { armMagicAmount } from '../magic-amounts.ts'
import { type PayPage, payLink } from '../pay-link.ts'
import type { Payment } from '../records.ts'
import { sameHex } from '../signing.ts'
import { readStamp } from '../vietnam-time.ts'
import { addPayment, keyOf, type World } from '../world.ts'
import { type PayooAccount, sha512 } from './terms.ts'

const web = z.url({ protocol: /^https?$/ }).max(2_048)
const orderSchema = z.object({
  ...{ session: z.string().min(1), username: z.string(), shop_id: z.string(), shop_title: z.string() },
  ...{ shop_domain: z.string(), shop_back_url: web, order_no: z.string().regex(/^[0-9A-Za-z_-]{1,50}$/) },
  order_cash_amount: z.string().regex(/^[1-9][0-9]{0,11}$/),
  order_ship_date: z.string().regex(/^\d{2}\/\d{2}\/\d{4}$/),
  order_ship_days: z.string().regex(/^\d{1,3}$/),
  order_description: z
    .string()
    .regex(/^[0-9A-Za-z+%._-]{1,2000}$/)
    .refine((text) => (formDecoded(text) ?? '').length > 50),
  validity_time: z.string().refine((text) => readStamp(text) !== null),
  notify_url: web,
})
type Order = z.infer<typeof orderSchema>
const bodySchema = z.object({ data: z.string(), checksum: z.string(), refer: z.string() })

/** `POST /v2/paynow/order/create`. No error code is public: a refusal is a word and no address. */
export const orderApiRoutes = (world: World, accounts: readonly PayooAccount[], page: PayPage): Hono => {
  const app = new Hono()
  app.post('/v2/paynow/order/create', async (c: Context) => {
    const body = bodySchema.safeParse(await c.req.json().catch(() => null))
    const fields = body.success ? readOrder(body.data.data) : {}
    const { shop_id: account = '', order_no: reference = '' } = fields
    const call = { provider: 'payoo', account, operation: 'create' as const, requestId: world.newId() }
    const answer = async () => {
      if (!body.success) return { result: 'fail', message: 'Invalid data' }
      return create(world, accounts, { ...body.data, fields, page })
    }
    const handle = async () => c.json(await answer())
    return guardCall(world, { ...call, references: [reference] }, { signal: c.req.raw.signal, handle })
  })
  return app
}

const create = async (
  world: World,
  accounts: readonly PayooAccount[],
  sent: z.infer<typeof bodySchema> & { fields: Record<string, string>; page: PayPage },
): Promise<object> => {
  const refuse = (message: string) => ({ result: 'fail', message })
  const account = accounts.find((one) => one.shop_id === sent.fields.shop_id)
  if (!account) return refuse('Invalid shop')
  if (!sameHex(sent.checksum, await sha512(account.checksum_key + sent.data))) return refuse('Invalid checksum')
  const read = orderSchema.safeParse(sent.fields)
  if (!read.success) return refuse(`Invalid ${read.error.issues[0]?.path.join('.') ?? 'order'}`)
  const order = read.data
  const isRegistered = order.username === account.business_username && order.shop_domain === account.shop_domain
  if (!isRegistered || sent.refer !== account.shop_domain) return refuse('Invalid domain')
  const expires = readStamp(order.validity_time) ?? new Date(0)
  if (expires <= world.now()) return refuse('Invalid validity_time')
  if (world.payments.has(keyOf('payoo', account.shop_id, order.order_no))) return refuse('Duplicate order_no')
  const payment = newPayment(world, order, expires)
  addPayment(world, payment)
  armMagicAmount(world, payment)
  return {
    result: 'success',
    order: { order_no: order.order_no, payment_url: await payLink(world, sent.page, payment) },
  }
}

const newPayment = (world: World, order: Order, expires: Date): Payment => ({
  ...{ provider: 'payoo', account: order.shop_id, merchant_reference: order.order_no, provider_reference: '' },
  ...{ amount_requested: BigInt(order.order_cash_amount), amount: BigInt(order.order_cash_amount) },
  description: formDecoded(order.order_description) ?? '',
  ...{ status: 'open', code: '', created_at: world.now().toISOString(), expires_at: expires.toISOString() },
  ...{ occurred_at: null, return_url: order.shop_back_url, callback_url: order.notify_url },
  details: { ...order },
  ...{ refunds: [], deliveries: [] },
})

/** The order's members by name; nothing for text that is no XML. */
const readOrder = (xml: string): Record<string, string> => {
  try {
    const elements = readXml(xml, { charsMax: 32_768, depthMax: 6, textMax: 8_192 })
    const members = elements.filter(({ path }) => path.length === 3 && path.join('/').startsWith('shops/shop/'))
    return Object.fromEntries(members.map(({ name, text }) => [name, text]))
  } catch (error) {
    if (error instanceof XmlProblem) return {}
    throw error
  }
}

const formDecoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}
