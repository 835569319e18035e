// Refunds: who asks for them, who decides them, the process that sends them, and the provider that carries them out.
import { applyOutcome, recheck } from '../../src/domain/apply.ts'
import { refusedBy } from '../../src/domain/guards.ts'
import type { OrderFacts, Refund } from '../../src/domain/order-facts.ts'
import type { DoorOutcome } from '../../src/domain/outcome.ts'
import { refundGraceMs } from '../../src/domain/query-schedule.ts'
import { heldOf, refundableOf } from '../../src/domain/refundable.ts'
import { refundMoves, refundsUnderWay, stateAfter } from '../../src/domain/states.ts'
import { bareRefund } from '../kit/order-facts.ts'
import { decide } from './decide.ts'
import type { Rules } from './rules.ts'
import {
  type Action,
  type Actor,
  attemptOf,
  type Bounds,
  commit,
  type Decision,
  due,
  type Hand,
  load,
  now,
  orderAt,
  part,
  refundsOf,
  type World,
  type Write,
} from './world.ts'

/** As flows/move-refund.ts: the move, and whatever else the facts say once the refund stands there. */
export const moved = (facts: OrderFacts, rules: Rules, move: { id: string } & Partial<Refund>): Write => {
  const refunds = facts.refunds.map((each) => (each.id === move.id ? { ...each, ...move } : each))
  return { refunds: [move], change: recheck({ ...facts, refunds }, rules.door) }
}

const each = <Item>(world: World, of: (facts: OrderFacts, index: number) => readonly Item[]): Item[] =>
  world.orders.flatMap((_, index) => of(load(world, index), index))

const forEachRefund = (world: World, of: (facts: OrderFacts, refund: Refund, index: number) => Action[]): Action[] =>
  each(world, (facts, index) => facts.refunds.flatMap((refund) => of(facts, refund, index)))

/** A portal asks for money back: all of it, a part that needs no checker, or more than there is; and repeats its request when it got no answer. */
export const maker: Actor = (world, bounds, rules) =>
  each(world, (facts, order) =>
    facts.attempts.flatMap(({ id }) => {
      const source = facts.order.paidBy === id ? 'order' : 'surplus'
      const asked = facts.refunds.filter(({ madeBy }) => madeBy === 'maker').length
      const keys = [
        ...(asked < bounds.refunds ? [`K${world.requests.length + 1}${id}`] : []),
        ...world.requests.filter((key) => key.endsWith(id)),
      ]
      return keys.flatMap((key) => {
        const isRepeated = world.requests.includes(key)
        // The first answer is given again.
        if (isRepeated && rules.steps.keyIsNew) return []
        const left = refundableOf(facts, { attemptId: id, source })
        if (refusedBy(rules.refund.request, { facts, attemptId: id, left })) return []
        return [...new Set([left, part, due + 1n])]
          .filter((amount) => !refusedBy(rules.refund.amount, { amount, left }))
          .flatMap((amount) => {
            const status = heldOf(facts, id) + amount > part ? 'requested' : 'approved'
            const refund = bareRefund(`R${refundsOf(facts, id).length + 1}${id}`, attemptOf(facts, id), {
              source,
              status,
              amount,
              reason: key,
              madeBy: 'maker',
              decidedBy: null,
              sentAt: null,
            })
            const label = isRepeated
              ? `the portal repeats its request ${key}, over ${amount} đ`
              : `the maker asks for ${amount} đ of ${id} back`
            return decide(world, bounds, {
              order,
              label,
              write: { newRefunds: [refund] },
              ...(isRepeated ? {} : { requested: key }),
            })
          })
      })
    }),
  )

const people = ['maker', 'checker'] as const

export const checker: Actor = (world, bounds, rules) =>
  forEachRefund(world, (facts, refund, order) => {
    if (!bounds.sends) return []
    const seen = bounds.byHand ? [...new Set([0, refund.payeeVersion])] : [refund.payeeVersion]
    const approvals = (bounds.byHand ? [...people, 'clerk'] : people).flatMap((by) =>
      seen
        .filter((payeeVersion) => !refusedBy(rules.refund.approve, { facts, refund, by, payeeVersion }))
        .map(
          (payeeVersion): Decision => ({
            order,
            label: `${by} approves ${refund.id}${bounds.byHand ? ` with payee ${payeeVersion}` : ''}`,
            write: moved(facts, rules, { id: refund.id, status: 'approved', decidedBy: by }),
            deed: { by, refundId: refund.id, payeeVersion },
          }),
        ),
    )
    const rejections: Decision[] = refusedBy(rules.refund.reject, { refund })
      ? []
      : [
          {
            order,
            label: `checker rejects ${refund.id}`,
            write: moved(facts, rules, { id: refund.id, status: 'rejected', decidedBy: 'checker' }),
          },
        ]
    const isKnown = ({ write }: Decision) => write.refunds?.every(({ status }) => status === refund.status)
    return [...approvals, ...rejections].filter((each) => !isKnown(each)).flatMap((each) => decide(world, bounds, each))
  })

/** A refund that people return by a transfer: somebody names who gets it, and becomes its maker. */
export const payee: Actor = (world, bounds) =>
  forEachRefund(world, (_, refund, order) =>
    bounds.byHand && refund.status === 'proposed' && refund.payeeVersion === 0
      ? decide(world, bounds, {
          order,
          label: `clerk names who gets ${refund.id}`,
          write: { refunds: [{ id: refund.id, payeeVersion: 1, madeBy: 'clerk' }] },
        })
      : [],
  )

/** An approved refund is marked and then handed over; what is returned by hand then waits for a person. */
export const sender: Actor = (world, bounds, rules) =>
  forEachRefund(world, (facts, refund, order) => {
    if (!bounds.sends || isBusy(world)) return []
    return take(world, bounds, rules, { facts, refund, order, as: 'send' })
  })

const isBusy = (world: World): boolean => world.hands.some(({ kind }) => kind === 'send')

type Taking = { facts: OrderFacts; refund: Refund; order: number; as: 'send' | 'repeat' }

const take = (world: World, bounds: Bounds, rules: Rules, { facts, refund, order, as }: Taking): Action[] => {
  const { id } = refund
  const no = refusedBy(rules.refund.handOver, { facts, refund, as })
  if (no === 'moneyIsThere' && as === 'send')
    return decide(world, bounds, {
      order,
      label: `${id} is withdrawn, its money is gone`,
      write: moved(facts, rules, {
        id,
        status: stateAfter(refundMoves, refund.status, 'withdraw'),
        decidedBy: 'lephi',
        sentAt: null,
      }),
    })
  if (no) return []
  const calls = world.refundsAtProvider.filter((at) => at.refundId === id).length
  // A provider that wants references of its own kind gets another one whenever nothing has been sent under the former.
  const isNewReference = as === 'send' || !rules.steps.referenceIsKept
  const reference = isNewReference ? `ref-${id}.${calls + world.clock}` : refund.merchantReference
  const status = stateAfter(refundMoves, refund.status, as)
  const mark = { id, status, merchantReference: reference, sentAt: refund.sentAt ?? now(world) }
  const hand: Hand = { kind: 'send', at: 'marked', order, refundId: id, as, reference, note: null }
  const label = as === 'send' ? `${id} is marked as being sent` : `${id} is marked as being sent once more`
  if (bounds.byHand)
    return decide(world, bounds, {
      order,
      label: `${id} is handed to the accountants`,
      write: moved(facts, rules, { ...mark, status: stateAfter(refundMoves, status, 'handOver'), method: 'manual' }),
    })
  if (!rules.steps.refundIsMarkedFirst)
    return [
      {
        label: `the provider is asked for ${id} at once`,
        kind: 'deed',
        world: { ...arrive(world, refund, reference), hands: [...world.hands, { ...hand, at: 'calledFirst' }] },
      },
    ]
  return decide(world, bounds, { order, label, write: moved(facts, rules, mark), hand })
}

const arrive = (world: World, { id, amount }: Refund, reference: string): World => {
  const known = world.refundsAtProvider.find((at) => at.refundId === id && at.reference === reference)
  const others = world.refundsAtProvider.filter((at) => at !== known)
  const at = known ?? { refundId: id, reference, amount, calls: 0, end: null }
  // Twice is as bad as any number of times.
  return { ...world, refundsAtProvider: [...others, { ...at, calls: Math.min(at.calls + 1, 2) }] }
}

/** The call for a refund, and the note of what it came to. */
export const caller: Actor = (world, bounds, rules) =>
  world.hands.flatMap((hand): Action[] => {
    if (hand.kind !== 'send') return []
    const { refundId: id, order, reference } = hand
    const facts = load(world, order)
    const refund = facts.refunds.find((other) => other.id === id)
    if (!refund) return []
    const rest = { ...world, hands: world.hands.filter((other) => other !== hand) }
    if (hand.at === 'calledFirst')
      return [
        {
          label: `${id} is marked as being sent`,
          kind: 'deed',
          world: commit(
            rest,
            order,
            moved(facts, rules, { id, status: 'sending', merchantReference: reference, sentAt: now(world) }),
          ),
        },
      ]
    if (hand.at === 'marked') {
      const arrived = arrive(rest, refund, reference)
      const noting = (from: World, note: 'silence' | 'release') => ({
        ...from,
        hands: [...from.hands, { ...hand, at: 'answered' as const, note }],
      })
      const silence = rules.steps.refundSilenceIsUnknown ? 'silence' : 'release'
      return [
        { label: `the provider receives ${id}, and answers`, kind: 'outside', world: arrived },
        {
          label: `the provider receives ${id}, and its answer is lost`,
          kind: 'outside',
          world: noting(arrived, silence),
        },
        {
          label: `the call for ${id} never leaves`,
          kind: 'outside',
          world: noting(rest, hand.as === 'send' ? 'release' : 'silence'),
        },
      ]
    }
    const status = hand.note && refundMoves[refund.status][hand.note]
    if (!status) return [{ label: `what became of the call for ${id} is no news`, kind: 'deed', world: rest }]
    const isGone = hand.note === 'release' && refusedBy(rules.refund.release, { facts, refund })
    const move = isGone
      ? { id, status: stateAfter(refundMoves, refund.status, 'withdraw'), decidedBy: 'lephi', sentAt: null }
      : { id, status, ...(hand.note === 'release' ? { sentAt: null } : {}) }
    return decide(rest, bounds, {
      order,
      label: `what became of the call for ${id} is noted: ${hand.note}`,
      write: moved(facts, rules, move),
    })
  })

/** What happens at the provider of a refund. */
export const refunder: Actor = (world) =>
  world.refundsAtProvider.flatMap((at): Action[] => {
    const ended = (end: 'done' | 'failed') => ({
      ...world,
      refundsAtProvider: world.refundsAtProvider.map((other) => (other === at ? { ...at, end } : other)),
    })
    return at.end
      ? []
      : [
          { label: `the provider carries out ${at.refundId}`, kind: 'outside', world: ended('done') },
          { label: `the provider refuses ${at.refundId}`, kind: 'outside', world: ended('failed') },
        ]
  })

/** Whatever is true of a refund may be told of it. */
export const refundTeller: Actor = (world, bounds, rules) =>
  world.refundsAtProvider.flatMap((at) =>
    forEachRefund(world, (_, refund, order) => {
      if (refund.merchantReference !== at.reference) return []
      const common = { merchantReference: at.reference, occurredAt: null, code: '00' }
      const outcome: DoorOutcome =
        at.end === 'done'
          ? { ...common, status: 'refunded', amount: at.amount, providerReference: `F${at.reference}` }
          : {
              ...common,
              status: at.end === 'failed' ? 'failed' : 'pending',
              subject: 'refund',
              providerReference: null,
            }
      return tell(world, bounds, rules, { order, outcome, label: `${outcome.status} is told of ${refund.id}` })
    }),
  )

type Telling = Omit<Decision, 'write'> & { outcome: DoorOutcome; write?: Write; source?: 'callback' | 'person' }

/** Through the one door. */
export const tell = (
  world: World,
  bounds: Bounds,
  rules: Rules,
  { outcome, write, source = 'callback', ...more }: Telling,
): Action[] => {
  const facts = load(world, more.order)
  const told = { outcome, source, receivedAt: now(world), factId: `F${facts.money.length + 1}` }
  const applied = applyOutcome(facts, told, rules.door)
  return applied?.change
    ? decide(world, bounds, { ...more, write: { ...write, change: applied.change }, isEvidence: true })
    : []
}

/** A provider is asked about a refund that has no end. One that has it may not list it yet; what it denies after an hour it does not have. */
export const asker: Actor = (world, bounds, rules) =>
  forEachRefund(world, (facts, refund, order) => {
    if (bounds.byHand || !refundsUnderWay.includes(refund.status)) return []
    const has = world.refundsAtProvider.find(
      (at) => at.reference === refund.merchantReference && at.refundId === refund.id,
    )
    const ageMs = now(world).getTime() - (refund.sentAt ?? refund.createdAt).getTime()
    if (has?.end || (ageMs < refundGraceMs && rules.steps.denialOfRefundWaits)) return []
    const isLeased = world.hands.some(
      (hand) => hand.kind === 'send' && hand.refundId === refund.id && hand.as === 'repeat',
    )
    if (isLeased && rules.steps.leaseIsHeld) return []
    const mayRepeat = (world.mayRepeat || !rules.steps.repeatIsSafe) && !isBusy(world)
    const again = mayRepeat ? take(world, bounds, rules, { facts, refund, order, as: 'repeat' }) : []
    if (again.length > 0 || has) return again
    const outcome: DoorOutcome = {
      status: 'failed',
      subject: 'refund',
      merchantReference: refund.merchantReference,
      providerReference: null,
      occurredAt: null,
      code: 'not_known_at_provider',
    }
    return tell(world, bounds, rules, { order, outcome, label: `the provider says that it does not have ${refund.id}` })
  })

export const orderOfRefund = (world: World, refundId: string): OrderFacts =>
  world.orders.find(({ refunds }) => refunds.some(({ id }) => id === refundId)) ?? orderAt(world, 0)
