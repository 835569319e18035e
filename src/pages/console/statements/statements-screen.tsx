/** All statements, newest first. */
import { shortTime } from '../../wording.ts'
import { accountName, accountOptions, loadAccounts } from '../merchant-accounts.ts'
import { Badge, Field, FilterForm, Money, Pager, Table } from '../parts.tsx'
import { defineScreen, everybody, type Visit } from '../screen.ts'
import { draftPage, draftShape } from './draft-shapes.ts'
import { draftWords } from './draft-words.ts'
import { periodText } from './reading.tsx'
import { type StatementSeen, statementPage, statementStatuses } from './shapes.ts'
import { UploadForm, WaitingFiles } from './upload-form.tsx'
import { count, statusTones, words } from './words.ts'

export const statementsScreen = defineScreen({
  path: '/statements',
  roles: everybody,
  nav: { section: 'daily', words: { vi: words.vi.title, en: words.en.title } },
  done: { discarded: { vi: draftWords.vi.discarded, en: draftWords.en.discarded } },
  view: async (visit) => {
    const { api, language, query } = visit
    const copy = words[language]
    const isUploader = visit.staff.role === 'accountant'
    const [accounts, waiting, page] = await Promise.all([
      loadAccounts(visit),
      isUploader ? api.get(draftPage, '/v1/statement_drafts', { limit: 20 }) : null,
      api.get(statementPage, '/v1/statements', {
        limit: 50,
        cursor: query.cursor,
        merchant_account: query.account,
        source: query.source,
        status: query.status,
      }),
    ])
    return {
      title: copy.title,
      body: (
        <>
          {isUploader ? <UploadForm visit={visit} accounts={accountOptions(accounts, visit)} /> : null}
          {waiting ? <WaitingFiles visit={visit} drafts={waiting.data} /> : null}
          <Filter visit={visit} accounts={accountOptions(accounts, visit)} />
          <Table
            caption={copy.list}
            language={language}
            rows={page.data}
            columns={[
              {
                head: copy.file,
                cell: ({ id, file_name: name, created_at: at }) => (
                  <>
                    <a href={`/console/statements/${id}`}>{name}</a>
                    <br />
                    <small>{shortTime(at, language)}</small>
                  </>
                ),
              },
              {
                head: copy.account,
                cell: (row) => (
                  <>
                    {accountName(accounts, row.merchant_account, visit)}
                    <br />
                    <small>{copy.sources[row.source]}</small>
                  </>
                ),
              },
              { head: copy.period, cell: (row) => periodText(row, language) },
              { head: copy.status, cell: (row) => <Status statement={row} visit={visit} /> },
              { head: copy.accepted, cell: ({ accepted }) => count(accepted, language), isFigure: true },
              { head: copy.problems, cell: (row) => count(row.problem_count, language), isFigure: true },
              { head: copy.credits, cell: (row) => <Money amount={row.credits} language={language} />, isFigure: true },
              { head: copy.debits, cell: (row) => <Money amount={row.debits} language={language} />, isFigure: true },
            ]}
          />
          <Pager visit={visit} nextCursor={page.next_cursor} />
        </>
      ),
    }
  },
  upload: async ({ api }, request) => {
    const headers = { 'content-type': request.headers.get('content-type') ?? '' }
    // The file goes through as it comes; a body that streams says so (Fetch Standard, RequestInit.duplex).
    const init = { method: 'POST', body: request.body, headers, duplex: 'half' }
    const answer = await api.raw('/v1/statement_drafts', init)
    return { to: `/statements/drafts/${draftShape.parse(await answer.json()).id}` }
  },
})

export const Status = ({ statement: { status }, visit }: { statement: StatementSeen; visit: Visit }) => (
  <Badge tone={statusTones[status]}>{words[visit.language].statuses[status]}</Badge>
)

const Filter = ({ visit, accounts }: { visit: Visit; accounts: readonly { value: string; label: string }[] }) => {
  const { language, query } = visit
  const copy = words[language]
  const all = { value: '', label: copy.all }
  return (
    <FilterForm visit={visit}>
      <Field
        id="account"
        name="account"
        label={copy.account}
        value={query.account ?? ''}
        options={[all, ...accounts]}
        language={language}
      />
      <Field
        id="source"
        name="source"
        label={copy.source}
        value={query.source ?? ''}
        options={[all, ...(['provider', 'bank'] as const).map((value) => ({ value, label: copy.sources[value] }))]}
        language={language}
      />
      <Field
        id="status"
        name="status"
        label={copy.status}
        value={query.status ?? ''}
        options={[all, ...statementStatuses.map((value) => ({ value, label: copy.statuses[value] }))]}
        language={language}
      />
    </FilterForm>
  )
}
