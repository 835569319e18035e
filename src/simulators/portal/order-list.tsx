// Owns how the portal shows orders and webhooks in lists: one line each, states in words and not by colour alone.
import type { FC } from 'hono/jsx'
import { formatVietnamese } from '../../lib/time.ts'
import { dong, type Language } from '../page-language.ts'
import { rfc3339 } from '../vietnam-time.ts'
import { hrefOf, type Place, portalPath } from './frame.tsx'
import type { Received } from './inbox.ts'
import type { Order } from './orders.ts'
import { portalWords } from './words.ts'

/** A moment in Vietnam, to the second. */
export const momentOf = (at: Date): string => rfc3339(at).slice(0, 19).replace('T', ' ')

const tones: Readonly<Record<string, string>> = {
  open: 'wait',
  paid: 'good',
  waived: 'calm',
  expired: 'bad',
  cancelled: 'bad',
}

export const toneOf = (status: string): string => tones[status] ?? 'calm'

/** A status that is not known here is shown as the gateway calls it. */
export const statusText = (status: string, language: Language): string =>
  portalWords[language].order.statuses[status] ?? status

export const OrderList: FC<{ orders: readonly Order[]; language: Language }> = ({ orders, language }) => (
  <ul class="rows">
    {orders.map((order) => (
      <li>
        <div>
          <a href={hrefOf(language, `${portalPath}/orders/${order.id}`)}>{order.dossier_code}</a>
          <p>{order.procedure_name}</p>
          <p class="hint">{`${order.payer.name} · ${formatVietnamese(new Date(order.created_at))}`}</p>
        </div>
        <div class="end">
          <p class="figure">{dong(order.amount, language)}</p>
          <span class={`badge ${toneOf(order.status)}`}>{statusText(order.status, language)}</span>
        </div>
      </li>
    ))}
  </ul>
)

export const WebhookList: FC<{ received: readonly Received[]; place: Place }> = ({ received, place }) => {
  const { language } = place
  const copy = portalWords[language].webhooks
  if (received.length === 0) return <p class="hint">{copy.empty}</p>
  return (
    <ul class="rows">
      {received.map((webhook) => (
        <li>
          <div>
            <h3>{webhook.type}</h3>
            <p class="hint">
              <time datetime={webhook.lastAt.toISOString()}>{momentOf(webhook.lastAt)}</time>
              {` · ${webhook.id}`}
            </p>
            <p class="acts">
              {webhook.order === null || place.path.endsWith(webhook.order) ? null : (
                <a href={hrefOf(language, `${portalPath}/orders/${encodeURIComponent(webhook.order)}`)}>
                  {copy.ofOrder}
                  <span class="hint">{` ${webhook.order.slice(-6)}`}</span>
                </a>
              )}
            </p>
          </div>
          <div class="end">
            <span class={`badge ${webhook.verdict === 'verified' ? 'good' : 'bad'}`}>
              {copy.verdicts[webhook.verdict]}
            </span>
            {webhook.count > 1 ? <p class="badge wait">{copy.times(webhook.count)}</p> : null}
            {webhook.verdict === 'verified' ? <AskAgain webhook={webhook} place={place} /> : null}
          </div>
        </li>
      ))}
    </ul>
  )
}

const AskAgain: FC<{ webhook: Received; place: Place }> = ({ webhook, place }) => (
  <form method="post" action={hrefOf(place.language, `${portalPath}/webhooks/again`)}>
    <input type="hidden" name="id" value={webhook.id} />
    <input type="hidden" name="type" value={webhook.type} />
    <button
      class="plain"
      type="submit"
      aria-label={`${portalWords[place.language].webhooks.again}: ${webhook.type} ${webhook.id.slice(-6)}`}
    >
      {portalWords[place.language].webhooks.again}
    </button>
  </form>
)
