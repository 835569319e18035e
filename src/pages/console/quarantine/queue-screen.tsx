/** Money that somebody told of and that belongs to no payment of ours. */
import type { FC } from 'hono/jsx'
import { quarantineKinds, quarantineStatuses } from '../../../domain/quarantine.ts'
import { shortTime } from '../../wording.ts'
import { asked } from '../console-api.ts'
import { Badge, Card, Field, FilterForm, Money, Pager, ProblemNote, Table } from '../parts.tsx'
import { accountChoices, type Choice } from '../pick.ts'
import { defineScreen, everybody, type Visit } from '../screen.ts'
import { type Entry, entryPage } from './shapes.ts'
import { quarantineTones, words } from './words.ts'

export const quarantineScreen = defineScreen({
  path: '/quarantine',
  roles: everybody,
  nav: { section: 'daily', words: { vi: words.vi.title, en: words.en.title } },
  view: async (visit) => {
    const { api, language, query } = visit
    const copy = words[language]
    const { status = 'open', kind, merchant_account, cursor } = query
    const asking = { kind, merchant_account, cursor, status: status === 'all' ? null : status, limit: 50 }
    const { found, problem } = await asked(api.get(entryPage, '/v1/quarantine', asking))
    const accounts = await accountChoices(visit)
    const all = { value: '', label: copy.all }
    return {
      title: copy.title,
      body: (
        <>
          <FilterForm visit={visit}>
            <Field
              id="status"
              name="status"
              label={copy.status}
              value={status}
              options={[
                ...quarantineStatuses.map((value) => ({ value, label: copy.statuses[value] })),
                { ...all, value: 'all' },
              ]}
              language={language}
            />
            <Field
              id="kind"
              name="kind"
              label={copy.kind}
              value={kind ?? ''}
              options={[all, ...quarantineKinds.map((value) => ({ value, label: copy.kinds[value] }))]}
              language={language}
            />
            <Field
              id="account"
              name="merchant_account"
              label={copy.account}
              value={merchant_account ?? ''}
              options={[all, ...accounts]}
              language={language}
            />
          </FilterForm>
          {problem ? <ProblemNote visit={{ ...visit, problem }} /> : null}
          <Card>
            <List rows={found?.data ?? []} visit={visit} accounts={accounts} />
          </Card>
          <Pager visit={visit} nextCursor={found?.next_cursor ?? null} />
        </>
      ),
    }
  },
})

const List: FC<{ rows: readonly Entry[]; visit: Visit; accounts: readonly Choice[] }> = ({
  rows,
  visit: { language },
  accounts,
}) => {
  const copy = words[language]
  return (
    <Table
      caption={copy.caption}
      language={language}
      rows={rows}
      columns={[
        {
          head: copy.when,
          cell: (row) => <a href={`/console/quarantine/${row.id}`}>{shortTime(row.occurred_at, language)}</a>,
        },
        { head: copy.amount, isFigure: true, cell: (row) => <Money amount={row.amount} language={language} /> },
        { head: copy.kind, cell: (row) => copy.kinds[row.kind] },
        { head: copy.text, cell: (row) => row.text ?? <code>{row.merchant_reference ?? ''}</code> },
        {
          head: copy.account,
          cell: (row) => accounts.find(({ value }) => value === row.merchant_account)?.label ?? row.provider,
        },
        {
          head: copy.status,
          cell: (row) => <Badge tone={quarantineTones[row.status]}>{copy.statuses[row.status]}</Badge>,
        },
      ]}
    />
  )
}
