/** What a citizen can do while a payment has no result: ask again, or go on with that same payment. */
import type { FC } from 'hono/jsx'
import type { Attempt } from '../domain/order-facts.ts'
import type { Checkout } from './checkout-view.ts'
import { dictionary } from './dictionary.ts'

export const ConfirmingSteps: FC<Checkout & { attempt: Attempt }> = (page) => {
  const { checked, reloads, links, titleOf, attempt, language } = page
  const { confirming: copy } = dictionary[language]
  return (
    <>
      {checked ? <p>{checked === 'now' ? copy.checked : copy.checkedJustNow}</p> : null}
      <form method="post" action={links.check} class="screen">
        <button class="button" type="submit">
          {copy.check}
        </button>
      </form>
      {page.canGoOn ? (
        <>
          <p>{copy.goOnHint}</p>
          <p>
            <a class="button plain" href={links.goOn}>
              {copy.goOn(titleOf(attempt.provider))}
            </a>
          </p>
        </>
      ) : null}
      {reloads === null ? null : (
        <p>
          {copy.refreshing} <a href={links.still}>{copy.stopRefreshing}</a>
        </p>
      )}
    </>
  )
}
