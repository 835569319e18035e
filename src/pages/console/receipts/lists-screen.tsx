/** Receipts that somebody must decide about, those that were issued, and payments that have none yet. */
import type { Child, FC } from 'hono/jsx'
import { shortTime } from '../../wording.ts'
import { asked } from '../console-api.ts'
import { Badge, Card, type Column, Field, FilterForm, Money, Pager, ProblemNote, Table, type Tone } from '../parts.tsx'
import { defineScreen, everybody, type Visit } from '../screen.ts'
import { type Head, issuedPage, undecidedPage, unreceiptedPage } from './shapes.ts'
import { type List, lists, receiptTones, words } from './words.ts'

export const receiptsScreen = defineScreen({
  path: '/receipts',
  roles: everybody,
  nav: { section: 'books', words: { vi: words.vi.title, en: words.en.title } },
  view: async (visit) => {
    const { language } = visit
    const copy = words[language]
    const list = listOf(visit)
    const { body, next } = await shows[list](visit)
    return {
      title: `${copy.title}: ${copy.lists[list]}`,
      body: (
        <>
          <Filters visit={visit} list={list} />
          <Card>
            <p class="hint">{copy.listHints[list]}</p>
            {body}
          </Card>
          <Pager visit={visit} nextCursor={next} />
        </>
      ),
    }
  },
})

const searched = ['dossier_code', 'serial', 'number', 'issued_on'] as const

/** Who searches wants what was issued. */
const listOf = ({ query }: Visit): List => {
  const isSearch = searched.some((name) => query[name])
  return isSearch ? 'issued' : (lists.find((each) => each === query.list) ?? 'decision')
}

const Filters: FC<{ visit: Visit; list: List }> = ({ visit, list }) => {
  const { language, query } = visit
  const copy = words[language]
  const text = (name: string, label: string, max: number) => (
    <Field id={name} name={name} label={label} value={query[name] ?? ''} maxLength={max} language={language} />
  )
  return (
    <FilterForm visit={visit}>
      <Field
        id="list"
        name="list"
        label={copy.list}
        value={list}
        options={lists.map((value) => ({ value, label: copy.lists[value] }))}
        language={language}
      />
      {text('dossier_code', copy.dossier, 100)}
      {text('serial', copy.serial, 5)}
      {text('number', copy.number, 8)}
      <Field
        id="issued_on"
        name="issued_on"
        label={copy.issuedOn}
        type="date"
        value={query.issued_on ?? ''}
        language={language}
      />
    </FilterForm>
  )
}

type Shown = { body: Child; next: string | null }

const headColumns = ({ language }: Visit): Column<Head>[] => {
  const copy = words[language]
  return [
    {
      head: copy.number,
      cell: (row) => <a href={`/console/receipts/${row.id}`}>{`${row.serial} ${numberOf(row.number)}`}</a>,
    },
    { head: copy.kind, cell: (row) => copy.kinds[row.kind] ?? row.kind },
    { head: copy.dossier, cell: (row) => row.dossier_code },
    { head: copy.payer, cell: (row) => row.payer.name },
    { head: copy.amount, isFigure: true, cell: (row) => <Money amount={row.amount} language={language} /> },
    { head: copy.issuedAt, cell: (row) => shortTime(row.issued_at, language) },
  ]
}

/** As it is printed: eight digits. */
export const numberOf = (number: number): string => String(number).padStart(8, '0')

const shows: Record<List, (visit: Visit) => Promise<Shown>> = {
  decision: async (visit) => {
    const { api, language, query } = visit
    const copy = words[language]
    const page = await api.get(undecidedPage, '/v1/receipts', { needs: 'decision', cursor: query.cursor, limit: 50 })
    const refunds: Column<(typeof page.data)[number]> = {
      head: copy.refunds,
      cell: (row) =>
        row.altered ? (
          <Badge tone="bad">{copy.altered}</Badge>
        ) : (
          row.undecided_refunds.map((id) => (
            <div>
              <a href={`/console/refunds/${id}`}>…{id.slice(-6)}</a>
            </div>
          ))
        ),
    }
    const columns = [...headColumns(visit), refunds]
    return {
      body: <Table caption={copy.lists.decision} language={language} rows={page.data} columns={columns} />,
      next: page.next_cursor,
    }
  },
  issued: async (visit) => {
    const { api, language, query } = visit
    const copy = words[language]
    const { dossier_code, serial, number, issued_on, cursor } = query
    const asking = { dossier_code, serial: serial?.trim().toUpperCase(), number: number?.trim(), issued_on, cursor }
    const { found, problem } = await asked(api.get(issuedPage, '/v1/issued_receipts', { ...asking, limit: 50 }))
    const rows = found?.data ?? []
    const state: Column<(typeof rows)[number]> = {
      head: copy.status,
      cell: (row) => (
        <Badge tone={row.altered ? 'bad' : toneOf(row.status)}>
          {row.altered ? copy.altered : (copy.statuses[row.status] ?? row.status)}
        </Badge>
      ),
    }
    return {
      body: (
        <>
          {problem ? <ProblemNote visit={{ ...visit, problem }} /> : null}
          <Table caption={copy.lists.issued} language={language} rows={rows} columns={[...headColumns(visit), state]} />
        </>
      ),
      next: found?.next_cursor ?? null,
    }
  },
  unreceipted: async ({ api, language, query }) => {
    const copy = words[language]
    const page = await api.get(unreceiptedPage, '/v1/unreceipted_orders', { cursor: query.cursor, limit: 50 })
    return {
      body: (
        <Table
          caption={copy.lists.unreceipted}
          language={language}
          rows={page.data}
          columns={[
            { head: copy.dossier, cell: (row) => <a href={`/console/orders/${row.order}`}>{row.dossier_code}</a> },
            { head: copy.agency, cell: (row) => row.agency_code },
            { head: copy.paidAt, cell: (row) => shortTime(row.paid_at, language) },
            {
              head: copy.reason,
              cell: (row) => (
                <>
                  {row.reason ? (copy.reasons[row.reason] ?? row.reason) : copy.notTried}{' '}
                  {row.overdue_at ? <Badge tone="bad">{copy.overdue}</Badge> : null}
                </>
              ),
            },
            { head: copy.tries, isFigure: true, cell: (row) => String(row.tries) },
            { head: copy.nextTry, cell: (row) => shortTime(row.next_try_at, language) },
          ]}
        />
      ),
      next: page.next_cursor,
    }
  },
}

const toneOf = (status: string): Tone => receiptTones[status] ?? 'calm'
