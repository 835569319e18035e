/** Merchant accounts: the list, and a new one: first its provider, then what that provider's contract asks for. */
import { z } from 'zod'
import { pageOf } from '../console-api.ts'
import { textOf } from '../form-values.ts'
import { ActForm, Badge, Card, Field, FilterForm, Pager, Table } from '../parts.tsx'
import { agencyChoices } from '../pick.ts'
import { defineScreen, everybody } from '../screen.ts'
import { AccountFields, accountMembers, accountShape, MemberFields } from './account-fields.tsx'
import { contractsShape, membersFrom } from './contract.ts'
import { words } from './words.ts'

const accountPage = pageOf(accountShape)

export const accountsScreen = defineScreen({
  path: '/accounts',
  roles: everybody,
  nav: { section: 'setup', words: { vi: words.vi.title, en: words.en.title } },
  view: async (visit) => {
    const { api, language, query, staff, now } = visit
    const copy = words[language]
    const page = await api.get(accountPage, '/v1/merchant_accounts', { cursor: query.cursor })
    return {
      title: copy.title,
      body: (
        <>
          {staff.role === 'operator' ? (
            <p>
              <a class="button" href="/console/accounts/new">
                {copy.add}
              </a>
            </p>
          ) : null}
          <Table
            caption={copy.title}
            language={language}
            rows={page.data}
            columns={[
              { head: copy.name, cell: ({ id, title }) => <a href={`/console/accounts/${id}`}>{title}</a> },
              { head: copy.provider, cell: ({ provider }) => visit.titleOf(provider) },
              { head: copy.agency, cell: ({ agency_code: code }) => code },
              { head: copy.payee, cell: ({ payee_account: payee }) => payee.number },
              {
                head: copy.state,
                cell: ({ status }) => <Badge tone={status === 'active' ? 'good' : 'wait'}>{copy.states[status]}</Badge>,
              },
              {
                head: copy.keys,
                cell: ({ keys }) =>
                  keys.filter(({ retires_at: end }) => end !== null && end > now).length > 0 ? (
                    <Badge tone="wait">{copy.former}</Badge>
                  ) : (
                    ''
                  ),
              },
            ]}
          />
          <Pager visit={visit} nextCursor={page.next_cursor} />
        </>
      ),
    }
  },
})

export const newAccountScreen = defineScreen({
  path: '/accounts/new',
  roles: ['operator'],
  view: async (visit) => {
    const { api, language, query, typed } = visit
    const copy = words[language]
    const { data } = await api.get(contractsShape, '/v1/provider_contracts')
    const contract = data.find(({ provider }) => provider === query.provider)
    if (!contract)
      return {
        title: copy.add,
        body: (
          <FilterForm visit={visit} submit={copy.choose}>
            <Field
              id="provider"
              name="provider"
              label={copy.provider}
              language={language}
              options={data.map(({ provider, title }) => ({ value: provider, label: title[language] }))}
            />
          </FilterForm>
        ),
      }
    const secrets = contract.members.filter(({ secret }) => secret)
    const others = contract.members.filter(({ secret }) => !secret)
    return {
      title: `${copy.add}: ${contract.title[language]}`,
      body: (
        <Card>
          <ActForm visit={visit} act="add">
            <Field
              id="agency_code"
              name="agency_code"
              label={copy.agency}
              value={typed.get('agency_code') ?? visit.staff.agency}
              options={await agencyChoices(visit)}
              language={language}
            />
            <AccountFields visit={visit} account={null} />
            <fieldset class="fields">
              <legend>{copy.settings}</legend>
              <p class="hint">{copy.settingsHint}</p>
              <MemberFields visit={visit} members={others} values={{}} />
            </fieldset>
            <fieldset class="fields">
              <legend>{copy.credentials}</legend>
              <p class="hint">{copy.credentialsHint}</p>
              <MemberFields visit={visit} members={secrets} values={{}} />
            </fieldset>
            <button type="submit">{copy.save}</button>
          </ActForm>
        </Card>
      ),
    }
  },
  acts: {
    add: async ({ api, form, query }) => {
      const { data } = await api.get(contractsShape, '/v1/provider_contracts')
      const members = data.find(({ provider }) => provider === query.provider)?.members ?? []
      const added = await api.send(z.object({ id: z.string() }), {
        path: '/v1/merchant_accounts',
        json: {
          agency_code: textOf(form, 'agency_code') ?? '',
          provider: query.provider ?? '',
          ...accountMembers(form),
          settings: membersFrom(
            form,
            members.filter(({ secret }) => !secret),
          ),
          credentials: membersFrom(
            form,
            members.filter(({ secret }) => secret),
          ),
        },
      })
      return { to: `/accounts/${added.id}`, done: 'added' }
    },
  },
})
