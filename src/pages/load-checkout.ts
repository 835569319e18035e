/** Gathers what the page at /pay/{token} shows. */
import { extensionOf } from '../domain/order-deadline.ts'
import type { Attempt, Order, OrderFacts } from '../domain/order-facts.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Deps } from '../flows/deps.ts'
import { methodsOf } from '../flows/list-methods.ts'
import { healthSince, presentHealth } from '../flows/read-health.ts'
import { readAttemptAction } from '../store/attempt-action.ts'
import { readSurroundings } from '../store/checkout-surroundings.ts'
import { everyAgency } from '../store/database.ts'
import { loadFacts } from '../store/facts.ts'
import type { Checkout } from './checkout-view.ts'
import { soonMs } from './choose-provider.tsx'
import type { StartProblem } from './copy.ts'
import { type Language, languageOf } from './language.ts'
import { leavingOf } from './leaving.ts'
import { type Offer, offersOf } from './methods.ts'
import { pageHeaders, safeUrl } from './security.ts'
import { isPayable, type Standing, standingOf, wasTried } from './standing.ts'

/** What the address says besides the token. */
export type Asked = {
  lang?: string | undefined
  n?: string | undefined
  auto?: string | undefined
  checked?: string | undefined
  extended?: string | undefined
  choice?: string | undefined
}

/** The facts of the order that a checkout token names. Throws Refusal `not_found`, also for what cannot be a token. */
export const findCheckout = async (deps: Deps, token: string): Promise<OrderFacts> => {
  const facts = /^[\w-]{16,64}$/.test(token) ? await loadFacts(deps.db, everyAgency, { checkoutToken: token }) : null
  if (!facts) throw new Refusal('not_found', 'There is no such order.')
  return facts
}

/** The whole page. `problem` is why the payment that was just asked for did not begin. */
export const loadCheckout = async (
  deps: Deps,
  facts: OrderFacts,
  { asked, problem = null }: { asked: Asked; problem?: StartProblem | null },
): Promise<Checkout> => {
  const { order } = facts
  const now = deps.now()
  const { agencyCode, id: orderId } = order
  // Receipts say something only of an order that is paid, so whether this one can still be is known before anything else is read.
  const unpaid = standingOf(facts, { receipts: [], now })
  const isOpen = order.status === 'open' && (unpaid.state === 'confirming' || isPayable(facts, unpaid, now))
  const question = { agencyCode, orderId, since: isOpen ? healthSince(now) : null }
  const { agency, accounts, recent, ...found } = await readSurroundings(deps.db, question)
  const receipts = order.status === 'paid' ? found.receipts : []
  const dueOn = facts.discrepancies.some((each) => each.isOpen) ? found.dueOn : null
  const standing = standingOf(facts, { receipts, now })
  const language = languageOf({ asked: asked.lang, order: order.language })
  const reloads = asked.auto === 'off' ? null : Math.min(Number(/^\d{1,4}$/.exec(asked.n ?? '')?.[0] ?? 0), 9_999)
  const unreached = unreachedOf(facts)
  const healths = recent.map((each) => presentHealth(each, now))
  const methods = isOpen ? await methodsOf(deps, accounts, healths) : []
  const offers = offersOf(methods, { amount: order.amount, unreached })
  return {
    facts,
    standing: freed(standing, offers),
    agency: { name: agency?.name ?? order.agencyCode, phone: agency?.phone ?? null },
    receipts,
    offers,
    unreached,
    titleOf: (provider) => titleOf(deps, provider, language),
    canGoOn:
      standing.state === 'confirming' && canGoOn(standing.attempt, now) && (await hasAction(deps, standing.attempt)),
    problem,
    checked: asked.checked === 'now' || asked.checked === 'wait' ? asked.checked : null,
    dueOn,
    live: reloads === null ? null : liveOf(facts, { standing, language, now }),
    extension: extensionOf(facts, now),
    isExtended: asked.extended === '1' && order.extensions > 0,
    choice: /^[a-z0-9_-]{1,40}$/.exec(asked.choice ?? '')?.[0] ?? null,
    reloads,
    links: linksOf(order, { language, standing, reloads }),
    returnUrl: safeUrl(order.returnUrl, deps.mode),
    host: new URL(deps.publicUrl).host,
    now,
    language,
  }
}

export const checkoutHeaders = ({ mode }: Pick<Deps, 'mode'>, page: Checkout): Record<string, string> => ({
  ...pageHeaders({ mode, isLive: page.live !== null }),
  'content-language': page.language,
})

/** What a provider is called where citizens read it; its plain name once it is no longer registered. */
export const titleOf = (deps: Deps, provider: string, language: Language): string =>
  (Object.hasOwn(deps.providers, provider) ? deps.providers[provider]?.title[language] : undefined) ?? provider

/** The same payment can be gone on with while its provider still takes money for it and no other payment took its place. */
export const canGoOn = (attempt: Attempt, now: Date): boolean =>
  ['created', 'pending'].includes(attempt.status) && attempt.fencedAt === null && attempt.expiresAt > now

const hasAction = async (deps: Deps, attempt: Attempt): Promise<boolean> =>
  leavingOf(await readAttemptAction(deps.db, attempt.id), deps.mode) !== null

/** A payment whose provider is down, silent or gone need not be waited for until its time is over. */
const freed = (standing: Standing, offers: readonly Offer[]): Standing => {
  if (standing.state !== 'confirming') return standing
  const offer = offers.find((each) => each.provider === standing.attempt.provider)
  return { ...standing, isStuck: standing.isStuck || offer?.standing !== 'good' }
}

/** Providers whose latest attempt here never reached them, or got no answer. */
const unreachedOf = ({ attempts }: OrderFacts): string[] => {
  const latest = new Map(attempts.map((attempt) => [attempt.provider, attempt]))
  return [...latest.values()]
    .filter((attempt) => attempt.status === 'unknown' || !wasTried(attempt))
    .map((attempt) => attempt.provider)
}

/** The path of an order's page; the language is named where it is not the order's own. */
export const payPath = (
  order: Pick<Order, 'checkoutToken' | 'language'>,
  language: Language,
  more: { rest?: string; query?: Record<string, string> } = {},
): string => {
  const query = new URLSearchParams({
    ...(language === order.language ? {} : { lang: language }),
    ...more.query,
  }).toString()
  return `/pay/${order.checkoutToken}${more.rest ?? ''}${query ? `?${query}` : ''}`
}

/** States that change by themselves while somebody looks. */
const isMoving: Partial<Record<Standing['state'], boolean>> = {
  waiting: true,
  failed: true,
  confirming: true,
  receipt_pending: true,
}

const liveOf = (
  { order, attempts }: OrderFacts,
  { standing, language, now }: { standing: Standing; language: Language; now: Date },
): Checkout['live'] => {
  if (!isMoving[standing.state]) return null
  // What the page says by the clock alone: that the time is nearly over, that it is over, that a payment is no longer waited for.
  const turns = [
    ...(order.status === 'open' ? [order.expiresAt.getTime() - soonMs, order.expiresAt.getTime()] : []),
    ...attempts.map((attempt) => attempt.expiresAt.getTime()),
  ].filter((at) => at > now.getTime())
  return {
    events: eventsPath(order),
    self: payPath(order, language),
    soonMs: turns.length > 0 ? Math.min(...turns) - now.getTime() : null,
  }
}

/** Where an open page hears that the order has changed since it was read. */
export const eventsPath = ({ checkoutToken, version }: Order): string => `/pay/${checkoutToken}/events?seen=${version}`

const linksOf = (
  order: Order,
  { language, standing, reloads }: { language: Language; standing: Standing; reloads: number | null },
): Checkout['links'] => ({
  self: payPath(order, language),
  check: payPath(order, language, { rest: '/check' }),
  extend: payPath(order, language, { rest: '/extend' }),
  goOn: standing.state === 'confirming' ? payPath(order, language, { rest: `/attempts/${standing.attempt.id}` }) : '',
  still: payPath(order, language, { query: { auto: 'off' } }),
  next: payPath(order, language, { query: { n: String((reloads ?? 0) + 1) } }),
  otherLanguage: `/pay/${order.checkoutToken}?lang=${language === 'vi' ? 'en' : 'vi'}`,
})
