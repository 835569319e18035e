/**
 * A citizen chooses a provider. The attempt is written before the provider is asked, so that whatever the provider does is known here; what it answers
 * is written after. Silence is `unknown`: it is settled by asking, never by sending again under a new reference.
 */
import { refusedBy } from '../domain/guards.ts'
import { linkEvents } from '../domain/order-events.ts'
import type { Attempt, Order, OrderFacts } from '../domain/order-facts.ts'
import { orderGuards } from '../domain/order-guards.ts'
import { presentAttempt } from '../domain/present.ts'
import { Refusal } from '../domain/refusal.ts'
import { attemptMoves, unsettledAttempts } from '../domain/states.ts'
import { type Action, type Payment, ProviderError, type Started } from '../providers/contract.ts'
import { everyAgency, type Query, type Sql } from '../store/database.ts'
import type { OrderKey } from '../store/facts.ts'
import { findPaymentMethods, type PaymentMethod } from '../store/provider-accounts.ts'
import { takeProbe } from '../store/provider-calls.ts'
import { changeOrder, type Decision } from './change-order.ts'
import { type Connection, connectProvider } from './connect-provider.ts'
import type { Deps } from './deps.ts'
import { paymentOf, readBill } from './read-payment.ts'
import { withinOrder } from './trace-order.ts'

export type StartInput = {
  scope: string
  order: OrderKey
  provider: string
  bankCode: string | null
  payerIp: string
  /** How many attempts whoever asks for it has seen: with any other number nothing begins. Null, or absent: as many as there are. */
  seen?: number | null
  /** Statements of the caller that are committed with the attempt. */
  also?: (attempt: Attempt) => (sql: Sql) => readonly Query[]
}
export type StartedAttempt = { attempt: Attempt; action: ShownAction | null }
/** An action as citizens and portals get it: a code comes with the address of its picture. */
export type ShownAction = Exclude<Action, { type: 'qr' }> | { type: 'qr'; payload: string; image_url: string }
/** An attempt that is written, and what is needed to ask its provider. */
export type BegunAttempt = { order: Order; connection: Connection; written: Written }

/** Another attempt has begun since somebody looked: whoever asks has not seen how that one stands. */
export class AttemptsMoved extends Error {}

/** How long a citizen has at the provider, as VNPAY's own samples have it (pay page, vnp_ExpireDate). */
const attemptLifetimeMs = 15 * 60_000
const firstQueryMs = 15_000
/** Attempts of one order that may reach a provider within a day, and that may be written at all. */
const attemptsMax = 30
const attemptsEverMax = 500
const attemptsWindowMs = 24 * 3_600_000
/** What an attempt failed of when its provider never heard of it. */
const unaskedFailures: readonly (string | null)[] = ['unreachable', 'rejected', 'amount_outside_provider_limits']

/**
 * Starts an attempt; `action` is null when the provider did not answer in time (status `unknown`). Throws Refusal as `beginAttempt` and `askProvider` do.
 */
export const startAttempt = async (deps: Deps, input: StartInput): Promise<StartedAttempt> =>
  askProvider(deps, await beginAttempt(deps, input))

/**
 * Writes the attempt that a provider is about to be asked for. Throws Refusal `not_found`, `order_already_paid`, `order_waived`, `order_not_open`,
 * `provider_not_available`, `provider_unreachable`, `amount_outside_provider_limits`, `too_many_attempts`; and AttemptsMoved.
 */
export const beginAttempt = (deps: Deps, input: StartInput): Promise<BegunAttempt> =>
  changeOrder(deps, { scope: input.scope, order: input.order }, async (facts) => {
    if (!facts) throw new Refusal('not_found', 'There is no such order.')
    refuseUnpayable(facts, deps.now())
    const seen = input.seen ?? facts.attempts.length
    if (seen !== facts.attempts.length)
      throw new AttemptsMoved(`${facts.attempts.length} attempts, and ${seen} were seen`)
    const { connection, isProbe } = await chooseAccount(deps, facts.order, input.provider)
    const { written, write } = writeAttempt(deps, facts, connection, { ...input, isProbe })
    return { answer: { order: facts.order, connection, written }, write }
  })

const refuseUnpayable = ({ order, attempts }: OrderFacts, now: Date): void => {
  const no = refusedBy(orderGuards.start, { order, now })
  if (no && order.status === 'paid') throw new Refusal('order_already_paid', 'This order is paid.')
  if (no && order.status === 'waived') throw new Refusal('order_waived', 'Nothing is owed for this order.')
  if (no)
    throw new Refusal(
      'order_not_open',
      `This order is ${no === 'deadlineIsAhead' ? 'past its deadline' : order.status}.`,
    )
  const reached = attempts.filter(
    (attempt) => reachedProvider(attempt) && now.getTime() - attempt.createdAt.getTime() < attemptsWindowMs,
  )
  if (reached.length >= attemptsMax || attempts.length >= attemptsEverMax)
    throw new Refusal('too_many_attempts', `An order has at most ${attemptsMax} attempts within 24 hours.`)
}

/** Whether the provider has, or may have, heard of the attempt. */
const reachedProvider = ({ status, failureCode }: Attempt): boolean =>
  status !== 'failed' || !unaskedFailures.includes(failureCode)

type Chosen = { connection: Connection; isProbe: boolean }

const chooseAccount = async (deps: Deps, order: Order, providerName: string): Promise<Chosen> => {
  const methods = await findPaymentMethods(deps.db, order.agencyCode)
  const method = methods.find((candidate) => candidate.provider === providerName)
  if (!method)
    throw new Refusal('provider_not_available', 'The agency cannot be paid through this provider.', {
      errors: [{ pointer: '/provider', message: 'not open to this agency' }],
    })
  const connection = await connectProvider(deps, method.id)
  const { minimum, maximum } = connection.client.limits
  if (order.amount < minimum || order.amount > maximum)
    throw outsideLimits(`${providerName} takes ${minimum} đ to ${maximum} đ.`)
  refuseDown(deps, method)
  return { connection, isProbe: method.openUntil !== null }
}

/** A provider that is taken to be down is not asked: nothing is written, and the attempts before stay unfenced. */
const refuseDown = (deps: Deps, { provider, openUntil }: PaymentMethod): void => {
  const leftMs = openUntil ? openUntil.getTime() - deps.now().getTime() : 0
  if (leftMs <= 0) return
  deps.metrics.count('lephi_provider_refused_total', { provider })
  throw new Refusal('provider_unreachable', 'The provider does not answer at the moment; choose another.', {
    retryAfterSeconds: Math.ceil(leftMs / 1_000),
  })
}

const outsideLimits = (detail: string): Refusal =>
  new Refusal('amount_outside_provider_limits', detail, { errors: [{ pointer: '/provider', message: detail }] })

type Written = { attempt: Attempt; payment: Payment }

/** The new attempt; the ones before it are fenced, so that their late success is a declared duplicate. */
const writeAttempt = (
  deps: Deps,
  { order, attempts }: OrderFacts,
  { account, provider, clients }: Connection,
  input: StartInput & { isProbe: boolean },
): { written: Written; write: NonNullable<Decision<unknown>['write']> } => {
  const now = deps.now()
  const id = deps.newId('att')
  const merchantReference =
    provider.newReference?.({ now: deps.now, newId: () => deps.newId('ref') }) ?? id.replace('_', '')
  const expiresAt = new Date(Math.min(order.expiresAt.getTime(), now.getTime() + attemptLifetimeMs))
  const attempt: Attempt = {
    id,
    agencyCode: order.agencyCode,
    orderId: order.id,
    merchantAccountId: account.id,
    provider: account.provider,
    merchantReference,
    status: 'created',
    amount: order.amount,
    paysOrder: false,
    amountCaptured: 0n,
    amountReversed: 0n,
    providerReference: null,
    failureCode: null,
    fencedAt: null,
    createdAt: now,
    expiresAt,
    capturedAt: null,
  }
  const events = linkEvents(order, [{ type: 'attempt.started', data: presentAttempt(attempt) }], {
    newId: deps.newId,
    now,
  })
  const fenced = attempts
    .filter((former) => unsettledAttempts.includes(former.status) && !former.fencedAt)
    .map((former) => ({ id: former.id, fencedAt: now }))
  const extras = {
    bankCode: input.bankCode,
    payerIp: input.payerIp,
    action: null,
    memo: {},
    keyId: clients[0]?.keyId ?? null,
    nextQueryAt: new Date(now.getTime() + firstQueryMs),
  }
  const written = {
    attempt,
    payment: paymentOf(deps, order, attempt, { bankCode: input.bankCode, payerIp: input.payerIp, memo: {} }),
  }
  const also = (sql: Sql) => [
    ...(input.isProbe ? takeProbe(sql, { merchantAccountId: account.id, now, scope: input.scope }) : []),
    ...(input.also?.(attempt)(sql) ?? []),
  ]
  const newAttempts = [{ ...attempt, ...extras }]
  return { written, write: { order: {}, attempts: fenced, newAttempts, events, now, also } }
}

/** Asks the provider for a written attempt and notes its answer. Throws Refusal `provider_unreachable`, `provider_not_available`, `amount_outside_provider_limits`. */
export const askProvider = (deps: Deps, begun: BegunAttempt): Promise<StartedAttempt> =>
  withinOrder(deps, begun.order, { name: 'payment start', facts: { 'lephi.attempt': begun.written.attempt.id } }, () =>
    ask(deps, begun),
  )

const ask = async (
  deps: Deps,
  { order, connection: { client, provider }, written: { attempt, payment } }: BegunAttempt,
): Promise<StartedAttempt> => {
  try {
    const bill = provider.wantsBill ? await readBill(deps, order) : null
    const started = await client.startPayment({ ...payment, bill })
    const action = shownAction(deps, order, { id: attempt.id, action: started.action })
    const note = { status: 'pending' as const, started: { ...started, action } }
    return { attempt: await noteStart(deps, attempt, note), action }
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    deps.log.warn(
      { attempt: attempt.id, order: order.id, provider: attempt.provider, kind: error.kind, code: error.code },
      'provider did not start the payment',
    )
    if (error.kind === 'unknown' || error.kind === 'malformed' || error.kind === 'forged')
      return { attempt: await noteStart(deps, attempt, { status: 'unknown' }), action: null }
    // What never arrived has one name, whatever stood in its way: it is no try of the citizen's and no refusal of the provider's.
    const failureCode = error.kind === 'unreachable' ? error.kind : (error.code ?? error.kind)
    await noteStart(deps, attempt, { status: 'failed', failureCode })
    if (error.code === 'amount_outside_provider_limits') throw outsideLimits(error.message)
    if (error.kind === 'unreachable')
      throw new Refusal('provider_unreachable', 'The provider cannot be reached; choose another.', {
        retryAfterSeconds: 30,
        cause: error,
      })
    throw new Refusal('provider_not_available', 'The provider refused the payment; choose another.', { cause: error })
  }
}

const shownAction = (
  { publicUrl }: Deps,
  { checkoutToken }: Order,
  { id, action }: { id: string; action: Action },
): ShownAction =>
  action.type === 'qr' ? { ...action, image_url: `${publicUrl}/pay/${checkoutToken}/qr/${id}.svg` } : action

type Told = Omit<Started, 'action'> & { action: ShownAction }
type Note = { status: 'pending'; started: Told } | { status: 'unknown' } | { status: 'failed'; failureCode: string }

const startEvents = { pending: 'accepted', unknown: 'silence', failed: 'refused' } as const

/** Notes what the start gave. A callback may have been faster: then its state stands, and only what the start told is added. */
const noteStart = (deps: Deps, attempt: Attempt, note: Note): Promise<Attempt> =>
  changeOrder(deps, { scope: everyAgency, order: { orderId: attempt.orderId } }, (facts) => {
    const current = facts?.attempts.find((each) => each.id === attempt.id)
    if (!facts || !current) return { answer: attempt }
    const now = deps.now()
    const status = attemptMoves[current.status][startEvents[note.status]]
    const moved = status ? { status } : {}
    const failed = note.status === 'failed' && status ? { failureCode: note.failureCode, nextQueryAt: null } : {}
    const next = { ...current, ...moved, ...failed }
    const events = failed.failureCode
      ? linkEvents(facts.order, [{ type: 'attempt.failed', data: presentAttempt(next) }], { newId: deps.newId, now })
      : []
    return {
      answer: next,
      write: {
        order: {},
        attempts: [{ id: attempt.id, ...moved, ...failed, ...toldAtStart(current, note) }],
        events,
        now,
      },
    }
  })

const toldAtStart = (current: Attempt, note: Note) =>
  note.status === 'pending'
    ? {
        action: note.started.action,
        memo: note.started.memo ?? {},
        providerReference: current.providerReference ?? note.started.providerReference,
      }
    : {}
