/** Where the money is: every step of it with its time, in the order in which it happened. */
import type { FC } from 'hono/jsx'
import type { Attempt, OrderFacts, Refund } from '../domain/order-facts.ts'
import type { RefundStatus } from '../domain/states.ts'
import type { Copy } from './copy.ts'
import { dictionary } from './dictionary.ts'
import type { Language } from './language.ts'
import { MoneyNow, type MoneyView } from './money-now.tsx'
import { wasTried } from './standing.ts'
import { whereWords } from './where-words.ts'
import { money, shortTime } from './wording.ts'

type Step = { at: Date; text: string }

type Trail = { facts: OrderFacts; titleOf: (provider: string) => string; language: Language }

/** The card on an order's page: where the money is, what comes next, the way there, and the code to ask with elsewhere. */
export const MoneyTrail: FC<MoneyView> = (view) => {
  const { trail: copy } = dictionary[view.language]
  const words = whereWords[view.language]
  const { tracingCode } = view.facts.order
  return (
    <section class="card" aria-labelledby="trail">
      <h2 id="trail">{copy.heading}</h2>
      <MoneyNow {...view} />
      <StepList {...view} />
      {tracingCode ? (
        <p class="small">
          {`${words.tracing}: `}
          <a href={`/where?lang=${view.language}&code=${tracingCode}`}>{tracingCode}</a>
          {`. ${words.keep}`}
        </p>
      ) : null}
    </section>
  )
}

export const StepList: FC<Trail> = (trail) => (
  <ol>
    {stepsOf(trail).map((step) => (
      <li>
        {step.text}
        <div class="small">{shortTime(step.at, trail.language)}</div>
      </li>
    ))}
  </ol>
)

const stepsMax = 12

const stepsOf = ({ facts, titleOf, language }: Trail): Step[] => {
  const { trail: copy } = dictionary[language]
  const attempts = facts.attempts.map((attempt) =>
    attemptStep(attempt, { copy, title: titleOf(attempt.provider), language }),
  )
  const refunds = facts.refunds.flatMap((refund) => refundStep(refund, { copy, language }))
  const later = [...attempts, ...refunds].toSorted((a, b) => a.at.getTime() - b.at.getTime()).slice(-stepsMax)
  return [{ at: facts.order.createdAt, text: copy.placed }, ...later]
}

const attemptStep = (
  attempt: Attempt,
  { copy, title, language }: { copy: Copy['trail']; title: string; language: Language },
): Step => {
  if (attempt.status === 'captured') {
    const reference = attempt.providerReference ?? attempt.merchantReference
    return {
      at: attempt.capturedAt ?? attempt.createdAt,
      text: copy.captured(money(attempt.amountCaptured, language), title, reference),
    }
  }
  return { at: attempt.createdAt, text: copy.attempt[attemptWording(attempt)](title) }
}

const attemptWording = (attempt: Attempt): keyof Copy['trail']['attempt'] => {
  if (attempt.status === 'expired') return 'expired'
  if (attempt.status === 'failed') return wasTried(attempt) ? 'failed' : 'unreached'
  return attempt.status === 'unknown' ? 'silent' : 'waiting'
}

/** A refund that was rejected or withdrawn moves no money, and its reasons are the office's. */
const refundWordings: Record<RefundStatus, keyof Copy['trail']['refund'] | null> = {
  proposed: 'asked',
  requested: 'asked',
  approved: 'underWay',
  sending: 'underWay',
  pending: 'underWay',
  unknown: 'underWay',
  succeeded: 'done',
  failed: 'failed',
  rejected: null,
  withdrawn: null,
}

const refundStep = (refund: Refund, { copy, language }: { copy: Copy['trail']; language: Language }): Step[] => {
  const wording = refundWordings[refund.status]
  if (!wording) return []
  const amount = refund.status === 'succeeded' ? refund.amountRefunded : refund.amount
  return [{ at: refund.succeededAt ?? refund.createdAt, text: copy.refund[wording](money(amount, language)) }]
}
