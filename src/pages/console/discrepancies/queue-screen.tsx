/** The queue: what disagrees, whose it is, until when; and what can be done with many at once. */
import type { FC } from 'hono/jsx'
import { policyTable } from '../../../domain/discrepancy-policy.ts'
import { shortDay } from '../../wording.ts'
import { className } from '../class-words.ts'
import type { Query } from '../console-api.ts'
import { asked } from '../console-api.ts'
import { Badge, Card, Field, FilterForm, Money, Pager, ProblemNote, Table } from '../parts.tsx'
import { accountantChoices, type People, readPeople } from '../people.tsx'
import { accountChoices, type Choice } from '../pick.ts'
import { defineScreen, everybody, type Visit } from '../screen.ts'
import { BulkForm, doInBulk } from './bulk.tsx'
import { type Discrepancy, discrepancyPage } from './shapes.ts'
import { statusTones, words } from './words.ts'

export const queueScreen = defineScreen({
  path: '/discrepancies',
  roles: everybody,
  nav: { section: 'daily', words: { vi: words.vi.title, en: words.en.title } },
  view: async (visit) => {
    const { api, language, query, staff } = visit
    const [accounts, colleagues, answer] = [
      await accountChoices(visit),
      await accountantChoices(visit),
      await asked(api.get(discrepancyPage, '/v1/discrepancies', apiQuery(visit))),
    ]
    const rows = answer.found?.data ?? []
    const people = await readPeople(visit, [
      query.owner === 'me' ? null : query.owner,
      ...rows.map(({ owner }) => owner),
    ])
    const list = <Queue visit={visit} rows={rows} accounts={accounts} people={people} />
    const isWriter = staff.role === 'accountant' && rows.length > 0
    return {
      title: words[language].title,
      body: (
        <>
          <Filters visit={visit} accounts={accounts} colleagues={colleagues} />
          {answer.problem ? <ProblemNote visit={{ ...visit, problem: answer.problem }} /> : null}
          {isWriter ? (
            <BulkForm visit={visit} colleagues={colleagues}>
              {list}
            </BulkForm>
          ) : (
            <Card>{list}</Card>
          )}
          <Pager visit={visit} nextCursor={answer.found?.next_cursor ?? null} />
        </>
      ),
    }
  },
  acts: { bulk: doInBulk },
})

/** What the address asks of the API: without a status, what is not resolved yet. */
const apiQuery = ({ query, staff }: Visit): Query => {
  const { status = 'unresolved', owner, done: _done, lang: _lang, ...rest } = query
  return {
    ...rest,
    status: status === 'all' ? null : status || 'unresolved',
    owner: owner === 'me' ? staff.subject : owner,
    limit: 50,
  }
}

const Filters: FC<{ visit: Visit; accounts: readonly Choice[]; colleagues: readonly Choice[] }> = ({
  visit,
  accounts,
  colleagues,
}) => {
  const { query, language } = visit
  const copy = words[language]
  const own = (name: string) => query[name] ?? ''
  const field = (name: string, label: string, options: readonly Choice[], value = own(name)) => (
    <Field id={`filter-${name}`} name={name} label={label} options={options} value={value} language={language} />
  )
  const dated = (name: string, label: string) => (
    <Field id={`filter-${name}`} name={name} label={label} type="date" value={own(name)} language={language} />
  )
  return (
    <FilterForm visit={visit}>
      {field(
        'status',
        copy.status,
        [
          { value: 'unresolved', label: copy.unresolved },
          ...['open', 'proposed', 'resolved'].map((value) => ({ value, label: copy.statuses[value] ?? value })),
          { value: 'all', label: copy.all },
        ],
        own('status') || 'unresolved',
      )}
      {field('class', copy.class, [{ value: '', label: copy.all }, ...classChoices(visit)])}
      {field('merchant_account', copy.account, [{ value: '', label: copy.all }, ...accounts])}
      {field('owner', copy.owner, [
        { value: '', label: copy.anybody },
        { value: 'me', label: copy.mine },
        ...colleagues.filter(({ value }) => value !== visit.staff.subject),
      ])}
      {field('overdue', copy.due, [
        { value: '', label: copy.all },
        { value: 'true', label: copy.overdueOnly },
      ])}
      {dated('opened_from', copy.openedFrom)}
      {dated('opened_to', copy.openedTo)}
      {own('agency_code') ? (
        <Field
          id="filter-agency"
          name="agency_code"
          label={copy.agency}
          value={own('agency_code')}
          language={language}
        />
      ) : null}
    </FilterForm>
  )
}

/** Every class once, by what each of those who find it calls it. */
const classChoices = ({ language }: Visit): Choice[] =>
  [...Map.groupBy(policyTable, (row) => row.class)].map(([value, rows]) => ({
    value,
    label: [...new Set(rows.map(({ source }) => className(value, language, source)))].join(' / '),
  }))

const Queue: FC<{ visit: Visit; rows: readonly Discrepancy[]; accounts: readonly Choice[]; people: People }> = ({
  visit,
  rows,
  accounts,
  people,
}) => {
  const { language, staff } = visit
  const copy = words[language]
  const nameOf = (row: Discrepancy) => className(row.class, language, row.source)
  const choose = {
    head: copy.choose,
    cell: (row: Discrepancy) => (
      <input
        type="checkbox"
        name="id"
        value={row.id}
        disabled={row.status === 'resolved'}
        aria-label={copy.chooseOne(`${nameOf(row)} ${row.id.slice(-6)}`)}
      />
    ),
  }
  return (
    <Table
      caption={copy.caption}
      language={language}
      rows={rows}
      columns={[
        ...(staff.role === 'accountant' ? [choose] : []),
        {
          head: copy.class,
          cell: (row) => (
            <>
              <a href={`/console/discrepancies/${row.id}`}>{nameOf(row)}</a>
              <br />
              <small>
                <code>…{row.id.slice(-6)}</code> {row.class}
              </small>
            </>
          ),
        },
        { head: copy.amount, isFigure: true, cell: (row) => <Money amount={row.amount} language={language} /> },
        {
          head: copy.account,
          cell: (row) => accounts.find(({ value }) => value === row.merchant_account)?.label ?? row.merchant_account,
        },
        {
          head: copy.status,
          cell: (row) => <Badge tone={statusTones[row.status]}>{copy.statuses[row.status]}</Badge>,
        },
        { head: copy.owner, cell: (row) => people(row.owner) ?? <span class="small">{copy.nobody}</span> },
        { head: copy.age, isFigure: true, cell: (row) => String(row.age_working_days) },
        { head: copy.due, cell: (row) => <Due row={row} visit={visit} /> },
      ]}
    />
  )
}

export const Due: FC<{ row: Pick<Discrepancy, 'due_on' | 'overdue'>; visit: Pick<Visit, 'language'> }> = ({
  row,
  visit: { language },
}) => (
  <>
    {row.due_on ? shortDay(row.due_on, language) : '–'}{' '}
    {row.overdue ? <Badge tone="bad">{words[language].overdue}</Badge> : null}
  </>
)
