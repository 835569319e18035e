/** What a match is checked against: the item, the row of the file, and what the facts about money say of our side. */
import { sha256Hex } from '../lib/hmac.ts'
import type { PayoutProof } from './present-reconciliation.ts'
import type { StatementLine } from './statement-line.ts'

export type MatchRow = StatementLine & { line: number; rowHash: string }

export type MatchedItem = {
  id: string
  source: 'provider' | 'bank'
  statementId: string | null
  line: number | null
  attemptId: string | null
  refundId: string | null
  merchantReference: string | null
  providerReference: string | null
  payoutReference: string | null
  amountHere: bigint | null
  amountThere: bigint | null
  providerFeeHere: bigint | null
  providerFeeThere: bigint | null
  businessDay: string | null
  valueDate: string | null
  expectedOn: string | null
  /** Our own reference of the capture or refund. */
  captureReference: string | null
  bankReference: string | null
  payoutReferences: readonly string[]
  proof: {
    rule: string
    hashes: readonly string[]
    payouts?: readonly PayoutProof[]
    team?: { lines: number; paid: number; net: number }
    /** The number of the transfer by which a person paid a refund back, or by which it came back. */
    transfer?: string
  }
}

export type KnownFact = {
  kind: 'captured' | 'reversed' | 'refunded' | 'bounced'
  /** Paid back by a transfer that a person confirmed. */
  isByHand: boolean
  refundId: string | null
  reference: string
  amount: bigint
  occurredAt: Date
  sequence: number
}

/** A fact about money of ours that an item without any could be hiding: that of its attempt or refund, or of what its row names. */
export type HiddenFact = Pick<KnownFact, 'kind' | 'reference' | 'amount' | 'isByHand'> & {
  /** It had been told when the run began to read. */
  wasTold: boolean
  /** Some row of the provider carries the fact's reference. */
  isListed: boolean
}

type Ours = {
  item: MatchedItem
  facts: readonly KnownFact[]
  attemptAmount: bigint | null
  attemptReference: string | null
  refundReference: string | null
}
type Known = { hash: string; reference: string; amount: bigint; occurredAt: Date }

/** What was known of the item's capture after each fact that was told of its attempt. */
export const captureHashes = ({ item, ...attempt }: Ours): Known[] =>
  captureStates({ ...attempt, attemptId: item.attemptId, reference: item.captureReference })

/**
 * What was known of a capture after each fact that was told of its attempt: a reversal may have come since the run, and the proof says what was known then. Of two
 * amounts told under one reference the one that is due counts, else the larger; reversals take from the captures in order of arrival.
 */
export const captureStates = ({
  attemptId,
  reference: wanted,
  facts,
  attemptAmount,
  attemptReference,
}: Pick<Ours, 'facts' | 'attemptAmount' | 'attemptReference'> & {
  attemptId: string | null
  reference: string | null
}): Known[] =>
  facts.flatMap((_, index) => {
    const told = facts.slice(0, index + 1)
    const captures = [
      ...Map.groupBy(withoutNameless(ofKind(told, 'captured'), attemptReference), (fact) => fact.reference),
    ].flatMap(([, claims]) =>
      claims
        .toSorted(
          (a, b) =>
            preference(b, attemptAmount) - preference(a, attemptAmount) ||
            compare(b.amount, a.amount) ||
            a.sequence - b.sequence,
        )
        .slice(0, 1),
    )
    let reversed = largestEach(ofKind(told, 'reversed'))
    const known: Known[] = []
    for (const { reference, amount, occurredAt } of captures.toSorted((a, b) => a.sequence - b.sequence)) {
      const taken = reversed < amount ? reversed : amount
      reversed -= taken
      if (reference !== wanted) continue
      const net = amount - taken
      const hash = sha256Hex([attemptId, reference, net, occurredAt.getTime()].join('\n'))
      known.push({ hash, reference, amount: net, occurredAt })
    }
    return known
  })

/** What was known of a refund after each fact that was told of it, as domain/money-told.ts adds it up: the first names it. */
export const refundHashes = ({ item, facts, refundReference }: Ours): Known[] => {
  const own = facts.filter(({ refundId }) => refundId === item.refundId)
  const [first] = ofKind(own, 'refunded')
  if (!first) return []
  return own.flatMap((_, index) => {
    const told = own.slice(0, index + 1)
    const refunded = ofKind(told, 'refunded')
    const named = refunded.filter(({ reference }) => reference !== refundReference)
    const anonymous = refunded.filter(
      ({ reference, amount }) => reference === refundReference && !named.some((other) => other.amount === amount),
    )
    const byHand = largestEach(refunded.filter(({ isByHand }) => isByHand))
    const bounced = largestEach(ofKind(told, 'bounced'))
    const amount = largestEach([...named, ...anonymous]) - (bounced < byHand ? bounced : byHand)
    const hash = sha256Hex([item.refundId, first.reference, amount, first.occurredAt.getTime()].join('\n'))
    return [{ hash, reference: first.reference, amount, occurredAt: first.occurredAt }]
  })
}

/** What was known of transfers by hand under the row's number: paid back it is money out, given back by the bank it is money in. */
export const transferHashes = ({ item, facts }: Ours): Known[] =>
  facts
    .filter(
      ({ kind, isByHand, reference }) =>
        reference === item.proof.transfer && (kind === 'bounced' || (kind === 'refunded' && isByHand)),
    )
    .map(({ kind, refundId, reference, amount, occurredAt }) => {
      const signed = kind === 'bounced' ? amount : -amount
      const hash = sha256Hex([refundId, reference, signed, occurredAt.getTime()].join('\n'))
      return { hash, reference, amount: signed, occurredAt }
    })

/**
 * Whether money of ours, told before the run read, is what the row is about. Money that another row names by the provider's own reference is that row's, when this one
 * carries another: a first try that was refused, and the second that was paid.
 */
export const hidesMoney = (
  hidden: readonly HiddenFact[],
  { row, ours }: { row: MatchRow; ours: string | null },
): boolean => {
  const told = hidden.filter(({ wasTold, isByHand }) => wasTold && !isByHand)
  if (row.lineType === 'refund') return told.some(({ kind }) => kind === 'refunded')
  return withoutNameless(
    told.filter(({ kind }) => kind === 'captured'),
    ours,
  ).some(
    ({ reference, isListed }) => row.providerReference === null || row.providerReference === reference || !isListed,
  )
}

/** The sum over references, each with the largest amount that was told for it. */
const largestEach = (facts: readonly KnownFact[]): bigint =>
  [...Map.groupBy(facts, ({ reference }) => reference).values()].reduce(
    (sum, claims) => sum + claims.reduce((most, { amount }) => (amount > most ? amount : most), 0n),
    0n,
  )

/** What was told under our own reference, for want of the provider's, and then with that, is one. */
const withoutNameless = <Fact extends Pick<KnownFact, 'reference' | 'amount'>>(
  captured: readonly Fact[],
  ours: string | null,
): Fact[] =>
  captured.filter(
    (fact) =>
      fact.reference !== ours ||
      !captured.some(({ reference, amount }) => reference !== ours && amount === fact.amount),
  )

const ofKind = (facts: readonly KnownFact[], kind: KnownFact['kind']): KnownFact[] =>
  facts.filter((fact) => fact.kind === kind)
const preference = (fact: KnownFact, due: bigint | null): number => (fact.amount === due ? 1 : 0)
const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
