/** The form that begins a payment: one choice, one button. */
import type { FC } from 'hono/jsx'
import type { Order } from '../domain/order-facts.ts'
import type { Copy, StartProblem } from './copy.ts'
import { dictionary } from './dictionary.ts'
import type { Language } from './language.ts'
import { type Offer, suggestionOf } from './methods.ts'
import { longTime, money, timeLeft } from './wording.ts'

export type Choosing = {
  order: Order
  offers: readonly Offer[]
  /** Providers that could not be reached by the last attempts. */
  unreached: readonly string[]
  /** How many attempts the page knew of: a form that is older than the last attempt starts nothing. */
  seen: number
  action: string
  problem: StartProblem | null
  now: Date
  language: Language
  /** Below a warning, after a payment that has no result yet. */
  isRepeat: boolean
}

/** Above this, banks ask for a face check (QĐ 2345/QĐ-NHNN). */
const biometricsAbove = 10_000_000n
const soonMs = 30 * 60_000

export const ChooseProvider: FC<Choosing> = (choosing) => {
  const { order, offers, action, seen, problem, now, language, isRepeat } = choosing
  const { choose: copy, confirming, problems } = dictionary[language]
  const usable = offers.filter((offer) => offer.standing !== 'outside_limits')
  const working = usable.filter((offer) => offer.standing !== 'down')
  const suggestion = suggestionOf(offers)
  const leftMs = order.expiresAt.getTime() - now.getTime()
  return (
    <form class="card" method="post" action={action} aria-labelledby="choose">
      {isRepeat ? <p class="note wait">{confirming.anotherWarning}</p> : null}
      {problem ? (
        <p class="note bad" id="problem" role="alert">
          {problems[problem]}
        </p>
      ) : null}
      {suggestion && !isRepeat ? <p class="note calm">{copy.suggestion(suggestion.title[language])}</p> : null}
      <fieldset aria-describedby={problem ? 'problem' : undefined}>
        <legend id="choose">{isRepeat ? confirming.another : copy.heading}</legend>
        {offers.map((offer) => (
          <OfferChoice offer={offer} isOnly={working.length === 1 && working[0] === offer} choosing={choosing} />
        ))}
      </fieldset>
      <input type="hidden" name="seen" value={String(seen)} />
      {usable.length === 0 ? <p class="note wait">{copy.none}</p> : null}
      {order.amount > biometricsAbove ? <p class="small">{copy.large}</p> : null}
      <p class="small">{copy.deadline(longTime(order.expiresAt, language), timeLeft(leftMs, language))}</p>
      {leftMs < soonMs ? <p class="note wait">{copy.soon}</p> : null}
      {usable.length > 0 ? (
        <>
          <button class={isRepeat ? 'button plain' : 'button'} type="submit">
            {copy.pay(money(order.amount, language))}
          </button>
          <p class="small">{copy.leaves}</p>
        </>
      ) : null}
    </form>
  )
}

const OfferChoice: FC<{ offer: Offer; isOnly: boolean; choosing: Choosing }> = ({ offer, isOnly, choosing }) => {
  const { language } = choosing
  const isUsable = offer.standing !== 'outside_limits'
  const id = `health-${offer.provider}`
  return (
    <label class="offer">
      <input
        type="radio"
        name="provider"
        value={offer.provider}
        required
        disabled={!isUsable}
        checked={isOnly}
        aria-describedby={id}
      />
      <b>{offer.title[language]}</b>
      <span class="small" id={id}>
        {offerNote(offer, dictionary[language].choose, choosing)}
      </span>
    </label>
  )
}

const offerNote = (offer: Offer, copy: Copy['choose'], { unreached, language }: Choosing): string => {
  if (offer.standing === 'outside_limits')
    return copy.limits(money(offer.limits.minimum, language), money(offer.limits.maximum, language))
  const isUnreached = offer.standing !== 'down' && unreached.includes(offer.provider)
  return isUnreached ? copy.unreached : copy.health[offer.health.status]
}
