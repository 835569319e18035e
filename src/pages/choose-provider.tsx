/** The form that begins a payment: one choice, one button. */
import type { FC } from 'hono/jsx'
import type { Extension } from '../domain/order-deadline.ts'
import type { Order } from '../domain/order-facts.ts'
import type { Copy, StartProblem } from './copy.ts'
import { dictionary } from './dictionary.ts'
import type { Language } from './language.ts'
import { type Offer, suggestionOf } from './methods.ts'
import { longTime, money, shortTime, timeLeft } from './wording.ts'

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
  /** Whether more time may be asked for, where that goes to, and whether it just was. */
  extension: Extension
  extendAction: string
  isExtended: boolean
  /** Money that comes after the deadline pays the order all the same. */
  acceptsLateMoney: boolean
  /** The provider that was chosen before the page was loaded again. */
  choice: string | null
}

/** Above this, banks ask for a face check (QĐ 2345/QĐ-NHNN). */
const biometricsAbove = 10_000_000n
/** How long before its end the page warns that the time is nearly over. */
export const soonMs = 30 * 60_000

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
          <OfferChoice
            offer={offer}
            isChosen={choosing.choice === offer.provider || (working.length === 1 && working[0] === offer)}
            choosing={choosing}
          />
        ))}
      </fieldset>
      <input type="hidden" name="seen" value={String(seen)} />
      {usable.length === 0 ? <p class="note wait">{copy.none}</p> : null}
      {order.amount > biometricsAbove ? <p class="small">{copy.large}</p> : null}
      <p class="small" id="deadline">
        {copy.deadline(longTime(order.expiresAt, language), timeLeft(leftMs, language))}
      </p>
      {choosing.isExtended ? (
        <p class="note good" role="status">
          {copy.extended(shortTime(order.expiresAt, language))}
        </p>
      ) : null}
      {leftMs <= soonMs ? (
        <p class="note wait" role="status">
          {choosing.acceptsLateMoney ? copy.soon : copy.soonStrict}
        </p>
      ) : null}
      {usable.length > 0 ? (
        <>
          <button class={isRepeat ? 'button plain' : 'button'} type="submit">
            {copy.pay(money(order.amount, language))}
          </button>
          <p class="small">{copy.leaves}</p>
        </>
      ) : null}
      <MoreTime {...choosing} />
    </form>
  )
}

/** A button of the same form, so that what is chosen goes along; after the other button, which is the one that Enter presses. */
const MoreTime: FC<Choosing> = ({ order, extension, extendAction, language }) => {
  const { choose: copy } = dictionary[language]
  if (!extension.may) return extension.why === 'firm' ? <p class="small">{copy.firm}</p> : null
  return (
    <>
      <button
        class="button plain"
        type="submit"
        formaction={extendAction}
        formnovalidate
        name="until"
        value={String(order.expiresAt.getTime())}
        aria-describedby="more-time"
      >
        {copy.extend}
      </button>
      <p class="small" id="more-time">
        {copy.extendHint}
      </p>
    </>
  )
}

const OfferChoice: FC<{ offer: Offer; isChosen: boolean; choosing: Choosing }> = ({ offer, isChosen, choosing }) => {
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
        checked={isChosen && isUsable}
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
