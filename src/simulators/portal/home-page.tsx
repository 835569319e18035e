// Owns the portal's start: a new dossier, the orders so far, and what the gateway has told.
import type { FC } from 'hono/jsx'
import type { Language } from '../page-language.ts'
import { type Place, PortalShell, portalPath, Refresh } from './frame.tsx'
import type { Answer, Problem } from './gateway.ts'
import type { Received } from './inbox.ts'
import { OrderList, WebhookList } from './order-list.tsx'
import type { Order } from './orders.ts'
import type { PortalAgency, PortalProcedure } from './procedures.ts'
import { portalWords } from './words.ts'

export type HomeProps = {
  place: Place
  procedures: readonly PortalProcedure[]
  agencies: readonly PortalAgency[]
  orders: Answer<Order[]>
  received: readonly Received[]
  /** Why no webhooks can come; null when they can. */
  unregistered: Problem | null
  /** What became of asking for a webhook again. */
  asked: boolean | null
}

export const HomePage: FC<HomeProps> = (home) => {
  const { place, orders, received, unregistered, asked } = home
  const copy = portalWords[place.language]
  return (
    <PortalShell place={place} heading={copy.start.heading} isWide>
      {asked === null ? null : (
        <p class={`state whole ${asked ? 'good' : 'bad'}`} role="status">
          {asked ? copy.webhooks.asked : copy.webhooks.notAsked}
        </p>
      )}
      <StartForm {...home} />
      <Refresh place={place} />
      <section class="card" aria-labelledby="orders">
        <h2 id="orders">{copy.orders.heading}</h2>
        {orders.ok ? null : <ProblemText problem={orders.problem} language={place.language} />}
        {orders.ok && orders.body.length === 0 ? <p class="hint">{copy.orders.empty}</p> : null}
        {orders.ok ? <OrderList orders={orders.body} language={place.language} /> : null}
      </section>
      <section class="card" aria-labelledby="webhooks">
        <h2 id="webhooks">{copy.webhooks.heading}</h2>
        <p class="hint">{copy.webhooks.text}</p>
        {unregistered ? (
          <>
            <p class="wrong">{copy.webhooks.unregistered}</p>
            <ProblemText problem={unregistered} language={place.language} />
          </>
        ) : null}
        <WebhookList received={received} place={place} />
      </section>
    </PortalShell>
  )
}

const StartForm: FC<HomeProps> = ({ place, procedures, agencies }) => {
  const copy = portalWords[place.language].start
  const fields = [...new Set(procedures.map(({ field }) => field))]
  return (
    <section class="card whole" aria-label={copy.heading}>
      <p>{copy.text}</p>
      <form method="get" action={`${portalPath}/new`}>
        <div class="field">
          <label for="procedure">{copy.procedure}</label>
          <select id="procedure" name="procedure">
            {fields.map((field) => (
              <optgroup label={field}>
                {procedures
                  .filter((procedure) => procedure.field === field)
                  .map(({ id, name }) => (
                    <option lang="vi" value={id}>
                      {name}
                    </option>
                  ))}
              </optgroup>
            ))}
          </select>
        </div>
        <div class="field">
          <label for="agency">{copy.agency}</label>
          <select id="agency" name="agency">
            {agencies.map(({ code, name }) => (
              <option value={code}>{`${name} (${code})`}</option>
            ))}
          </select>
        </div>
        <input type="hidden" name="lang" value={place.language} />
        <button type="submit">{copy.go}</button>
      </form>
    </section>
  )
}

/** What the gateway said when it refused; it is the gateway's own text. */
export const ProblemText: FC<{ problem: Problem; language: Language }> = ({ problem, language }) => {
  const title = problem.title || portalWords[language].form.silent
  return (
    <>
      <p>
        <strong>{title}</strong>
        {problem.code === '' ? null : ` (${problem.status === 0 ? '' : `${problem.status} `}${problem.code})`}
      </p>
      {problem.detail === null ? null : <p class="hint">{problem.detail}</p>}
    </>
  )
}
