// Citizens who begin to pay, and providers that take their money and tell of it: truly, but in any order, any number of times, or never.
import { applyOutcome } from '../../src/domain/apply.ts'
import { refusedBy } from '../../src/domain/guards.ts'
import type { Attempt } from '../../src/domain/order-facts.ts'
import type { DoorOutcome } from '../../src/domain/outcome.ts'
import { attemptMoves, unsettledAttempts } from '../../src/domain/states.ts'
import { decide } from './decide.ts'
import type { Rules } from './rules.ts'
import {
  type Action,
  type Actor,
  type AtProvider,
  attemptOf,
  type Bounds,
  commit,
  due,
  type Hand,
  load,
  newAttempt,
  now,
  orderAt,
  type StartNote,
  type Take,
  type World,
} from './world.ts'

const names = ['@a', '@b', '@c', '@d']

/** A citizen chooses a provider: the attempt is written, then its provider is asked. */
export const citizen: Actor = (world, bounds, rules) =>
  world.orders.flatMap((facts, index) => {
    const id = names.find((name) => !isUsed(world, name))
    const isBusy = world.hands.some(({ kind }) => kind === 'start')
    if (!id || facts.attempts.length >= bounds.attempts || isBusy) return []
    if (refusedBy(rules.order.start, { order: facts.order, now: now(world) })) return []
    const label = `a citizen begins attempt ${id} to pay ${facts.order.id}`
    const attempt = newAttempt(world, index, id)
    if (!bounds.calls)
      return decide(world, bounds, {
        order: index,
        label,
        write: { newAttempts: [{ ...attempt, status: 'pending' }] },
        asks: atProvider(attempt),
      })
    const hand: Hand = { kind: 'start', at: 'written', order: index, attemptId: id, note: null }
    if (!rules.steps.attemptIsWrittenFirst) {
      const called = askProvider(world, index, id)
      return [
        {
          label: `${label}: its provider is asked at once`,
          kind: 'deed',
          world: hold(called, { ...hand, at: 'calledFirst' }),
        },
      ]
    }
    return decide(world, bounds, { order: index, label, write: { newAttempts: [attempt] }, hand })
  })

const isUsed = (world: World, name: string): boolean =>
  world.orders.some(({ attempts }) => attempts.some(({ id }) => id === name)) ||
  world.providers.some(({ attemptId }) => attemptId === name) ||
  world.hands.some((hand) => hand.kind === 'commit' && hand.decision.write.newAttempts?.some(({ id }) => id === name))

/** The call that starts an attempt, and the note of what it came to. A callback may be faster than the note. */
export const starter: Actor = (world, bounds, rules) =>
  world.hands.flatMap((hand): Action[] => {
    if (hand.kind !== 'start') return []
    const { attemptId: id, order } = hand
    const rest = { ...world, hands: world.hands.filter((each) => each !== hand) }
    if (hand.at === 'calledFirst')
      return [
        {
          label: `attempt ${id} is written`,
          kind: 'deed',
          world: commit(rest, order, { newAttempts: [newAttempt(world, order, id)] }),
        },
      ]
    if (hand.at === 'written') {
      const noted = (note: StartNote): Hand => ({ ...hand, at: 'answered', note })
      const silence = rules.steps.startSilenceIsUnknown ? 'silence' : 'refused'
      const called = askProvider(rest, order, id)
      return [
        { label: `the provider of ${id} answers`, kind: 'outside', world: hold(called, noted('accepted')) },
        { label: `the answer of ${id}'s provider is lost`, kind: 'outside', world: hold(called, noted(silence)) },
        { label: `the provider of ${id} refuses it`, kind: 'evidence', world: hold(rest, noted('refused')) },
      ]
    }
    const status = hand.note && attemptMoves[attemptOf(orderAt(world, order), id).status][hand.note]
    const write = status ? { attempts: [{ id, status }] } : {}
    // What the answer was is the evidence; noting it is our own deed.
    return decide(rest, bounds, { order, label: `what became of the call for ${id} is noted: ${hand.note}`, write })
  })

const hold = (world: World, hand: Hand): World => ({ ...world, hands: [...world.hands, hand] })

const graceMs = 15 * 60_000
const atProvider = ({ id, expiresAt }: Attempt): AtProvider => ({
  attemptId: id,
  until: expiresAt.getTime() + graceMs,
  takes: [],
  reversed: [],
  hasFailed: false,
})
const askProvider = (world: World, index: number, attemptId: string): World => ({
  ...world,
  providers: [...world.providers, atProvider(newAttempt(world, index, attemptId))],
})

/** What happens at the provider, whether or not anybody here hears of it. */
export const provider: Actor = (world, bounds, rules) =>
  world.providers.flatMap((at): Action[] => {
    const { attemptId: id } = at
    const next = (label: string, changed: Partial<AtProvider>): Action[] => {
      const done = { ...at, ...changed }
      const action: Action = {
        label,
        kind: 'outside',
        world: { ...world, providers: world.providers.map((each) => (each === at ? done : each)) },
      }
      const isNew = ({ outcome }: News) =>
        !newsOf(at, bounds).some((known) => keyOfTold(known) === keyOfTold({ outcome }))
      return bounds.hides
        ? [action]
        : newsOf(done, bounds)
            .filter(isNew)
            .flatMap(({ outcome }) => {
              const news = { outcome, label: `${label}, and tells of it` }
              return tellOf(action.world, bounds, rules, { id, news })
            })
    }
    const takes =
      at.takes.length < bounds.takesEach && now(world).getTime() < at.until
        ? bounds.takes.flatMap((how) => {
            const take = takeOf(id, how, at.takes.length)
            const under = how === 'taken' ? ' under the number X' : ''
            return next(`the provider of ${id} takes ${take.amount} đ${under}`, { takes: [...at.takes, take] })
          })
        : []
    const back = at.reversed.length < bounds.reversals ? at.takes.slice(at.reversed.length, at.reversed.length + 1) : []
    return [
      ...takes,
      ...back.flatMap(({ amount }) =>
        next(`the provider of ${id} takes ${amount} đ back from us`, {
          reversed: [...at.reversed, { reference: `V${at.reversed.length}${id}`, amount }],
        }),
      ),
      ...(bounds.quiet && !at.hasFailed && at.takes.length === 0
        ? next(`the payment of ${id} fails at its provider`, { hasFailed: true })
        : []),
    ]
  })

const takeOf = (id: string, how: Take, count: number) => ({
  how,
  reference: how === 'taken' ? 'X' : `P${count}${id}`,
  amount: how === 'short' ? due - 1n : due,
})

/** Callbacks, answers to queries, statements: whatever is true may be told, and is acted on by the one door. */
export const teller: Actor = (world, bounds, rules) =>
  world.providers.flatMap((at) =>
    newsOf(at, bounds).flatMap((news) => tellOf(world, bounds, rules, { id: at.attemptId, news })),
  )

/** Of a payment that nobody knows nothing is booked; and news that is none changes nothing. */
const tellOf = (
  world: World,
  bounds: Bounds,
  rules: Rules,
  { id, news: { label, outcome } }: { id: string; news: News },
): Action[] => {
  const index = world.orders.findIndex(({ attempts }) => attempts.some((attempt) => attempt.id === id))
  if (index < 0) return []
  const reference = outcome.providerReference
  const facts = load(world, index, isTakenByOther(world, id, reference) ? reference : null)
  const told = { outcome, source: 'callback' as const, receivedAt: now(world), factId: `F${facts.money.length + 1}` }
  const change = applyOutcome(facts, told, rules.door)?.change ?? null
  const key = 'amount' in outcome ? keyOfNews(id, outcome) : null
  if (!change && (key === null || world.acknowledged.includes(key))) return []
  const isLate = change?.order?.status === 'paid' && !['open', 'paid'].includes(facts.order.status)
  return decide(world, bounds, {
    order: index,
    label,
    write: { change },
    isEvidence: true,
    ...(isLate ? { isLate } : {}),
    ...(key ? { acknowledges: key } : {}),
  })
}

const keyOfTold = ({ outcome }: Pick<News, 'outcome'>): string =>
  `${outcome.status} ${outcome.providerReference} ${'amount' in outcome ? outcome.amount : ''}`

export const keyOfNews = (attemptId: string, outcome: DoorOutcome & { amount: bigint }): string =>
  `${attemptId} ${outcome.status} ${outcome.providerReference ?? outcome.merchantReference} ${outcome.amount}`

const isTakenByOther = (world: World, attemptId: string, reference: string | null): boolean =>
  reference !== null &&
  world.orders
    .flatMap(({ money }) => money)
    .some((fact) => fact.kind === 'captured' && fact.reference === reference && fact.attemptId !== attemptId)

type News = { label: string; outcome: DoorOutcome }

/** Everything true that can be told of one attempt now. */
export const newsOf = ({ attemptId: id, takes, reversed, hasFailed }: AtProvider, bounds: Bounds): News[] => {
  const common = { merchantReference: `ref-${id}`, occurredAt: null, code: '00' }
  const quiet = (status: 'failed' | 'pending'): News => ({
    label: `${status} is told of ${id}`,
    outcome: { ...common, status, subject: 'payment', providerReference: null },
  })
  const money = (status: 'captured' | 'reversed', amount: bigint, providerReference: string | null): News => ({
    label: `${status} ${amount} đ is told of ${id}${providerReference ? '' : ', without a number'}`,
    outcome: { ...common, status, amount, providerReference },
  })
  return [
    ...takes.flatMap(({ how, amount, reference }) => [
      money('captured', amount, reference),
      ...(how === 'anonymous' ? [money('captured', amount, null)] : []),
    ]),
    ...reversed.map(({ amount, reference }) => money('reversed', amount, reference)),
    ...(hasFailed ? [quiet('failed')] : []),
    ...(bounds.quiet && takes.length === 0 && !hasFailed ? [quiet('pending')] : []),
  ]
}

/** A provider that is asked and has no such payment, or does not have it in its books yet. */
export const denier: Actor = (world, bounds, rules) =>
  world.orders.flatMap((facts, order) =>
    facts.attempts.flatMap((attempt) => {
      const at = world.providers.find(({ attemptId }) => attemptId === attempt.id)
      const status = attemptMoves[attempt.status].denied
      if (!status || at?.hasFailed || (at?.takes.length && !bounds.hides)) return []
      if (refusedBy(rules.order.giveUp, { attempt, now: now(world) })) return []
      const label = `the provider of ${attempt.id} says that it has no such payment`
      return decide(world, bounds, {
        order,
        label,
        write: { attempts: [{ id: attempt.id, status }] },
        isEvidence: true,
      })
    }),
  )

/** Attempts of which their providers know something that nobody has heard here: an order whose providers were asked has none. */
export const unheard = (world: World, index: number): boolean =>
  orderAt(world, index).attempts.some(
    ({ id, status }) =>
      unsettledAttempts.includes(status) &&
      world.providers.some((at) => at.attemptId === id && (at.takes.length > 0 || at.hasFailed)),
  )
