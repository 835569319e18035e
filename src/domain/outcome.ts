/**
 * The outcome: what a source of truth says about one payment attempt or one refund. Callbacks, status queries, settlement files and bank
 * notifications all become this type, and only flows/apply-outcome.ts acts on it.
 */

/**
 * Where a statement about money came from. `callback`, `query`, `statement` and `bank` are evidence; a browser's return is not. `person` is somebody who looked
 * it up at the provider, where no machine can be asked.
 */
export type OutcomeSource = 'callback' | 'query' | 'statement' | 'bank' | 'start' | 'refund_call' | 'person'

type Common = {
  /** Ours, as the provider saw it: the attempt's or the refund's `merchant_reference`. */
  merchantReference: string
  /** The provider's own number of the payment or refund; null while it has none. */
  providerReference: string | null
  /** When the provider says that it happened; null when it does not say. */
  occurredAt: Date | null
  /** The provider's raw code, kept as evidence, for example `24`. */
  code: string
}

/** Money moved: whole đồng, more than 0. `captured` and `reversed` speak of an attempt, `refunded` of a refund. */
export type MoneyOutcome = Common & { status: 'captured' | 'reversed' | 'refunded'; amount: bigint }

/** A refund by bank transfer that the bank gave back: no provider tells that, a person does. */
export type Bounce = Common & { status: 'bounced'; amount: bigint }

/** No money moved (yet). `subject` tells whether the reference names an attempt or a refund. */
export type QuietOutcome = Common & { status: 'failed' | 'pending'; subject: 'payment' | 'refund' }

export type Outcome = MoneyOutcome | QuietOutcome

/** Everything that the one door takes. */
export type DoorOutcome = Outcome | Bounce

/** Whether an outcome moved money. */
export const movesMoney = (outcome: DoorOutcome): outcome is MoneyOutcome | Bounce => 'amount' in outcome

/** Whether an outcome speaks of a payment attempt or of a refund. */
export const outcomeSubject = (outcome: DoorOutcome): 'payment' | 'refund' => {
  if ('subject' in outcome) return outcome.subject
  return outcome.status === 'refunded' || outcome.status === 'bounced' ? 'refund' : 'payment'
}
