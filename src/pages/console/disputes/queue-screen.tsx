/** Disputes about payments, which hold refunds back until they are settled. */
import { businessDay } from '../../../lib/time.ts'
import { shortDay } from '../../wording.ts'
import { Badge, Card, Field, FilterForm, Money, Pager, Table } from '../parts.tsx'
import { defineScreen, everybody } from '../screen.ts'
import { disputePage } from './shapes.ts'
import { words } from './words.ts'

export const disputesScreen = defineScreen({
  path: '/disputes',
  roles: everybody,
  nav: { section: 'daily', words: { vi: words.vi.title, en: words.en.title } },
  view: async (visit) => {
    const { api, language, query, now } = visit
    const copy = words[language]
    const status = ['open', 'closed', 'all'].find((each) => each === query.status) ?? 'open'
    const asking = { status: status === 'all' ? null : status, cursor: query.cursor, limit: 50 }
    const page = await api.get(disputePage, '/v1/disputes', asking)
    const today = businessDay(now)
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
              options={['open', 'closed', 'all'].map((value) => ({ value, label: copy.statuses[value] ?? copy.all }))}
              language={language}
            />
          </FilterForm>
          <Card>
            <Table
              caption={copy.caption}
              language={language}
              rows={page.data}
              columns={[
                {
                  head: copy.kind,
                  cell: (row) => <a href={`/console/disputes/${row.id}`}>{copy.kinds[row.kind]}</a>,
                },
                { head: copy.amount, isFigure: true, cell: (row) => <Money amount={row.amount} language={language} /> },
                { head: copy.reason, cell: (row) => row.reason },
                {
                  head: copy.status,
                  cell: (row) => (
                    <Badge tone={row.status === 'open' ? 'wait' : 'good'}>{copy.statuses[row.status]}</Badge>
                  ),
                },
                {
                  head: copy.respondBy,
                  cell: (row) => (
                    <>
                      {shortDay(row.respond_by, language)}{' '}
                      {row.status === 'open' && row.respond_by < today ? (
                        <Badge tone="bad">{copy.overdue}</Badge>
                      ) : null}
                    </>
                  ),
                },
              ]}
            />
            <p class="hint">{copy.nothingAbout}</p>
          </Card>
          <Pager visit={visit} nextCursor={page.next_cursor} />
        </>
      ),
    }
  },
})
