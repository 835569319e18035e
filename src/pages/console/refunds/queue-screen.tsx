/** Refunds that wait for somebody: a checker's approval, a transfer by hand, an outcome that nobody has told. */
import type { FC } from 'hono/jsx'
import { shortDay, shortTime } from '../../wording.ts'
import type { Query } from '../console-api.ts'
import { Badge, Card, Field, FilterForm, Money, Pager, Table } from '../parts.tsx'
import { type People, readPeople } from '../people.tsx'
import { defineScreen, everybody, type Visit } from '../screen.ts'
import { refundMethodTerms, refundStatusTerms, refundStatusTones, termOf, toneOf } from '../terms.ts'
import { bankShown, isBankUnlisted, type Refund, refundPage } from './shapes.ts'
import { type Queue, queues, words } from './words.ts'

export const refundsScreen = defineScreen({
  path: '/refunds',
  roles: everybody,
  nav: { section: 'daily', words: { vi: words.vi.title, en: words.en.title } },
  view: async (visit) => {
    const { language, query } = visit
    const copy = words[language]
    const queue = queues.find((each) => each === query.queue) ?? 'approval'
    const { rows, next, hasMore } = await read(visit, queue)
    const people = await readPeople(
      visit,
      rows.flatMap(({ made_by, decided_by }) => [made_by, decided_by]),
    )
    return {
      title: `${copy.title}: ${copy.queues[queue]}`,
      body: (
        <>
          <FilterForm visit={visit}>
            <Field
              id="queue"
              name="queue"
              label={copy.queue}
              value={queue}
              options={queues.map((value) => ({ value, label: copy.queues[value] }))}
              language={language}
            />
          </FilterForm>
          <Card>
            <List rows={rows} visit={visit} people={people} isToTransfer={queue === 'transfer'} />
            {hasMore ? <p class="hint">{copy.more}</p> : null}
          </Card>
          <Pager visit={visit} nextCursor={next} />
        </>
      ),
    }
  },
})

/** What each list asks of the API; a list of several is put together from the oldest of each. */
const asks: Record<Queue, readonly Query[]> = {
  approval: [{ status: 'proposed' }, { status: 'requested' }],
  transfer: [
    { status: 'pending', method: 'manual' },
    { status: 'pending', method: 'treasury' },
  ],
  unknown: [{ status: 'unknown' }],
  overdue: [{ overdue: 'true' }],
  succeeded: [{ status: 'succeeded' }],
  failed: [{ status: 'failed' }],
  rejected: [{ status: 'rejected' }],
  all: [{}],
}

const read = async ({ api, query }: Visit, queue: Queue) => {
  const [first = {}, ...others] = asks[queue]
  if (others.length === 0) {
    const page = await api.get(refundPage, '/v1/refunds', { ...first, cursor: query.cursor, limit: 50 })
    return { rows: page.data, next: page.next_cursor, hasMore: false }
  }
  const pages = await Promise.all(
    asks[queue].map((each) => api.get(refundPage, '/v1/refunds', { ...each, limit: 100 })),
  )
  const rows = pages.flatMap(({ data }) => data).toSorted((a, b) => a.created_at.getTime() - b.created_at.getTime())
  return { rows, next: null, hasMore: pages.some((page) => page.next_cursor !== null) }
}

type Listed = { rows: readonly Refund[]; visit: Visit; people: People; isToTransfer: boolean }

const List: FC<Listed> = ({ rows, visit: { language }, people, isToTransfer }) => {
  const copy = words[language]
  return (
    <Table
      caption={copy.caption}
      language={language}
      rows={rows}
      columns={[
        {
          head: copy.created,
          cell: (row) => (
            <>
              <a href={`/console/refunds/${row.id}`}>{shortTime(row.created_at, language)}</a>
              <br />
              <small>
                <code>…{row.id.slice(-6)}</code>
              </small>
            </>
          ),
        },
        { head: copy.amount, isFigure: true, cell: (row) => <Money amount={row.amount} language={language} /> },
        {
          head: copy.status,
          cell: (row) => (
            <Badge tone={toneOf(refundStatusTones, row.status)}>
              {termOf(refundStatusTerms[language], row.status)}
            </Badge>
          ),
        },
        { head: copy.method, cell: (row) => refundMethodTerms[language][row.method] },
        ...(isToTransfer
          ? [
              {
                head: copy.payee,
                cell: (row: Refund) =>
                  row.payee_account ? (
                    <>
                      {copy.payeeShort(row.payee_account.number, bankShown(row) ?? '')}{' '}
                      {isBankUnlisted(row) ? <Badge tone="wait">{copy.bankUnlistedShort}</Badge> : null}
                    </>
                  ) : (
                    copy.payeeMissing
                  ),
              },
            ]
          : []),
        { head: copy.reason, cell: (row) => copy.reasons[row.reason] ?? row.reason },
        { head: copy.madeBy, cell: (row) => people(row.made_by) },
        {
          head: copy.promised,
          cell: (row) => (
            <>
              {row.promised_on ? shortDay(row.promised_on, language) : '–'}{' '}
              {row.overdue_at ? <Badge tone="bad">{copy.overdue}</Badge> : null}
            </>
          ),
        },
      ]}
    />
  )
}
