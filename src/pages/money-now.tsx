/** Where the money is now, what happens next and by when, and whatever else is wrong with it: the same on an order's page and at /where. */
import type { FC } from 'hono/jsx'
import type { OrderFacts } from '../domain/order-facts.ts'
import { addWorkingDays } from '../domain/working-days.ts'
import { businessDay } from '../lib/time.ts'
import { anomaliesOf } from './anomalies.ts'
import type { Language } from './language.ts'
import { moneyWords } from './money-words.ts'
import type { Standing } from './standing.ts'
import { shortDay, shortTime } from './wording.ts'

export type MoneyView = {
  facts: OrderFacts
  standing: Standing
  /** By when what is wrong must be dealt with, where that is known. */
  dueOn: string | null
  titleOf: (provider: string) => string
  now: Date
  language: Language
}

export const MoneyNow: FC<MoneyView> = (view) => {
  const { facts, standing, now, language } = view
  const words = moneyWords[language]
  return (
    <>
      <dl>
        <div>
          <dt>{words.place}</dt>
          <dd>{hasSettled(facts, standing) ? words.settled : words.places[standing.state]}</dd>
        </div>
        <div>
          <dt>{words.next}</dt>
          <dd>{nextOf(view)}</dd>
        </div>
      </dl>
      {anomaliesOf(facts, standing.state, now).map((anomaly) => (
        <p class="note wait">{words.anomalies[anomaly]}</p>
      ))}
    </>
  )
}

/** States that say that there is no money. */
const isEmpty: Partial<Record<Standing['state'], boolean>> = {
  waiting: true,
  failed: true,
  expired: true,
  cancelled: true,
}

/** Money came once, though the order stands as if none had: an accountant has decided what becomes of it. */
const hasSettled = ({ attempts }: OrderFacts, { state }: Standing): boolean =>
  isEmpty[state] === true && attempts.some((attempt) => attempt.amountCaptured > attempt.amountReversed)

/** The sentence of what happens next, with its day. */
export const nextOf = ({ facts, standing, dueOn, titleOf, now, language }: MoneyView): string => {
  const last = facts.attempts.at(-1)
  const attempt = 'attempt' in standing ? standing.attempt : last
  const day = dayOf({ facts, standing, dueOn, now })
  return moneyWords[language].nexts[standing.state]({
    by: day === null ? null : shortDay(day, language),
    deadline: shortTime(facts.order.expiresAt, language),
    provider: attempt ? titleOf(attempt.provider) : '',
  })
}

/** A day that is past is no promise any more. A provider's books come on the working day after the payment, as accounts are set up unless their contract says otherwise. */
const dayOf = ({ standing, dueOn, now }: Pick<MoneyView, 'facts' | 'standing' | 'dueOn' | 'now'>): string | null => {
  const day =
    standing.state === 'refunding'
      ? standing.by
      : standing.state === 'confirming'
        ? addWorkingDays(businessDay(standing.attempt.createdAt), 1)
        : dueOn
  return day !== null && day >= businessDay(now) ? day : null
}
