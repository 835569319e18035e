/** One endpoint: send a span of time again, change its secret, stop it; and adding one. A secret is shown by the answer to its form, and by nothing else. */
import type { FC } from 'hono/jsx'
import { z } from 'zod'
import { eventTypes } from '../../../domain/order-events.ts'
import type { Language } from '../../language.ts'
import { shortTime } from '../../wording.ts'
import { eventTypeWords } from '../event-type-words.ts'
import { ActForm, Card, Facts, Field, Note } from '../parts.tsx'
import { agencyChoices } from '../pick.ts'
import { defineScreen, type View, type Visit } from '../screen.ts'
import { type Endpoint, endpoint as endpointShape, withSecret } from './webhook-shape.ts'
import { EndpointState, typesOf } from './webhooks-screen.tsx'
import { words } from './words.ts'

const pathOf = ({ params }: Pick<Visit, 'params'>): string =>
  `/v1/webhook_endpoints/${encodeURIComponent(params.id ?? '')}`

export const endpointScreen = defineScreen({
  path: '/webhooks/:id',
  roles: ['operator'],
  view: async (visit) => {
    const { api, language, query } = visit
    const copy = words[language]
    const endpoint = await api.get(endpointShape, pathOf(visit))
    return {
      title: copy.one(endpoint.url),
      body: (
        <>
          {/^\d{1,6}$/.test(query.sent ?? '') && visit.problem === null ? (
            <Note tone="good" isNews>
              <p>{copy.spanSent(query.sent ?? '')}</p>
            </Note>
          ) : null}
          <About endpoint={endpoint} language={language} />
          {endpoint.disabled_at ? null : <Deeds visit={visit} />}
          <p>
            <a href={`/console/webhooks?endpoint=${endpoint.id}`}>{copy.back}</a>
          </p>
        </>
      ),
    }
  },
  acts: {
    span: async (acting) => {
      const { api, form, params } = acting
      const json = { from: instantOf(form.get('from')), to: instantOf(form.get('to')) }
      const sent = await api.send(z.object({ redelivered: z.int() }), { path: `${pathOf(acting)}/redeliver`, json })
      return { to: `/webhooks/${params.id}?sent=${sent.redelivered}` }
    },
    rotate: async (acting) => {
      const made = await acting.api.send(withSecret, { path: `${pathOf(acting)}/rotate_secret` })
      return secretView(made, acting.language)
    },
    retire: async (acting) => {
      await acting.api.send(z.object({ id: z.string() }), { method: 'DELETE', path: pathOf(acting) })
      return { to: '/webhooks', done: 'retired' }
    },
  },
})

export const newEndpointScreen = defineScreen({
  path: '/webhooks/new',
  roles: ['operator'],
  view: async (visit) => {
    const copy = words[visit.language]
    const agencies = await agencyChoices(visit)
    return {
      title: copy.newTitle,
      body: (
        <>
          <NewForm visit={visit} agencies={agencies} />
          <p>
            <a href="/console/webhooks">{copy.back}</a>
          </p>
        </>
      ),
    }
  },
  acts: {
    add: async ({ api, form, language }) => {
      const chosen = eventTypes.filter((type) => form.has(fieldOf(type)))
      const json = {
        url: form.get('url') ?? '',
        event_types: chosen.length > 0 ? chosen : null,
        agency_code: form.get('agency_code') || null,
      }
      return secretView(await api.send(withSecret, { path: '/v1/webhook_endpoints', json }), language)
    },
  },
})

/** A name of its own for each, so that those which were ticked are ticked again when the API says no. */
const fieldOf = (type: string): string => `type:${type}`

/** What a browser's field of day and time sends, in the time of Vietnam. What it is not the API says. */
const instantOf = (text: string | undefined): string =>
  text && /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? `${text}:00+07:00` : (text ?? '')

const secretView = ({ id, url, secret }: z.output<typeof withSecret>, language: Language): View => {
  const copy = words[language]
  return {
    title: copy.secretTitle,
    body: (
      <>
        <Note tone="wait" isNews>
          <p>{copy.secretMeans}</p>
        </Note>
        <Card>
          <Facts
            rows={[
              [copy.url, url],
              [copy.secret, <code>{secret}</code>],
            ]}
          />
        </Card>
        <p>
          <a href={`/console/webhooks/${id}`}>{copy.one(url)}</a>
        </p>
      </>
    ),
  }
}

const About: FC<{ endpoint: Endpoint; language: Language }> = ({ endpoint, language }) => {
  const copy = words[language]
  return (
    <Card>
      <Facts
        rows={[
          [copy.status, <EndpointState endpoint={endpoint} language={language} />],
          [copy.agency, endpoint.agency_code],
          [copy.types, typesOf(endpoint.event_types, language)],
          [copy.createdAt, shortTime(endpoint.created_at, language)],
          [copy.id, <code>{endpoint.id}</code>],
        ]}
      />
    </Card>
  )
}

const Deeds: FC<{ visit: Visit }> = ({ visit }) => {
  const { language, typed } = visit
  const copy = words[language]
  return (
    <div class="cards">
      <Card heading={copy.span} id="span">
        <p class="small">{copy.spanMeans}</p>
        <ActForm visit={visit} act="span" labels={{ '/from': copy.from, '/to': copy.to }}>
          {(['from', 'to'] as const).map((name) => (
            <Field
              id={name}
              name={name}
              type="datetime-local"
              label={copy[name]}
              value={typed.get(name) ?? ''}
              isRequired
              language={language}
            />
          ))}
          <button type="submit" class="plain">
            {copy.sendSpan}
          </button>
        </ActForm>
      </Card>
      <Card heading={copy.rotate} id="rotate">
        <p class="small">{copy.rotateMeans}</p>
        <ActForm visit={visit} act="rotate">
          <button type="submit" class="plain">
            {copy.rotateDo}
          </button>
        </ActForm>
      </Card>
      <Card heading={copy.retire} id="retire">
        <p class="small">{copy.retireMeans}</p>
        <ActForm visit={visit} act="retire">
          <label class="check">
            <input type="checkbox" required />
            {copy.retireSure}
          </label>
          <button type="submit" class="danger">
            {copy.retireDo}
          </button>
        </ActForm>
      </Card>
    </div>
  )
}

type NewProps = { visit: Visit; agencies: readonly { value: string; label: string }[] }

const NewForm: FC<NewProps> = ({ visit, agencies }) => {
  const { language, typed, staff } = visit
  const copy = words[language]
  return (
    <ActForm visit={visit} act="add" class="act card" labels={{ '/url': copy.url, '/agency_code': copy.agency }}>
      <Field
        id="url"
        name="url"
        label={copy.url}
        hint={copy.urlHint}
        value={typed.get('url') ?? ''}
        isRequired
        maxLength={2048}
        language={language}
      />
      <Field
        id="agency_code"
        name="agency_code"
        label={copy.agency}
        hint={copy.agencyHint}
        value={typed.get('agency_code') ?? staff.agency}
        options={agencies}
        language={language}
      />
      <fieldset>
        <legend>{copy.types}</legend>
        <p class="hint">{copy.typesHint}</p>
        <div class="sides">
          {eventTypes.map((type) => (
            <label class="check">
              <input type="checkbox" name={fieldOf(type)} value="1" checked={typed.has(fieldOf(type))} />
              <span>
                {eventTypeWords[language][type]} <small>{type}</small>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <button type="submit">{copy.addDo}</button>
    </ActForm>
  )
}
