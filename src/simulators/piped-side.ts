// Owns the other party of the gateways whose messages are signed by SHA-256 over fields joined by bars: INIT, the payment page, the signed notice, QUERY.
// Written from the two pages of the protocols; what they leave open (retries, failure codes, the life of a page, the return's hash) is marked where it stands.
import { type Context, Hono } from 'hono'
import { checkoutRoutes } from './checkout.tsx'
import { guardCall } from './guard-call.ts'
import { armMagicAmount } from './magic-amounts.ts'
import { findByLink, type PayPage, payLink } from './pay-link.ts'
import {
  codes,
  outcomes,
  type PipedMerchant,
  type PipedTerms,
  pageLifetimeMs,
  pipedHash,
  states,
  wireText,
} from './piped-terms.ts'
import type { Payment } from './records.ts'
import { forgersKey, type Side } from './side.ts'
import { sameHex, sha256Hex } from './signing.ts'
import { stamp } from './vietnam-time.ts'
import { addPayment, expireIfDue, keyOf, nextNumber, type World } from './world.ts'

type Raw = Record<string, unknown>
type Gateway = { world: World; terms: PipedTerms; merchants: readonly PipedMerchant[]; page: PayPage }

export const pipedSide =
  (terms: PipedTerms) =>
  (world: World, merchants: readonly PipedMerchant[]): Side => {
    const secretOf = (id: string) => merchants.find((one) => one.id === id)?.secret_key ?? null
    const page: PayPage = { provider: terms.provider, path: '/pay', secretOf }
    const { names } = terms
    const side: Side = {
      name: terms.provider,
      title: terms.title,
      accounts: merchants.map(({ id, tariff = {} }) => ({ id, tariff })),
      // No rule of repeats is published.
      retry: { countMax: 1, everyMs: 0 },
      outcome: (_payment, result) => {
        const [status, code] = outcomes[result]
        return { status, code, provider_reference: nextNumber(world) }
      },
      callback: async (payment, isForged) => {
        const fields = noticeFields(terms, payment)
        const secret = isForged ? forgersKey : (secretOf(payment.account) ?? forgersKey)
        const signature = await pipedHash(terms.orders.notice, fields, secret)
        const body = JSON.stringify({ ...fields, [names.signature]: signature })
        return { method: 'POST', url: payment.callback_url, body }
      },
      returnUrl: async (payment) => {
        if (payment.code === '') return null
        // How it is signed is published nowhere: this hash is this simulator's own, and nobody can check it.
        const told = [payment.merchant_reference, payment.code, secretOf(payment.account) ?? '']
        const query = { data: told[0] ?? '', responseCode: payment.code, secureCode: await sha256Hex(told.join('|')) }
        return `${payment.return_url}${payment.return_url.includes('?') ? '&' : '?'}${new URLSearchParams(query)}`
      },
      accepts: ({ status, text }) => status === 200 && codeIn(text, names.code) === codes.done,
      routes: new Hono(),
    }
    const checkout = {
      path: page.path,
      find: (url: string) => findByLink(world, page, { url, expiredCode: codes.other }),
      side: () => side,
    }
    side.routes.route('/', checkoutRoutes(world, checkout)).route('/', apiRoutes({ world, terms, merchants, page }))
    return side
  }

const noticeFields = ({ names, noticeKind, orders, writeAmount }: PipedTerms, payment: Payment): Raw => ({
  [orders.notice[0] ?? '']: noticeKind,
  [names.code]: payment.code,
  [names.merchant]: payment.account,
  [names.reference]: payment.merchant_reference,
  [names.amount]: writeAmount(payment.amount, 'notice'),
  [names.currency]: 'VND',
  [names.number]: payment.provider_reference,
  [names.method]: 'VNPTPAY',
  [names.time]: stamp(new Date(payment.occurred_at ?? payment.created_at)),
  [names.info]: payment.description,
})

const apiRoutes = (gateway: Gateway): Hono => {
  const { world, terms, merchants } = gateway
  const app = new Hono()
  const serve = (operation: 'create' | 'query', path: string, answer: typeof create) =>
    app.post(path, async (c: Context) => {
      const body = await c.req.json().catch(() => null)
      const raw: Raw = typeof body === 'object' && body !== null ? { ...body } : {}
      const id = wireText(raw[terms.names.merchant])
      const merchant = merchants.find((one) => one.id === id)
      const isLetIn = !merchant?.bearer || c.req.header('authorization') === `Bearer ${merchant.bearer}`
      // No call has a request id of its own, so no two are the same.
      const call = { provider: terms.provider, account: id, operation, requestId: world.newId() }
      const handle = async () =>
        isLetIn ? c.json(await answer(gateway, merchant, raw)) : c.json({ message: 'Unauthorized' }, 401)
      const references = [wireText(raw[terms.names.reference])]
      return guardCall(world, { ...call, references }, { signal: c.req.raw.signal, handle })
    })
  serve('create', terms.paths.init, create)
  serve('query', terms.paths.query, query)
  return app
}

const create = async (gateway: Gateway, merchant: PipedMerchant | undefined, raw: Raw): Promise<Raw> => {
  const { world, terms, page } = gateway
  const refused = await refusal(gateway, merchant, { raw, names: terms.orders.init, forms: terms.initForms })
  if (refused || !merchant) return refused ?? say(terms, codes.other, 'Invalid request')
  const problem = terms.initProblem(raw)
  if (problem !== null) return say(terms, codes.other, problem)
  const reference = wireText(raw[terms.names.reference])
  if (world.payments.has(keyOf(terms.provider, merchant.id, reference)))
    return say(terms, codes.other, 'Duplicate reference')
  const amount = BigInt(wireText(raw[terms.names.amount]))
  const now = world.now()
  const payment: Payment = {
    ...{ provider: terms.provider, account: merchant.id, merchant_reference: reference, provider_reference: '' },
    ...{ amount_requested: amount, amount, description: terms.description(raw), status: 'open', code: '' },
    ...{ created_at: now.toISOString(), occurred_at: null },
    expires_at: new Date(now.getTime() + pageLifetimeMs).toISOString(),
    ...{ return_url: merchant.return_url, callback_url: merchant.callback_url },
    details: { init_time: wireText(raw[terms.names.initTime]) },
    ...{ refunds: [], deliveries: [] },
  }
  addPayment(world, payment)
  armMagicAmount(world, payment)
  return { ...say(terms, codes.done, 'Success'), [terms.names.payUrl]: await payLink(world, page, payment) }
}

const query = async (gateway: Gateway, merchant: PipedMerchant | undefined, raw: Raw): Promise<Raw> => {
  const { world, terms } = gateway
  const { names } = terms
  const refused = await refusal(gateway, merchant, { raw, names: terms.orders.query, forms: terms.queryForms })
  if (refused || !merchant) return refused ?? say(terms, codes.other, 'Invalid request')
  const payment = world.payments.get(keyOf(terms.provider, merchant.id, wireText(raw[names.reference])))
  // A payment is named by its reference and by the time that INIT gave it.
  if (!payment || payment.details.init_time !== wireText(raw[names.initTime]))
    return say(terms, codes.unknown, 'Order not found')
  expireIfDue(world, payment, codes.other)
  const isOver = payment.occurred_at !== null
  return {
    ...say(terms, codes.done, 'Success'),
    ...terms.queryExtras(merchant),
    [names.reference]: payment.merchant_reference,
    [names.number]: isOver ? payment.provider_reference : '',
    [names.amount]: terms.writeAmount(payment.amount, 'query'),
    [names.currency]: 'VND',
    [names.time]: isOver ? stamp(new Date(payment.occurred_at ?? payment.created_at)) : '',
    [names.status]: states[payment.status],
    [names.info]: '',
  }
}

type Read = { raw: Raw; names: readonly string[]; forms: Record<string, RegExp> }

/** What every call must pass, in this order: merchant, form, signature; null when it does. */
const refusal = async ({ terms }: Gateway, merchant: PipedMerchant | undefined, { raw, names, forms }: Read) => {
  if (!merchant) return say(terms, codes.other, 'Unknown merchant')
  const wrong = Object.entries(forms).find(([name, form]) => !form.test(wireText(raw[name])))?.[0]
  if (wrong) return say(terms, codes.other, `Invalid ${wrong}`)
  const isSigned = sameHex(wireText(raw[terms.names.signature]), await pipedHash(names, raw, merchant.secret_key))
  return isSigned ? null : say(terms, codes.badSignature, 'Invalid signature')
}

const say = ({ names }: PipedTerms, code: string, text: string): Raw => ({ [names.code]: code, [names.text]: text })

const codeIn = (text: string, name: string): string => {
  try {
    const answer: unknown = JSON.parse(text)
    return typeof answer === 'object' && answer !== null ? wireText((answer as Raw)[name]) : ''
  } catch {
    return ''
  }
}
