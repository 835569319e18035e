/** The rules by which our own deeds about a refund are refused: to ask for it, to decide it, to hand it over, to say what became of it. */
import { isDisputed } from './dispute.ts'
import type { Guards } from './guards.ts'
import type { OrderFacts, Refund } from './order-facts.ts'
import { refundableOf } from './refundable.ts'
import { openRefunds, type RefundEvent, refundMoves, refundsUnderWay } from './states.ts'

type Asking = { facts: OrderFacts; attemptId: string; left: bigint }
type Deciding = { facts: OrderFacts; refund: Refund; by: string; payeeVersion: number }
type Sending = { facts: OrderFacts; refund: Refund; as: Extract<RefundEvent, 'send' | 'repeat'> }
type Saying = { refund: Refund; by: string }

export type RefundGuards = {
  request: Guards<'isNotDisputed' | 'noneIsOpen' | 'somethingIsLeft', Asking>
  amount: Guards<'isLeft', { amount: bigint; left: bigint }>
  approve: Guards<'awaitsDecision' | 'checkerIsNotMaker' | 'payeeIsAsSeen' | 'isNotDisputed' | 'moneyIsThere', Deciding>
  reject: Guards<'awaitsDecision', { refund: Refund }>
  handOver: Guards<'mayBeSent' | 'isNotDisputed' | 'moneyIsThere', Sending>
  release: Guards<'moneyIsThere', { facts: OrderFacts; refund: Refund }>
  settle: Guards<'isUnderWay' | 'speakerIsNotMaker', Saying>
  confirm: Guards<'isUnderWay' | 'speakerIsNotMaker' | 'speakerIsNotAlone', Saying>
  bounce: Guards<'speakerIsNotMaker', Saying>
  /** What a person says went back is never more than was asked. */
  told: Guards<'isNotMoreThanAsked', { refund: Refund; amount: bigint }>
}

const moneyIsThere = ({ facts, refund }: { facts: OrderFacts; refund: Refund }): boolean =>
  refundableOf(facts, refund, refund.id) >= refund.amount

const isUnderWay = ({ refund }: Saying): boolean => refundsUnderWay.includes(refund.status)
const speakerIsNotMaker = ({ refund, by }: Saying): boolean => refund.madeBy !== by

export const refundGuards: RefundGuards = {
  /** May somebody ask for a refund of this attempt? `left` is what of the money that is meant may still be returned. */
  request: {
    isNotDisputed: ({ facts, attemptId }) => !isDisputed(facts, attemptId),
    noneIsOpen: ({ facts, attemptId }) =>
      !facts.refunds.some((refund) => refund.attemptId === attemptId && openRefunds.includes(refund.status)),
    somethingIsLeft: ({ left }) => left > 0n,
  },
  amount: {
    isLeft: ({ amount, left }) => amount <= left,
  },
  /** May this person agree to it? `payeeVersion` is the naming of its payee that they saw. */
  approve: {
    awaitsDecision: ({ refund }) => refundMoves[refund.status].approve !== undefined,
    checkerIsNotMaker: ({ refund, by }) => refund.madeBy !== by,
    payeeIsAsSeen: ({ refund, payeeVersion }) => refund.payeeVersion === payeeVersion,
    isNotDisputed: ({ facts, refund }) => !isDisputed(facts, refund.attemptId),
    // Its provider may have taken the money back meanwhile.
    moneyIsThere,
  },
  reject: {
    awaitsDecision: ({ refund }) => refundMoves[refund.status].reject !== undefined,
  },
  /** May it be marked as being sent? */
  handOver: {
    mayBeSent: ({ refund, as }) => refundMoves[refund.status][as] !== undefined,
    isNotDisputed: ({ facts, refund }) => !isDisputed(facts, refund.attemptId),
    moneyIsThere,
  },
  /** It never left: may it wait to be sent again? */
  release: { moneyIsThere },
  /** May this person say what became of it? */
  settle: { isUnderWay, speakerIsNotMaker },
  /** May this person say that they returned it by a transfer? */
  confirm: {
    isUnderWay,
    speakerIsNotMaker,
    // Money that leaves by hand takes two people; the gateway, which proposed it, is none.
    speakerIsNotAlone: ({ refund, by }) => refund.madeBy !== 'lephi' || refund.decidedBy !== by,
  },
  /** May this person say that the bank gave the transfer back? */
  bounce: { speakerIsNotMaker },
  told: {
    isNotMoreThanAsked: ({ refund, amount }) => amount <= refund.amount,
  },
}
