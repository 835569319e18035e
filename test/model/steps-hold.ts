// What must hold of every step from one state to the next. Said here anew, from the contract and not from the code.
import type { Attempt, OrderFacts, Refund } from '../../src/domain/order-facts.ts'
import { isPaidElsewhere } from './decide.ts'
import { first, gone, leaving, total } from './measure.ts'
import { type Action, now, orderAt, type World } from './world.ts'

/** Null where it holds, else what is wrong. */
type InStep = (step: { before: World; action: Action; after: World }) => string | null

const hour = 3_600_000

/** Each order of `before` beside what became of it. */
const pairs = (before: World, after: World, check: (was: OrderFacts, is: OrderFacts, index: number) => string | null) =>
  first(before.orders.map((was, index) => check(was, orderAt(after, index), index)))
const attemptPairs = (before: World, after: World, check: (was: Attempt, is: Attempt) => string | null) =>
  pairs(before, after, (was, is) =>
    first(was.attempts.map((attempt) => check(attempt, is.attempts.find(({ id }) => id === attempt.id) ?? attempt))),
  )
type Moved = { was: Refund | null; is: Refund; facts: OrderFacts }
const refundPairs = (before: World, after: World, check: (moved: Moved) => string | null) =>
  pairs(before, after, (was, facts) =>
    first(facts.refunds.map((is) => check({ was: was.refunds.find(({ id }) => id === is.id) ?? null, is, facts }))),
  )
const becomes = ({ was, is }: Moved, ...states: readonly string[]): boolean =>
  was?.status !== is.status && states.includes(is.status)

export const stepsHold: Readonly<Record<string, InStep>> = {
  'money facts are never lost': ({ before, after }) =>
    pairs(before, after, (was, is) =>
      was.money.every((fact) => is.money.some(({ id }) => id === fact.id)) ? null : 'a fact is gone',
    ),
  'an end is left only where evidence says so': ({ before, action, after }) =>
    action.kind === 'evidence'
      ? null
      : first([
          pairs(before, after, ({ order: was }, { order: is }) =>
            was.status !== 'open' && was.status !== is.status
              ? `${was.id} goes from ${was.status} to ${is.status}`
              : null,
          ),
          attemptPairs(before, after, (was, is) =>
            ['captured', 'failed', 'expired'].includes(was.status) && was.status !== is.status
              ? `${was.id} goes from ${was.status} to ${is.status}`
              : null,
          ),
          refundPairs(before, after, ({ was, is }) =>
            was && [...gone, 'succeeded'].includes(was.status) && was.status !== is.status
              ? `${is.id} goes from ${was.status} to ${is.status}`
              : null,
          ),
        ]),
  'money stands': ({ before, after }) =>
    first([
      pairs(before, after, ({ order: was }, { order: is }) =>
        was.status === 'paid' && is.status !== 'paid' ? `${was.id} was paid and is ${is.status}` : null,
      ),
      attemptPairs(before, after, (was, is) =>
        was.status === 'captured' && (is.status !== 'captured' || is.amountCaptured < was.amountCaptured)
          ? `${was.id} was captured`
          : null,
      ),
    ]),
  'nobody is sent to pay what is not owed': ({ before, after }) =>
    pairs(before, after, ({ order, attempts }, is) =>
      is.attempts.length > attempts.length && (order.status !== 'open' || order.expiresAt <= now(before))
        ? `${order.id} is ${order.status}, and its deadline ${order.expiresAt <= now(before) ? 'has passed' : 'is ahead'}`
        : null,
    ),
  'an attempt fails only where its provider says so': ({ before, after }) =>
    attemptPairs(before, after, (was, is) => {
      const at = after.providers.find(({ attemptId }) => attemptId === is.id)
      return was.status !== is.status && is.status === 'failed' && at && !at.hasFailed
        ? `${is.id} was ${was.status}, and its provider knows of no failure`
        : null
    }),
  'an attempt is given up only when nobody can pay it any more': ({ before, after }) =>
    attemptPairs(before, after, (was, is) =>
      was.status !== is.status && is.status === 'expired' && now(before).getTime() < is.expiresAt.getTime() + hour / 4
        ? `${is.id} was ${was.status}, and its time is not over`
        : null,
    ),
  'an order expires after its deadline, and after its providers were heard': ({ before, after }) =>
    pairs(before, after, (was, is) => {
      if (was.order.status !== 'open' || is.order.status !== 'expired') return null
      if (now(before) < was.order.expiresAt) return `${was.order.id} has time left`
      const isUnheard = was.attempts.some(
        ({ id, status }) =>
          ['created', 'pending', 'unknown'].includes(status) &&
          before.providers.some((at) => at.attemptId === id && at.takes.length > 0),
      )
      const isPatient = now(before).getTime() - was.order.expiresAt.getTime() >= 24 * hour
      return isUnheard && !isPatient ? `a provider has taken money for ${was.order.id}` : null
    }),
  'late money pays only what is waited for': ({ before, after }) =>
    pairs(before, after, ({ order: was }, { order: is }, index) => {
      if (!['expired', 'cancelled'].includes(was.status) || is.status !== 'paid') return null
      if (!before.takesLateMoney) return `the agency takes no late money for ${was.id}`
      return isPaidElsewhere(before, index) ? `${was.id} is paid late, and another order has paid the same` : null
    }),
  'what was refused as late, or goes back, does not pay': ({ before, after }) =>
    pairs(before, after, (was, is) => {
      const payer = is.attempts.find(
        ({ id, paysOrder }) => paysOrder && !was.attempts.some((known) => known.id === id && known.paysOrder),
      )
      if (!payer) return null
      if (was.discrepancies.some((known) => known.class === 'late_payment' && known.attemptId === payer.id))
        return `the money of ${payer.id} was refused as late`
      const goesBack = is.refunds.some(
        ({ source, status, attemptId }) =>
          source === 'surplus' && attemptId === payer.id && [...leaving, 'succeeded'].includes(status),
      )
      return goesBack ? `the money of ${payer.id} goes back` : null
    }),
  'a deadline moves for an open order, in time, and not for ever': ({ before, after }) =>
    pairs(before, after, ({ order: was }, { order: is }) => {
      if (was.expiresAt.getTime() === is.expiresAt.getTime()) return null
      if (was.status !== 'open') return `${was.id} is ${was.status}`
      if (was.expiresAt <= now(before)) return 'it had passed'
      if (was.firmDeadline) return 'it is firm'
      if (is.extensions > 3) return 'it has moved three times'
      return is.expiresAt.getTime() - now(before).getTime() > 48 * hour ? 'there was time enough' : null
    }),
  'a refund takes only what is there': ({ before, after }) =>
    refundPairs(before, after, (moved) => {
      if (!becomes(moved, 'proposed', 'requested', 'approved', 'sending')) return null
      const { is, facts } = moved
      const attempt = facts.attempts.find(({ id }) => id === is.attemptId)
      const taken = facts.refunds
        .filter(({ attemptId, status }) => attemptId === is.attemptId && !gone.includes(status))
        .map(({ status, amount, amountRefunded }) => (status === 'succeeded' ? amountRefunded : amount))
      const there = (attempt?.amountCaptured ?? 0n) - (attempt?.amountReversed ?? 0n)
      return total(taken) > there ? `${is.id} becomes ${is.status}: ${total(taken)} đ of ${there} đ` : null
    }),
  'no refund moves while its payment is disputed': ({ before, after }) =>
    refundPairs(before, after, (moved) => {
      if (!becomes(moved, 'requested', 'approved', 'sending') || moved.was?.status === 'sending') return null
      const { is, facts } = moved
      const attempt = facts.attempts.find(({ id }) => id === is.attemptId)
      const isWaiting = facts.disputes.some(
        ({ attemptId, status, outcome, amount, reversedBefore }) =>
          attemptId === is.attemptId &&
          (status === 'open' ||
            (outcome === 'lost' &&
              (attempt?.amountReversed ?? 0n) - reversedBefore < amount &&
              (attempt?.amountReversed ?? 0n) < (attempt?.amountCaptured ?? 0n))),
      )
      return isWaiting ? `${is.id} becomes ${is.status}` : null
    }),
  'what was decided is not decided again': ({ before, action, after }) =>
    action.deed && !action.deed.says
      ? refundPairs(before, after, (moved) =>
          becomes(moved, 'approved', 'rejected') && !['proposed', 'requested'].includes(moved.was?.status ?? '')
            ? `${moved.is.id} was ${moved.was?.status}`
            : null,
        )
      : null,
  'a refund takes two pairs of eyes': ({ before, action: { deed }, after }) =>
    refundPairs(before, after, (moved) => {
      const { was, is } = moved
      if (deed?.refundId !== is.id || !was || was.status === is.status || is.status === 'rejected') return null
      if (was.madeBy === deed.by) return `${deed.by} asked for ${is.id}, and decides it alone`
      return deed.payeeVersion !== undefined && deed.payeeVersion !== was.payeeVersion
        ? `${deed.by} saw another payee of ${is.id}`
        : null
    }),
  'what nobody has handed over is ended by nobody’s word': ({ before, action: { deed }, after }) =>
    refundPairs(before, after, (moved) =>
      deed?.says &&
      deed.refundId === moved.is.id &&
      becomes(moved, 'succeeded', 'failed') &&
      ['proposed', 'requested', 'approved'].includes(moved.was?.status ?? '')
        ? `${moved.is.id} was ${moved.was?.status}`
        : null,
    ),
  'what was refused is not proposed again': ({ before, after }) =>
    refundPairs(before, after, ({ was, is, facts }) =>
      !was &&
      is.status === 'proposed' &&
      facts.refunds.some(
        (known) =>
          known.id !== is.id &&
          known.source === 'surplus' &&
          known.attemptId === is.attemptId &&
          known.amount === is.amount &&
          ['rejected', 'failed'].includes(known.status),
      )
        ? `${is.id} repeats a refund that was refused`
        : null,
    ),
  'what a person has settled stays settled': ({ before, after }) =>
    pairs(before, after, (was, is) =>
      first(
        was.discrepancies.map((known) => {
          const now = is.discrepancies.find(({ id }) => id === known.id)
          return !known.isOpen && !known.closedByDoor && now?.isOpen && now.amount === known.amount
            ? `${known.class} of ${known.attemptId} is open again`
            : null
        }),
      ),
    ),
}
