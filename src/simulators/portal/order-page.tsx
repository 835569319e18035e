// Owns the page of one order: what it is, where it is paid, and what has become of it at the gateway.
import type { FC } from 'hono/jsx'
import { formatVietnamese } from '../../lib/time.ts'
import { dong } from '../page-language.ts'
import { type Place, PortalShell, Refresh } from './frame.tsx'
import type { Problem } from './gateway.ts'
import { ProblemText } from './home-page.tsx'
import type { Received } from './inbox.ts'
import { momentOf, statusText, toneOf, WebhookList } from './order-list.tsx'
import type { Order, TimelineEvent } from './orders.ts'
import { portalWords } from './words.ts'

type OrderProps = {
  place: Place
  order: Order
  agencyName: string
  timeline: readonly TimelineEvent[]
  received: readonly Received[]
}

export const OrderPage: FC<OrderProps> = ({ place, order, agencyName, timeline, received }) => {
  const copy = portalWords[place.language]
  return (
    <PortalShell place={place} heading={`${copy.order.heading} ${order.dossier_code}`} isWide>
      <section class={`state whole ${toneOf(order.status)}`} aria-labelledby="status">
        <h2 id="status">{statusText(order.status, place.language)}</h2>
        <p role="status">{copy.order.texts[order.status] ?? ''}</p>
        {/^https?:\/\//.test(order.checkout_url) ? (
          <a class={`button ${order.status === 'open' ? '' : 'plain'}`} href={order.checkout_url}>
            {order.status === 'open' ? copy.order.pay : copy.order.look}
          </a>
        ) : null}
      </section>
      <Refresh place={place} />
      <Facts place={place} order={order} agencyName={agencyName} />
      <Fees place={place} order={order} />
      <section class="card" aria-labelledby="webhooks">
        <h2 id="webhooks">{copy.webhooks.heading}</h2>
        <WebhookList received={received} place={place} />
      </section>
      <section class="card" aria-labelledby="timeline">
        <h2 id="timeline">{copy.order.timeline}</h2>
        <ol>
          {timeline.map(({ type, created_at }) => (
            <li>
              {type} <span class="hint">{momentOf(new Date(created_at))}</span>
            </li>
          ))}
        </ol>
      </section>
      <details class="card whole">
        <summary>{copy.order.raw}</summary>
        <pre>{JSON.stringify(order, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part), 2)}</pre>
      </details>
    </PortalShell>
  )
}

const Facts: FC<{ place: Place; order: Order; agencyName: string }> = ({ place, order, agencyName }) => {
  const { language } = place
  const { facts: copy, heading } = portalWords[language].order
  const paidBy = order.paid_by && [order.paid_by.provider, order.paid_by.provider_reference].filter(Boolean).join(' · ')
  const facts: readonly [string, string | null][] = [
    [copy.dossier, order.dossier_code],
    [copy.procedure, order.procedure_name],
    [copy.agency, `${agencyName} (${order.agency_code})`],
    [copy.payer, order.payer.name],
    [copy.paid, order.amount_paid > 0n ? dong(order.amount_paid, language) : null],
    [copy.refunded, order.amount_refunded > 0n ? dong(order.amount_refunded, language) : null],
    [copy.paidBy, paidBy],
    [copy.until, order.status === 'open' ? formatVietnamese(new Date(order.expires_at)) : null],
  ]
  return (
    <section class="card" aria-label={heading}>
      <dl>
        <div>
          <dt>{copy.amount}</dt>
          <dd class="sum">{dong(order.amount, language)}</dd>
        </div>
        {facts.map(([name, value]) =>
          value === null ? null : (
            <div>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
    </section>
  )
}

const Fees: FC<{ place: Place; order: Order }> = ({ place, order }) => {
  const copy = portalWords[place.language].order
  return (
    <section class="card" aria-labelledby="fees">
      <h2 id="fees">{copy.fees}</h2>
      <ul class="rows">
        {order.lines.map((line) => (
          <li>
            <span>{line.quantity > 1 ? `${line.description} × ${line.quantity}` : line.description}</span>
            <span class="figure end">{dong(line.amount, place.language)}</span>
          </li>
        ))}
      </ul>
      {order.warnings.length === 0 ? null : (
        <div class="state wait">
          <h3>{copy.warnings}</h3>
          <ul>
            {order.warnings.map(({ code, message }) => (
              <li>
                <span lang="en">{message}</span> ({code})
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  )
}

/** An order that cannot be shown, with what the gateway said. */
export const NoOrderPage: FC<{ place: Place; problem: Problem }> = ({ place, problem }) => {
  const { order } = portalWords[place.language]
  return (
    <PortalShell place={place} heading={order.heading}>
      <section class="state bad" role="alert">
        {problem.status === 404 ? <h2>{order.missing}</h2> : null}
        <ProblemText problem={problem} language={place.language} />
      </section>
    </PortalShell>
  )
}
