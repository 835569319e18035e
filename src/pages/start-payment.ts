/** A citizen presses the button: the form is read, a payment is begun or gone on with, and the browser is told where to go. */
import type { Attempt, OrderFacts } from '../domain/order-facts.ts'
import { Refusal, type RefusalCode } from '../domain/refusal.ts'
import { unsettledAttempts } from '../domain/states.ts'
import { endingWithin, patienceMs } from '../flows/deadline.ts'
import type { Deps } from '../flows/deps.ts'
import { AttemptsMoved, startAttempt } from '../flows/start-attempt.ts'
import { everyAgency } from '../store/database.ts'
import type { StartProblem } from './copy.ts'
import { canGoOn, findCheckout } from './load-checkout.ts'
import { standingOf } from './standing.ts'

export type PayForm = { provider: string | null; bankCode: string | null; seen: number | null }

/** `page`: look at the order again; `attempt`: leave for the provider; `problem`: the page once more, with why nothing began. */
export type Started =
  | { go: 'page' }
  | { go: 'attempt'; attempt: Attempt }
  | { go: 'problem'; facts: OrderFacts; problem: StartProblem; retryAfterSeconds: number | null }

/** Reads the posted members; what is not well-formed counts as not given. */
export const readPayForm = (params: ReadonlyMap<string, string>): PayForm => ({
  provider: readProvider(params),
  bankCode: /^[A-Za-z0-9]{2,20}$/.exec(params.get('bank_code') ?? '')?.[0] ?? null,
  seen: params.has('seen') ? Number(/^\d{1,3}$/.exec(params.get('seen') ?? '')?.[0] ?? -1) : null,
})

/** The provider that a form names; null for what can be none. */
export const readProvider = (params: ReadonlyMap<string, string>): string | null =>
  /^[a-z0-9_-]{1,40}$/.exec(params.get('provider') ?? '')?.[0] ?? null

/** One start at a time per order in this process, so that the second of two clicks finds what the first has begun. */
export type StartQueue = Map<string, Promise<unknown>>

/** Begins a payment, or goes on with one that has begun. Throws Refusal `not_found`, and whatever is no citizen's business. */
export const startPayment = async (
  deps: Deps,
  queue: StartQueue,
  input: { token: string; form: PayForm; payerIp: string },
): Promise<Started> => {
  const before = queue.get(input.token)?.catch(() => undefined)
  // The citizen's patience begins with the click, also where another click is served first.
  const inTime = endingWithin(deps, patienceMs.visitor)
  // It waits for a provider like the one before it: a few impatient payers must not hold every place.
  const turn = before && (deps.standAside ? deps.standAside(() => before) : before)
  const work = (turn ?? Promise.resolve()).then(() => startOnce(inTime, input))
  queue.set(input.token, work)
  try {
    return await work
  } finally {
    if (queue.get(input.token) === work) queue.delete(input.token)
  }
}

const startOnce = async (
  deps: Deps,
  { token, form, payerIp }: { token: string; form: PayForm; payerIp: string },
): Promise<Started> => {
  const facts = await findCheckout(deps, token)
  if (facts.order.status !== 'open') return { go: 'page' }
  // Money has come that is not decided about: whoever sent the form has not seen that, and it may be theirs.
  const { state } = standingOf(facts, { receipts: [], now: deps.now() })
  if (state === 'wrong_amount' || state === 'contested') return { go: 'page' }
  const { provider, bankCode, seen } = form
  if (!provider) return { go: 'problem', facts, problem: 'no_choice', retryAfterSeconds: null }
  // The same choice again is the same payment: one reference at the provider can be charged once only.
  const begun = facts.attempts.findLast((attempt) => unsettledAttempts.includes(attempt.status))
  if (begun?.provider === provider && canGoOn(begun, deps.now())) return { go: 'attempt', attempt: begun }
  // The form is older than the last attempt, so whoever sent it has not seen how that one stands. Another process may be beginning one at this very moment, so the
  // commit of the attempt looks again.
  if (seen !== null && seen !== facts.attempts.length) return { go: 'page' }
  try {
    const order = { checkoutToken: token }
    const { attempt, action } = await startAttempt(deps, {
      scope: everyAgency,
      order,
      provider,
      bankCode,
      payerIp,
      seen: facts.attempts.length,
    })
    return action ? { go: 'attempt', attempt } : { go: 'page' }
  } catch (error) {
    if (error instanceof AttemptsMoved) return { go: 'page' }
    const problem = error instanceof Refusal ? startProblems[error.code] : undefined
    if (!(error instanceof Refusal) || problem === undefined) throw error
    if (problem === 'look_again') return { go: 'page' }
    return {
      go: 'problem',
      facts: await findCheckout(deps, token),
      problem,
      retryAfterSeconds: error.retryAfterSeconds,
    }
  }
}

/** What each refusal means to a citizen; `look_again` where the page itself says it better. */
const startProblems: Partial<Record<RefusalCode, StartProblem | 'look_again'>> = {
  order_already_paid: 'look_again',
  order_waived: 'look_again',
  order_not_open: 'look_again',
  provider_unreachable: 'provider_unreachable',
  provider_not_available: 'provider_not_available',
  amount_outside_provider_limits: 'amount_outside_provider_limits',
  too_many_attempts: 'too_many_attempts',
  conflict: 'conflict',
}

/** The HTTP status under which the page with that problem is answered. */
export const problemStatus: Readonly<Record<StartProblem, 409 | 422 | 502>> = {
  no_choice: 422,
  provider_unreachable: 502,
  provider_not_available: 422,
  amount_outside_provider_limits: 422,
  too_many_attempts: 409,
  conflict: 409,
  no_more_time: 409,
}
