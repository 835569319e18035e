/** One merchant account: its contract, its keys, and what may be changed of them. */
import type { FC } from 'hono/jsx'
import { z } from 'zod'
import { shortTime } from '../../wording.ts'
import { readBank } from '../bank.ts'
import { numberOf, textOf } from '../form-values.ts'
import { ActForm, Badge, Card, Facts, Field, Note, Table } from '../parts.tsx'
import { defineScreen, everybody, type Visit } from '../screen.ts'
import { refuseStale, Seen } from '../seen.tsx'
import { type Account, AccountFields, accountMembers, accountShape, MemberFields } from './account-fields.tsx'
import { contractsShape, credentialMembers, type Member, membersFrom } from './contract.ts'
import { words } from './words.ts'

const contractOf = async (api: Visit['api'], provider: string): Promise<readonly Member[]> => {
  const { data } = await api.get(contractsShape, '/v1/provider_contracts')
  return data.find((each) => each.provider === provider)?.members ?? []
}

const pathOf = (id: string | undefined): string => `/v1/merchant_accounts/${id}`

export const accountScreen = defineScreen({
  path: '/accounts/:id',
  roles: everybody,
  done: Object.fromEntries(
    (['added', 'changed', 'rotated', 'retired'] as const).map((deed) => [
      deed,
      { vi: words.vi[deed], en: words.en[deed] },
    ]),
  ),
  view: async (visit) => {
    const { api, language, params, staff } = visit
    const copy = words[language]
    const account = await api.get(accountShape, pathOf(params.id))
    const members = staff.role === 'operator' ? await contractOf(api, account.provider) : []
    const bank = await readBank(visit, { agencyCode: account.agency_code, bin: account.payee_account.bank_bin })
    return {
      title: account.title,
      body: (
        <>
          <Contract account={account} bank={bank} visit={visit} />
          <Keys account={account} visit={visit} />
          <Card heading={copy.profile} id="profile">
            {account.statement_profile ? (
              <pre class="code">{JSON.stringify(account.statement_profile, null, 2)}</pre>
            ) : (
              <p>{copy.noProfile}</p>
            )}
            <p>
              {copy.profileHint} <a href="/console/statements">{copy.toStatements}</a>
            </p>
          </Card>
          {staff.role === 'operator' ? <Changes account={account} members={members} visit={visit} /> : null}
          <p>
            <a href="/console/accounts">{copy.all}</a>
          </p>
        </>
      ),
    }
  },
  acts: {
    change: async ({ api, form, params, language }) => {
      const account = await api.get(accountShape, pathOf(params.id))
      refuseStale({ form, language }, changeable(account))
      const members = await contractOf(api, account.provider)
      const kept = settingMembers(members, account)
      await api.send(z.unknown(), {
        method: 'PATCH',
        path: pathOf(params.id),
        json: { ...accountMembers(form), status: textOf(form, 'status'), settings: membersFrom(form, kept) },
      })
      return { to: `/accounts/${params.id}`, done: 'changed' }
    },
    rotate: async ({ api, form, params }) => {
      const account = await api.get(accountShape, pathOf(params.id))
      const members = credentialMembers(await contractOf(api, account.provider), account.settings)
      await api.send(z.unknown(), {
        path: `${pathOf(params.id)}/rotate_key`,
        json: { credentials: membersFrom(form, members), overlap_hours: numberOf(form, 'overlap_hours') },
      })
      return { to: `/accounts/${params.id}`, done: 'rotated' }
    },
    retire: async ({ api, form, params }) => {
      await api.send(z.unknown(), { path: `${pathOf(params.id)}/keys/${form.get('item')}/retire` })
      return { to: `/accounts/${params.id}`, done: 'retired' }
    },
  },
})

/** What may stand among the settings: everything that is not asked for when credentials are rotated. */
const settingMembers = (members: readonly Member[], { settings }: Account): Member[] => {
  const secret = new Set(credentialMembers(members, settings).map(({ name }) => name))
  return members.filter(({ name }) => !secret.has(name))
}

/** What the form of a change sends. */
const changeable = (account: Account): readonly unknown[] => {
  const { title, status, settings, payee_account, provider_fee, cutoff, settlement_days } = account
  return [title, status, settings, payee_account, provider_fee, cutoff, settlement_days]
}

type Part = FC<{ account: Account; visit: Visit }>

const Contract: FC<{ account: Account; bank: string; visit: Visit }> = ({ account, bank, visit }) => {
  const { language, titleOf, publicUrl } = visit
  const copy = words[language]
  const { payee_account: payee, provider, id } = account
  return (
    <Card>
      <Facts
        rows={[
          [copy.provider, titleOf(provider)],
          [copy.agency, account.agency_code],
          [
            copy.state,
            <Badge tone={account.status === 'active' ? 'good' : 'wait'}>{copy.states[account.status]}</Badge>,
          ],
          [copy.payee, `${payee.number} · ${bank} · ${payee.holder}`],
          [copy.cutoff, account.cutoff],
          [copy.settlementDays, String(account.settlement_days)],
          [copy.callback, <code>{`${publicUrl}/callbacks/${provider}/${id}`}</code>],
          [copy.back, <code>{`${publicUrl}/returns/${provider}/${id}`}</code>],
        ]}
      />
    </Card>
  )
}

const Keys: Part = ({ account, visit }) => {
  const { language, now, staff } = visit
  const copy = words[language]
  const time = (instant: Date | null, otherwise: string) => (instant ? shortTime(instant, language) : otherwise)
  const isFormer = (end: Date | null) => end !== null && end > now
  return (
    <Card heading={copy.keys} id="keys">
      {account.keys.some(({ retires_at: end }) => isFormer(end)) ? (
        <Note tone="wait">
          <p>{copy.rotating}</p>
        </Note>
      ) : null}
      <Table
        caption={copy.keys}
        language={language}
        rows={account.keys}
        columns={[
          { head: copy.key, cell: ({ id }) => <code>{id}</code> },
          {
            head: copy.state,
            cell: ({ retires_at: end }) =>
              end === null ? (
                <Badge tone="good">{copy.current}</Badge>
              ) : (
                <Badge tone={isFormer(end) ? 'wait' : 'calm'}>{isFormer(end) ? copy.former : copy.ended}</Badge>
              ),
          },
          { head: copy.keyMade, cell: ({ created_at: at }) => shortTime(at, language) },
          { head: copy.keyEnds, cell: ({ retires_at: at }) => time(at, '') },
          { head: copy.keyUsed, cell: ({ last_used_at: at }) => time(at, copy.keyNever) },
          {
            head: copy.retire,
            cell: ({ id, retires_at: end }) =>
              staff.role === 'operator' && isFormer(end) ? (
                <ActForm visit={visit} act="retire" item={id}>
                  <button type="submit" class="danger">
                    {copy.retire}
                  </button>
                </ActForm>
              ) : (
                ''
              ),
          },
        ]}
      />
    </Card>
  )
}

const Changes: FC<{ account: Account; members: readonly Member[]; visit: Visit }> = ({ account, members, visit }) => {
  const { language, typed, tried } = visit
  const copy = words[language]
  const calm = { ...visit, typed: tried?.act === 'change' ? typed : new Map<string, string>() }
  return (
    <>
      <Card heading={copy.change} id="change">
        <ActForm visit={visit} act="change">
          <Seen members={changeable(account)} />
          <Field
            id="status"
            name="status"
            label={copy.state}
            value={calm.typed.get('status') ?? account.status}
            language={language}
            options={(['active', 'disabled'] as const).map((value) => ({ value, label: copy.states[value] }))}
          />
          <AccountFields visit={calm} account={account} />
          <fieldset class="fields">
            <legend>{copy.settings}</legend>
            <p class="hint">{copy.settingsHint}</p>
            <MemberFields visit={calm} members={settingMembers(members, account)} values={account.settings} />
          </fieldset>
          <button type="submit">{copy.save}</button>
        </ActForm>
      </Card>
      <Card heading={copy.rotate} id="rotate">
        <ActForm visit={visit} act="rotate">
          <p class="hint">{copy.credentialsHint}</p>
          <MemberFields
            visit={{ ...visit, typed: new Map() }}
            members={credentialMembers(members, account.settings)}
            values={{}}
          />
          <Field
            id="overlap_hours"
            name="overlap_hours"
            label={copy.overlap}
            hint={copy.overlapHint}
            value="24"
            inputMode="numeric"
            language={language}
          />
          <button type="submit">{copy.rotate}</button>
        </ActForm>
      </Card>
    </>
  )
}
