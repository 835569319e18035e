/** The programs that call the API. A secret is on exactly one page: the answer to the form that made it. */
import type { FC } from 'hono/jsx'
import { z } from 'zod'
import { scopes } from '../../../domain/access.ts'
import { grants, type Role } from '../../../domain/staff.ts'
import { businessDayRange } from '../../../lib/time.ts'
import { shortTime } from '../../wording.ts'
import { instant, pageOf } from '../console-api.ts'
import { textOf } from '../form-values.ts'
import { ActForm, Badge, Card, Facts, Field, Note, Pager, Table } from '../parts.tsx'
import { agencyChoices } from '../pick.ts'
import { defineScreen, type Visit } from '../screen.ts'
import { words } from './words.ts'

const operators: readonly Role[] = ['operator']

const clientShape = z.object({
  client_id: z.string(),
  agency_code: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(scopes)),
  authentication: z.enum(['client_secret', 'private_key_jwt']),
  created_at: instant,
  expires_at: instant.nullable(),
  revoked_at: instant.nullable(),
})
type Client = z.output<typeof clientShape>
const clientPage = pageOf(clientShape)
const newClientShape = clientShape.extend({ client_secret: z.string().nullable() })

export const clientsScreen = defineScreen({
  path: '/clients',
  roles: operators,
  nav: { section: 'setup', words: { vi: words.vi.title, en: words.en.title } },
  view: async (visit) => {
    const { api, language, query } = visit
    const copy = words[language]
    const page = await api.get(clientPage, '/v1/clients', { cursor: query.cursor })
    return {
      title: copy.title,
      body: (
        <>
          <p>
            <a class="button" href="/console/clients/new">
              {copy.add}
            </a>
          </p>
          <Table
            caption={copy.title}
            language={language}
            rows={page.data}
            columns={[
              { head: copy.name, cell: ({ client_id: id, name }) => <a href={`/console/clients/${id}`}>{name}</a> },
              { head: copy.agency, cell: ({ agency_code: code }) => code },
              { head: copy.scopes, cell: (client) => client.scopes.join(', ') },
              { head: copy.state, cell: (client) => <StateOf client={client} visit={visit} /> },
            ]}
          />
          <Pager visit={visit} nextCursor={page.next_cursor} />
        </>
      ),
    }
  },
})

export const newClientScreen = defineScreen({
  path: '/clients/new',
  roles: operators,
  view: async (visit) => {
    const { language, typed } = visit
    const copy = words[language]
    const field = (name: string, label: string, more: Partial<Parameters<typeof Field>[0]> = {}) => (
      <Field id={name} name={name} label={label} value={typed.get(name) ?? ''} language={language} {...more} />
    )
    return {
      title: copy.add,
      body: (
        <Card>
          <ActForm visit={visit} act="add">
            {field('name', copy.name, { isRequired: true, maxLength: 150 })}
            {field('agency_code', copy.agency, { options: await agencyChoices(visit), isRequired: true })}
            <fieldset>
              <legend>{copy.scopes}</legend>
              <p class="hint">{copy.scopesHint}</p>
              {grants.map((scope) => (
                <label class="check">
                  <input type="checkbox" name={`scope ${scope}`} checked={typed.has(`scope ${scope}`)} />
                  <span>
                    {copy.scope[scope]} <code>{scope}</code>
                  </span>
                </label>
              ))}
            </fieldset>
            {field('expires_on', copy.expires, { type: 'date', hint: copy.expiresHint })}
            <button type="submit">{copy.save}</button>
          </ActForm>
        </Card>
      ),
    }
  },
  acts: {
    add: async ({ api, form, language }) => {
      const copy = words[language]
      const lastDay = textOf(form, 'expires_on')
      const made = await api.send(newClientShape, {
        path: '/v1/clients',
        json: {
          name: textOf(form, 'name') ?? '',
          agency_code: textOf(form, 'agency_code') ?? '',
          // Whatever the form says, so that the API names what may not be given.
          scopes: scopes.filter((scope) => form.has(`scope ${scope}`)),
          ...(lastDay === null ? {} : { expires_at: endOf(lastDay) }),
        },
      })
      return {
        title: copy.fresh,
        body: (
          <>
            <Note tone="wait" isNews>
              <p>{copy.once}</p>
            </Note>
            <Card>
              <Facts
                rows={[
                  [copy.name, made.name],
                  [copy.id, <code>{made.client_id}</code>],
                  [copy.secret, <code>{made.client_secret}</code>],
                ]}
              />
            </Card>
            <p>
              <a href="/console/clients">{copy.all}</a>
            </p>
          </>
        ),
      }
    },
  },
})

/** The last instant of a day; what is no day goes on as it is, and the API names it. */
const endOf = (day: string): string =>
  /^\d{4}-\d\d-\d\d$/.test(day) ? new Date(businessDayRange(day).to.getTime() - 1).toISOString() : day

export const clientScreen = defineScreen({
  path: '/clients/:id',
  roles: operators,
  done: { revoked: { vi: words.vi.done, en: words.en.done } },
  view: async (visit) => {
    const { api, language, params } = visit
    const copy = words[language]
    const client = await api.get(clientShape, `/v1/clients/${params.id}`)
    return {
      title: client.name,
      body: (
        <>
          <Card>
            <Facts
              rows={[
                [copy.id, <code>{client.client_id}</code>],
                [copy.agency, client.agency_code],
                [copy.state, <StateOf client={client} visit={visit} />],
                [copy.how, copy.by[client.authentication]],
                [copy.made, shortTime(client.created_at, language)],
                [copy.expires, client.expires_at ? shortTime(client.expires_at, language) : copy.never],
              ]}
            />
            <h2>{copy.scopes}</h2>
            <ul>
              {client.scopes.map((scope) => (
                <li>
                  {copy.scope[scope]} <code>{scope}</code>
                </li>
              ))}
            </ul>
          </Card>
          {client.revoked_at ? null : (
            <Card heading={copy.revoke} id="revoke">
              <ActForm visit={visit} act="revoke">
                <p class="hint">{copy.revokeHint}</p>
                <label class="check">
                  <input type="checkbox" name="sure" required /> {copy.sure}
                </label>
                <button type="submit" class="danger">
                  {copy.revoke}
                </button>
              </ActForm>
            </Card>
          )}
          <p>
            <a href="/console/clients">{copy.all}</a>
          </p>
        </>
      ),
    }
  },
  acts: {
    revoke: async ({ api, params, form }) => {
      if (form.get('sure') !== 'on') return { to: `/clients/${params.id}` }
      await api.send(z.unknown(), { method: 'DELETE', path: `/v1/clients/${params.id}` })
      return { to: `/clients/${params.id}`, done: 'revoked' }
    },
  },
})

const StateOf: FC<{ client: Client; visit: Visit }> = ({ client, visit: { language, now } }) => {
  const copy = words[language]
  if (client.revoked_at) return <Badge tone="bad">{copy.revoked}</Badge>
  if (client.expires_at && client.expires_at <= now) return <Badge tone="wait">{copy.expired}</Badge>
  return <Badge tone="good">{copy.active}</Badge>
}
