/** One statement: how far its import is, what was read, and the rows that could not be. */
import type { FC } from 'hono/jsx'
import { shortTime } from '../../wording.ts'
import { searchOf } from '../console-api.ts'
import { accountName, loadAccounts } from '../merchant-accounts.ts'
import { Card, isStopped, Note, Pager, Underway, underwaySeconds } from '../parts.tsx'
import { defineScreen, everybody, type Visit } from '../screen.ts'
import { Problems, ReadingFacts, ReadingFigures, Reason } from './reading.tsx'
import { problemPage, type StatementSeen, statementShape } from './shapes.ts'
import { Status } from './statements-screen.tsx'
import { count, words } from './words.ts'

export const statementScreen = defineScreen({
  path: '/statements/:id',
  roles: everybody,
  done: {
    queued: { vi: words.vi.queued, en: words.en.queued },
    same: { vi: words.vi.same, en: words.en.same },
  },
  view: async (visit) => {
    const { api, language, params, query } = visit
    const path = `/v1/statements/${params.id}`
    const statement = await api.get(statementShape, path)
    const isUnderway = statement.status === 'queued' || statement.status === 'processing'
    const [accounts, problems] = await Promise.all([
      loadAccounts(visit),
      isUnderway ? null : api.get(problemPage, `${path}/problems`, { limit: 50, cursor: query.cursor }),
    ])
    const account = accountName(accounts, statement.merchant_account, visit)
    return {
      title: `${words[language].title}: ${statement.file_name}`,
      refreshSeconds: isUnderway && !isStopped(visit) ? underwaySeconds : undefined,
      body: (
        <>
          {isUnderway ? <Progress visit={visit} statement={statement} /> : null}
          {statement.status === 'rejected' ? <Rejected visit={visit} statement={statement} /> : null}
          {statement.status === 'imported' ? (
            <>
              <ReadingFigures reading={statement} language={language} />
              {visit.staff.role === 'accountant' ? <Onward visit={visit} statement={statement} /> : null}
            </>
          ) : null}
          <About visit={visit} statement={statement} account={account} />
          {problems ? (
            <Problems
              problems={problems.data}
              total={statement.problem_count}
              language={language}
              download={`/console/statements/${statement.id}/problems.csv`}
            >
              <Pager visit={visit} nextCursor={problems.next_cursor} />
            </Problems>
          ) : null}
        </>
      ),
    }
  },
})

/** The rows with problems as a file. */
export const problemsFile = defineScreen({
  path: '/statements/:id/problems.csv',
  roles: everybody,
  view: ({ api, params }) => api.raw(`/v1/statements/${params.id}/problems`, { headers: { accept: 'text/csv' } }),
})

type Shown = FC<{ visit: Visit; statement: StatementSeen }>

const Progress: Shown = ({ visit, statement: { status, progress, waits_for: waitsFor } }) => {
  const copy = words[visit.language]
  const waiting = waitsFor ? copy.waitingForNode : copy.waiting
  return (
    <Card>
      <Underway visit={visit} id="progress">
        <p>
          <b>{status === 'queued' ? waiting : copy.progress(count(progress.lines, visit.language))}</b>
        </p>
        <progress aria-label={copy.progressLabel} value={progress.bytes} max={Math.max(1, progress.total_bytes)}>
          {`${Math.floor((100 * progress.bytes) / Math.max(1, progress.total_bytes))} %`}
        </progress>
      </Underway>
    </Card>
  )
}

const Rejected: Shown = ({ visit, statement }) => {
  const copy = words[visit.language]
  return (
    <Note tone="bad">
      <p>
        <b>{copy.rejected}.</b>
      </p>
      <p>
        {copy.reason}: <Reason message={statement.reason ?? ''} language={visit.language} />
      </p>
      <p>{copy.rejectedWhat}:</p>
      <ul>
        {copy.rejectedSteps.map((step) => (
          <li>{step}</li>
        ))}
      </ul>
      {visit.staff.role === 'accountant' ? (
        <p>
          <a href="/console/statements">{copy.uploadAgain}</a>
        </p>
      ) : null}
    </Note>
  )
}

/** What an accountant does next with a statement that is in. */
const Onward: Shown = ({ visit, statement: { merchant_account: account, from, to } }) =>
  from && to ? (
    <p>
      <a class="button" href={`/console/reconciliations${searchOf({ start: account, from, to })}#start`}>
        {words[visit.language].reconcile}
      </a>
    </p>
  ) : null

const About: FC<{ visit: Visit; statement: StatementSeen; account: string }> = ({ visit, statement, account }) => {
  const { language } = visit
  const copy = words[language]
  return (
    <Card>
      <ReadingFacts
        reading={statement}
        language={language}
        accountName={account}
        more={[
          [copy.status, <Status statement={statement} visit={visit} />],
          [copy.uploadedAt, shortTime(statement.created_at, language)],
          [copy.importedAt, statement.imported_at ? shortTime(statement.imported_at, language) : null],
          [copy.sha256, <code>{statement.sha256}</code>],
        ]}
      />
    </Card>
  )
}
