/** All runs of reconciliation, newest first, and how one is begun. */
import { z } from 'zod'
import { shortTime } from '../../wording.ts'
import { accountName, accountOptions, loadAccounts } from '../merchant-accounts.ts'
import { ActForm, Badge, Card, Field, FilterForm, Pager, Table } from '../parts.tsx'
import { defineScreen, everybody, type Visit } from '../screen.ts'
import { periodText } from '../statements/reading.tsx'
import { count, words as statementWords } from '../statements/words.ts'
import { type Run, runPage, runStatuses } from './shapes.ts'
import { runTones, words } from './words.ts'

export const runsScreen = defineScreen({
  path: '/reconciliations',
  roles: everybody,
  nav: { section: 'daily', words: { vi: words.vi.title, en: words.en.title } },
  view: async (visit) => {
    const { api, language, query } = visit
    const copy = words[language]
    const [accounts, page] = await Promise.all([
      loadAccounts(visit),
      api.get(runPage, '/v1/reconciliations', {
        limit: 50,
        cursor: query.cursor,
        merchant_account: query.account,
        status: query.status,
      }),
    ])
    const options = accountOptions(accounts, visit)
    return {
      title: copy.title,
      body: (
        <>
          {visit.staff.role === 'accountant' ? <StartForm visit={visit} accounts={options} /> : null}
          <Filter visit={visit} accounts={options} />
          <Table
            caption={copy.list}
            language={language}
            rows={page.data}
            columns={[
              {
                head: copy.days,
                cell: (run) => <a href={`/console/reconciliations/${run.id}`}>{periodText(run, language)}</a>,
              },
              { head: copy.account, cell: (run) => accountName(accounts, run.merchant_account, visit) },
              { head: copy.status, cell: (run) => <RunStatus run={run} visit={visit} /> },
              { head: copy.count, cell: (run) => count(run.progress.items, language), isFigure: true },
              { head: copy.open, cell: (run) => openOf(run, language), isFigure: true },
              { head: copy.startedAt, cell: (run) => shortTime(run.created_at, language) },
            ]}
          />
          <Pager visit={visit} nextCursor={page.next_cursor} />
        </>
      ),
    }
  },
  acts: {
    start: async ({ api, form }) => {
      const { id } = await api.send(z.object({ id: z.string() }), {
        path: '/v1/reconciliations',
        json: {
          merchant_account: form.get('start') ?? '',
          from: form.get('from') ?? '',
          to: form.get('to') ?? '',
        },
      })
      return { to: `/reconciliations/${id}`, done: 'started' }
    },
  },
})

export const RunStatus = ({ run: { status }, visit }: { run: Run; visit: Visit }) => (
  <Badge tone={runTones[status]}>{words[visit.language].statuses[status]}</Badge>
)

/** How many items are not matched; nothing until that is known. */
const openOf = ({ status, summary, progress }: Run, language: Visit['language']): string =>
  status === 'completed' ? count(progress.items - (summary.matched?.count ?? 0), language) : ''

type Choice = { visit: Visit; accounts: readonly { value: string; label: string }[] }

/** What was typed stands before what the address asks for. */
const StartForm = ({ visit, accounts }: Choice) => {
  const { language, typed, query } = visit
  const copy = words[language]
  const given = (name: string) => typed.get(name) ?? query[name] ?? ''
  return (
    <Card heading={copy.startTitle} id="start">
      <p class="small">{copy.startHint}</p>
      <ActForm visit={visit} act="start" class="row-form">
        <Field
          id="start-account"
          name="start"
          label={copy.account}
          value={given('start')}
          options={[{ value: '', label: copy.choose }, ...accounts]}
          isRequired
          language={language}
        />
        <Field
          id="start-from"
          name="from"
          type="date"
          label={copy.from}
          value={given('from')}
          isRequired
          language={language}
        />
        <Field id="start-to" name="to" type="date" label={copy.to} value={given('to')} isRequired language={language} />
        <div class="acts">
          <button type="submit">{copy.start}</button>
        </div>
      </ActForm>
    </Card>
  )
}

const Filter = ({ visit, accounts }: Choice) => {
  const { language, query } = visit
  const copy = words[language]
  const all = { value: '', label: statementWords[language].all }
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
        id="status"
        name="status"
        label={copy.status}
        value={query.status ?? ''}
        options={[all, ...runStatuses.map((value) => ({ value, label: copy.statuses[value] }))]}
        language={language}
      />
    </FilterForm>
  )
}
