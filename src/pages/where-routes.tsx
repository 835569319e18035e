/**
 * "Where is my money?" without a login, for whoever knows a code and the amount. Both are needed, nothing tells a wrong code from a wrong amount, and tries are few
 * for each address and for each code, so that codes cannot be tried out. What is shown names no person, no account and not the order's own page.
 */
import type { Hono } from 'hono'
import { readDossierCode } from '../domain/dossier-code.ts'
import { amountMax } from '../domain/money.ts'
import { readTracingCode } from '../domain/tracing.ts'
import type { Deps } from '../flows/deps.ts'
import { isId } from '../lib/id.ts'
import { createBuckets } from '../lib/limiter.ts'
import { networkOf } from '../lib/network.ts'
import { businessDay } from '../lib/time.ts'
import { everyAgency } from '../store/database.ts'
import { loadFacts } from '../store/facts.ts'
import { findTraced, type TraceKey } from '../store/order-tracing.ts'
import { findCollector, findReceipts } from '../store/receipts.ts'
import { type Language, languageOf } from './language.ts'
import { titleOf } from './load-checkout.ts'
import type { PageEnv } from './page-env.ts'
import { pageHeaders } from './security.ts'
import { standingOf } from './standing.ts'
import { type Asked, type Found, WherePage } from './where-page.tsx'
import type { WhereProblem } from './where-words.ts'

/** Who asks; `env` is what the runtime handed to fetch. */
type AddressOf = (request: Request, env: unknown) => string | null

/**
 * Tries in a row, and how they come back: enough for slips of the pen, too few for a search. A code's own bucket holds against many addresses that try one code. It fills
 * faster than one network may empty it: a dossier's code can be guessed, and a stranger who tries it on and on must not keep its payer out. Who knows the tracing code,
 * which cannot be guessed, has a bucket that no stranger touches.
 */
const perAddress = { capacity: 10, refillPerSecond: 10 / 60 }
const perCode = { capacity: 60, refillPerSecond: 30 / 60 }
const namesMax = 20_000
/** Orders of one dossier and amount that are shown. */
const ordersMax = 3

export const wherePages = (app: Hono<PageEnv>, deps: Deps, addressOf: AddressOf): void => {
  const addresses = createBuckets(perAddress, namesMax)
  const codes = createBuckets(perCode, namesMax)
  app.get('/where', async (c) => {
    c.set('route', '/where')
    const language = languageOf({ asked: c.req.query('lang'), accepted: c.req.header('accept-language') })
    const asked = { code: fieldOf(c.req.query('code'), 100), amount: fieldOf(c.req.query('amount'), 40) }
    const page = { language, asked, otherLanguageHref: hrefOf(asked, language === 'vi' ? 'en' : 'vi') }
    const headers = { ...pageHeaders(deps), 'content-language': language }
    const say = (problem: WhereProblem, status: 200 | 422 | 429, more: Record<string, string> = {}) =>
      c.html(<WherePage {...page} problem={problem} found={[]} />, status, { ...headers, ...more })
    if (!asked.code || !asked.amount) return c.html(<WherePage {...page} problem={null} found={[]} />, 200, headers)
    const key = readKey(asked, businessDay(deps.now()))
    // What can be no code or no amount is found out without asking anybody, and costs no try.
    if (!key) return say('unreadable', 422)
    const takings = [addresses(networkOf(addressOf(c.req.raw, c.env) ?? ''), deps.now())]
    if (takings[0]?.allowed) takings.push(codes(key.tracingCode ?? key.dossierCode, deps.now()))
    const refused = takings.find((taken) => !taken.allowed)
    if (refused) return say('too_many', 429, { 'retry-after': String(refused.retryAfterSeconds) })
    const found = await trace(deps, key, language)
    if (found.length === 0) return say('none', 200)
    return c.html(<WherePage {...page} problem={null} found={found} />, 200, headers)
  })
}

const fieldOf = (text: string | undefined, lengthMax: number): string => (text ?? '').trim().slice(0, lengthMax)

const hrefOf = (asked: Asked, language: Language): string =>
  `/where?${new URLSearchParams({ lang: language, ...(asked.code ? { code: asked.code } : {}), ...(asked.amount ? { amount: asked.amount } : {}) })}`

/** An amount as people write it: `150000`, `150.000 đ`, `150,000 VND`. */
const readKey = ({ code, amount }: Asked, today: string): TraceKey | null => {
  const [, digits] = /^(\d[\d.,\s]*?)\s*(?:đ|₫|d|đồng|dong|vnd|vnđ)?$/iu.exec(amount.normalize('NFC')) ?? []
  const dong = BigInt(digits?.replaceAll(/\D/g, '') || '0')
  if (!digits || dong <= 0n || dong > amountMax) return null
  const tracingCode = readTracingCode(code)
  // Looks like a tracing code, and the check character says that it is none.
  if (!tracingCode && /^ts[-\s]/i.test(code)) return null
  // Nothing that an order could have been placed under.
  const dossier = readDossierCode(code, today)
  if (!dossier) return null
  const id = code.toLowerCase()
  return { dossierCode: dossier.code, tracingCode, orderId: isId('ord', id) ? id : null, amount: dong }
}

const trace = async (deps: Deps, key: TraceKey, language: Language): Promise<Found[]> => {
  const traced = await findTraced(deps.db, key, ordersMax)
  const all = await Promise.all(
    traced.map(async ({ id, dueOn }): Promise<Found | null> => {
      const facts = await loadFacts(deps.db, everyAgency, { orderId: id })
      if (!facts) return null
      const [agency, receipts] = await Promise.all([
        findCollector(deps.db, facts.order.agencyCode),
        findReceipts(deps.db, everyAgency, id),
      ])
      const now = deps.now()
      return {
        facts,
        standing: standingOf(facts, { receipts, now }),
        agency: { name: agency?.name ?? facts.order.agencyCode, phone: agency?.phone ?? null },
        dueOn,
        titleOf: (provider) => titleOf(deps, provider, language),
        now,
      }
    }),
  )
  return all.flatMap((found) => found ?? [])
}
