/** The text of a state with its own figures, and the tone it is shown in. */
import type { Checkout } from './checkout-view.ts'
import type { Copy } from './copy.ts'
import { dictionary } from './dictionary.ts'
import type { Tone } from './layout.tsx'
import type { State } from './standing.ts'
import { money, shortDay, shortTime } from './wording.ts'

export const tones: Readonly<Record<State, Tone>> = {
  waived: 'good',
  waiting: 'calm',
  confirming: 'wait',
  failed: 'bad',
  wrong_amount: 'wait',
  contested: 'wait',
  paid: 'good',
  receipt_pending: 'good',
  paid_twice: 'wait',
  late: 'wait',
  reversed: 'bad',
  refunding: 'wait',
  partly_refunded: 'calm',
  refunded: 'calm',
  expired: 'calm',
  cancelled: 'calm',
}

/** What of a page its state's sentence is made of. */
type Said = Pick<Checkout, 'facts' | 'standing' | 'language' | 'titleOf'>

/** The sentence of the page's state, in its language. */
export const stateText = (page: Said): string => {
  const { facts, standing, language, titleOf } = page
  const { states } = dictionary[language]
  const { order } = facts
  const say = (amount: bigint) => money(amount, language)
  switch (standing.state) {
    case 'waived':
      return states.waived.text({ rules: rulesOf(page) })
    case 'waiting':
      return states.waiting.text({
        deadline: shortTime(order.expiresAt, language),
        // Some fees are collected after acceptance, and then the sentence about acceptance would be wrong.
        isBeforeAcceptance: (order.collectionStage ?? 'before_acceptance') === 'before_acceptance',
      })
    case 'confirming':
    case 'failed':
      return states[standing.state].text({ provider: titleOf(standing.attempt.provider) })
    case 'wrong_amount':
      return states.wrong_amount.text({ received: say(standing.amount), due: say(order.amount) })
    case 'contested':
      return states.contested.text({ amount: say(standing.amount) })
    case 'paid':
    case 'receipt_pending':
      return receivedText(page, states[standing.state])
    case 'paid_twice':
      return states.paid_twice.text({ surplus: say(standing.amount), dossier: order.dossierCode })
    case 'late':
      return states.late.text({ amount: say(standing.amount) })
    case 'refunding': {
      const by = standing.by && shortDay(standing.by, language)
      return states.refunding.text({ amount: say(standing.amount), account: standing.account, by })
    }
    case 'reversed':
      return states.reversed.text({ amount: say(standing.amount), dossier: order.dossierCode })
    case 'refunded':
    case 'partly_refunded': {
      const at = standing.at ? shortTime(standing.at, language) : ''
      return states[standing.state].text({ amount: say(standing.amount), paid: say(order.amountPaid), at })
    }
    case 'expired':
      return states.expired.text({})
    case 'cancelled':
      return states.cancelled.text({ reason: order.closedReason })
  }
}

const receivedText = ({ facts, language }: Said, copy: Copy['states']['paid' | 'receipt_pending']): string => {
  const { order, attempts } = facts
  const payer = attempts.find((attempt) => attempt.id === order.paidBy)
  return copy.text({
    amount: money(order.amountPaid, language),
    dossier: order.dossierCode,
    at: order.paidAt ? shortTime(order.paidAt, language) : '',
    reference: payer?.providerReference ?? payer?.merchantReference ?? '',
  })
}

const rulesOf = ({ facts }: Said): string =>
  [...new Set(facts.order.lines.flatMap((line) => (line.exemption ? [line.exemption.rule] : [])))].join('; ')
