/** One run: what came of each class, how sure its calendar is, and its items class by class. */
import type { FC } from 'hono/jsx'
import { type ItemClass, itemClasses } from '../../../domain/reconciliation-classes.ts'
import { shortTime } from '../../wording.ts'
import { itemClassWords } from '../class-words.ts'
import { accountName, loadAccounts } from '../merchant-accounts.ts'
import { Badge, Card, Facts, isStopped, Money, Note, Table, Underway, underwaySeconds } from '../parts.tsx'
import { defineScreen, everybody, type Visit } from '../screen.ts'
import { periodText } from '../statements/reading.tsx'
import { count } from '../statements/words.ts'
import { Items } from './items.tsx'
import { RunStatus } from './runs-screen.tsx'
import { itemPage, type Run, runShape } from './shapes.ts'
import { words } from './words.ts'

export const runScreen = defineScreen({
  path: '/reconciliations/:id',
  roles: everybody,
  done: { started: { vi: words.vi.started, en: words.en.started } },
  view: async (visit) => {
    const { api, language, params, query } = visit
    const copy = words[language]
    const path = `/v1/reconciliations/${params.id}`
    const run = await api.get(runShape, path)
    const isRunning = run.status === 'running'
    const [accounts, items] = await Promise.all([
      loadAccounts(visit),
      query.class !== undefined && !isRunning
        ? api.get(itemPage, `${path}/items`, { limit: 50, cursor: query.cursor, class: query.class })
        : null,
    ])
    return {
      title: `${copy.run}: ${periodText(run, language)}`,
      refreshSeconds: isRunning && !isStopped(visit) ? underwaySeconds : undefined,
      body: (
        <>
          {isRunning ? <Running visit={visit} run={run} /> : null}
          {run.status === 'failed' ? (
            <Note tone="bad">
              <p>
                <b>{copy.failure}</b>: <span lang="en">{run.failure}</span>
              </p>
              <p>{copy.failureSteps}</p>
            </Note>
          ) : null}
          <Card>
            <Facts
              rows={[
                [copy.account, accountName(accounts, run.merchant_account, visit)],
                [copy.status, <RunStatus run={run} visit={visit} />],
                [copy.startedAt, shortTime(run.created_at, language)],
                [copy.completedAt, run.completed_at ? shortTime(run.completed_at, language) : null],
                [copy.healed, run.progress.healed > 0 ? count(run.progress.healed, language) : null],
                [copy.calendar, <Certainty run={run} visit={visit} />],
              ]}
            />
          </Card>
          {run.status === 'completed' ? <Summary visit={visit} run={run} /> : null}
          {items ? <Items visit={visit} run={run} items={items} /> : null}
        </>
      ),
    }
  },
})

type Shown = FC<{ visit: Visit; run: Run }>

const Running: Shown = ({ visit, run: { progress } }) => {
  const copy = words[visit.language]
  return (
    <Card>
      <Underway visit={visit} id="progress">
        <p>
          <b>{progress.phase === 'matching' ? copy.matching : copy.healing}</b>
          {progress.items > 0 ? ` ${copy.items}: ${count(progress.items, visit.language)}` : ''}
        </p>
        <progress aria-label={copy.statuses.running}></progress>
      </Underway>
    </Card>
  )
}

const Certainty: Shown = ({ visit, run: { calendar_certainty: certainty, calendar_version: version } }) => {
  if (!certainty) return null
  return (
    <>
      <Badge tone={certainty === 'announced' ? 'good' : certainty === 'inferred' ? 'wait' : 'bad'}>
        {words[visit.language].certainties[certainty].split(':')[0]}
      </Badge>
      {words[visit.language].certainties[certainty].split(':').slice(1).join(':')} <code class="small">{version}</code>
    </>
  )
}

type Row = { name: ItemClass; count: number; here: bigint; there: bigint }

const Summary: Shown = ({ visit, run }) => {
  const { language } = visit
  const copy = words[language]
  const rows = itemClasses.map((name): Row => {
    const { count: many = 0, amount_here: here = 0n, amount_there: there = 0n } = run.summary[name] ?? {}
    return { name, count: many, here, there }
  })
  // What matched first, then what there is to deal with, in the order in which classes are decided.
  const shown = rows.filter(({ count: many }) => many > 0).toSorted((a, b) => rank(a) - rank(b))
  const total = shown.reduce((sum, row) => sum + row.count, 0)
  const most = Math.max(1, ...shown.map((row) => row.count))
  const sum = (side: 'here' | 'there') => shown.reduce((all, row) => all + row[side], 0n)
  const empty = rows.filter(({ count: many, name }) => many === 0 && name !== 'matched')
  return (
    <Card heading={copy.summary} id="summary">
      <Table
        caption={copy.summary}
        isCaptionUnseen
        language={language}
        rows={shown}
        columns={[
          {
            head: copy.class,
            cell: ({ name }) => (
              <>
                <a href={`/console/reconciliations/${run.id}?class=${name}#items`}>
                  {itemClassWords[language][name].name}
                </a>
                <br />
                <small>{itemClassWords[language][name].meaning}</small>
              </>
            ),
          },
          { head: copy.count, cell: (row) => count(row.count, language), isFigure: true },
          {
            head: copy.share,
            cell: (row) => (
              <Bar
                value={row.count}
                most={most}
                isGood={row.name === 'matched'}
                label={share(row.count, total, language)}
              />
            ),
          },
          { head: copy.here, cell: ({ here }) => <Money amount={here} language={language} />, isFigure: true },
          { head: copy.there, cell: ({ there }) => <Money amount={there} language={language} />, isFigure: true },
          {
            head: copy.difference,
            cell: ({ here, there }) => <Money amount={there - here} language={language} />,
            isFigure: true,
          },
        ]}
        foot={[
          copy.total,
          count(total, language),
          '',
          <Money amount={sum('here')} language={language} />,
          <Money amount={sum('there')} language={language} />,
          <Money amount={sum('there') - sum('here')} language={language} />,
        ]}
      />
      {empty.length > 0 ? (
        <p class="small">
          {copy.emptyClasses}: {empty.map(({ name }) => itemClassWords[language][name].name).join(', ')}.
        </p>
      ) : null}
    </Card>
  )
}

const rank = ({ name }: Row): number => (name === 'matched' ? -1 : itemClasses.indexOf(name))

/** Thousandths are told, so that one item of a hundred thousand is not nothing. */
const share = (part: number, whole: number, language: Visit['language']): string => {
  const thousandths = whole === 0 ? 0 : Math.floor((part * 1_000) / whole)
  if (part > 0 && thousandths === 0) return '< 0,1 %'.replace(',', language === 'vi' ? ',' : '.')
  return `${Math.floor(thousandths / 10)}${language === 'vi' ? ',' : '.'}${thousandths % 10} %`
}

/** The figure stands beside the bar, so the bar itself is only a picture. */
const Bar: FC<{ value: number; most: number; isGood: boolean; label: string }> = ({ value, most, isGood, label }) => (
  <span class="bar-cell">
    <svg class="chart" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" width="100" height="10" />
      <rect class={isGood ? 'bar' : 'bar3'} width={String(Math.max(1, (100 * value) / most))} height="10" />
    </svg>
    <span class="figure">{label}</span>
  </span>
)
