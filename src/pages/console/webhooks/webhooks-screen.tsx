/** Where webhooks go, and what became of each. */
import type { FC } from 'hono/jsx'
import { z } from 'zod'
import { eventTypes } from '../../../domain/order-events.ts'
import type { Language } from '../../language.ts'
import { shortTime } from '../../wording.ts'
import { asked } from '../console-api.ts'
import { eventTypeWords } from '../event-type-words.ts'
import { ActForm, Badge, Card, Field, FilterForm, Pager, ProblemNote, Table, type Tone } from '../parts.tsx'
import { defineScreen, type Visit } from '../screen.ts'
import { termOf } from '../terms.ts'
import { type Delivery, deliveries, type Endpoint, endpoints } from './webhook-shape.ts'
import { words } from './words.ts'

export const webhooksScreen = defineScreen({
  path: '/webhooks',
  roles: ['operator'],
  nav: { section: 'setup', words: { vi: words.vi.title, en: words.en.title } },
  done: {
    again: { vi: 'Đã xếp vào hàng đợi để gửi lại.', en: 'It is queued to be sent again.' },
    retired: { vi: 'Đã ngừng gửi đến nơi nhận đó.', en: 'Nothing is sent to that endpoint any more.' },
  },
  view: async (visit) => {
    const { api, language, query } = visit
    const copy = words[language]
    const { endpoint = '', status = '', event_type = '' } = query
    const wanted = { webhook_endpoint: endpoint, status, event_type, cursor: query.cursor, limit: 50 }
    const [known, { found, problem }] = await Promise.all([
      api.get(endpoints, '/v1/webhook_endpoints', { limit: 200 }),
      asked(api.get(deliveries, '/v1/webhook_deliveries', wanted)),
    ])
    return {
      title: copy.title,
      ...(problem ? { status: 422 as const } : {}),
      body: (
        <>
          <Card heading={copy.endpoints} id="endpoints">
            <EndpointTable rows={known.data} language={language} />
            <p>
              <a class="button plain" href="/console/webhooks/new">
                {copy.add}
              </a>
            </p>
          </Card>
          <Filter visit={visit} known={known.data} />
          {problem ? <ProblemNote visit={{ ...visit, problem }} /> : null}
          {found ? <DeliveryTable rows={found.data} known={known.data} visit={visit} /> : null}
          {found ? <Pager visit={visit} nextCursor={found.next_cursor} /> : null}
        </>
      ),
    }
  },
  acts: {
    again: async ({ api, form, query }) => {
      const id = encodeURIComponent(form.get('item') ?? '')
      await api.send(z.object({ id: z.string() }), { path: `/v1/webhook_deliveries/${id}/redeliver` })
      const { done: _done, ...kept } = query
      return { to: `/webhooks?${new URLSearchParams(kept)}`, done: 'again' }
    },
  },
})

export const EndpointState: FC<{ endpoint: Endpoint; language: Language }> = ({ endpoint, language }) => {
  const copy = words[language]
  if (endpoint.disabled_at) return <Badge tone="calm">{copy.disabled(shortTime(endpoint.disabled_at, language))}</Badge>
  return (
    <>
      <Badge tone="good">{copy.enabled}</Badge>
      {endpoint.former_secret_until ? (
        <div class="small">{copy.twoSecrets(shortTime(endpoint.former_secret_until, language))}</div>
      ) : null}
    </>
  )
}

export const typesOf = (types: readonly string[] | null, language: Language): string =>
  types === null ? words[language].allTypes : types.map((type) => termOf(eventTypeWords[language], type)).join(', ')

const EndpointTable: FC<{ rows: readonly Endpoint[]; language: Language }> = ({ rows, language }) => {
  const copy = words[language]
  return (
    <Table
      caption={copy.endpoints}
      isCaptionUnseen
      language={language}
      rows={rows}
      columns={[
        { head: copy.url, cell: ({ id, url }) => <a href={`/console/webhooks/${id}`}>{url}</a> },
        { head: copy.agency, cell: ({ agency_code }) => agency_code },
        { head: copy.types, cell: ({ event_types }) => typesOf(event_types, language) },
        { head: copy.status, cell: (endpoint) => <EndpointState endpoint={endpoint} language={language} /> },
        { head: copy.createdAt, cell: ({ created_at }) => shortTime(created_at, language) },
      ]}
    />
  )
}

const Filter: FC<{ visit: Visit; known: readonly Endpoint[] }> = ({ visit, known }) => {
  const { language, query } = visit
  const copy = words[language]
  const any = { value: '', label: copy.any }
  const field = (name: string) => ({ id: name, name, value: query[name] ?? '', language })
  const types = eventTypes.map((type) => ({ value: type, label: `${eventTypeWords[language][type]} (${type})` }))
  const statuses = Object.entries(copy.statuses).map(([value, label]) => ({ value, label }))
  const urls = known.map(({ id, url }) => ({ value: id, label: url }))
  return (
    <FilterForm visit={visit}>
      <Field {...field('endpoint')} label={copy.url} options={[any, ...urls]} />
      <Field {...field('status')} label={copy.status} options={[any, ...statuses]} />
      <Field {...field('event_type')} label={copy.event} options={[any, ...types]} />
    </FilterForm>
  )
}

const tones: Readonly<Record<Delivery['status'], Tone>> = { pending: 'wait', delivered: 'good', failed: 'bad' }

type DeliveriesProps = { rows: readonly Delivery[]; known: readonly Endpoint[]; visit: Visit }

const DeliveryTable: FC<DeliveriesProps> = ({ rows, known, visit }) => {
  const { language } = visit
  const copy = words[language]
  const urlOf = (id: string) => known.find((endpoint) => endpoint.id === id)?.url ?? id
  const isLive = (id: string) => known.some((endpoint) => endpoint.id === id && endpoint.disabled_at === null)
  return (
    <Table
      caption={copy.deliveries}
      language={language}
      rows={rows}
      columns={[
        { head: copy.createdAt, cell: ({ created_at }) => shortTime(created_at, language) },
        {
          head: copy.event,
          cell: ({ event_type, webhook_id }) => (
            <>
              {termOf(eventTypeWords[language], event_type)}
              <div class="small">
                {event_type} · <code>{webhook_id}</code>
              </div>
            </>
          ),
        },
        { head: copy.url, cell: ({ webhook_endpoint }) => urlOf(webhook_endpoint) },
        { head: copy.status, cell: (delivery) => <DeliveryState delivery={delivery} language={language} /> },
        {
          head: copy.again,
          cell: ({ id, webhook_endpoint, webhook_id }) =>
            isLive(webhook_endpoint) ? (
              <ActForm visit={visit} act="again" item={id}>
                <button type="submit" class="plain" aria-label={copy.againFor(webhook_id)}>
                  {copy.again}
                </button>
              </ActForm>
            ) : (
              ''
            ),
        },
      ]}
    />
  )
}

const DeliveryState: FC<{ delivery: Delivery; language: Language }> = ({ delivery, language }) => {
  const copy = words[language]
  const { status, attempts, next_attempt_at } = delivery
  return (
    <>
      <Badge tone={tones[status]}>{copy.statuses[status]}</Badge>
      {status === 'pending' && next_attempt_at ? (
        <div class="small">{`${copy.nextTry} ${shortTime(next_attempt_at, language)}`}</div>
      ) : null}
      {attempts.length > 0 ? (
        <details>
          <summary class="small">{copy.tries(attempts.length)}</summary>
          <ol class="steps small">
            {attempts.map(({ at, response_status, error }) => (
              <li>
                {[shortTime(at, language), response_status ?? copy.noAnswer, error && termOf(copy.errors, error)]
                  .filter(Boolean)
                  .join(' · ')}
              </li>
            ))}
          </ol>
        </details>
      ) : null}
    </>
  )
}
