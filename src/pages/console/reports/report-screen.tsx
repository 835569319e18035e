/** One report: what it is asked for, how it looks, and the same as a file. */
import type { Child, FC } from 'hono/jsx'
import { z } from 'zod'
import { changeReasons } from '../../../domain/report-changes.ts'
import { type ReportKey, type ReportName, reportGroups, reportShapes } from '../../../domain/report-columns.ts'
import { formatVietnameseDay } from '../../../lib/time.ts'
import type { Language } from '../../language.ts'
import { shortTime } from '../../wording.ts'
import { ApiProblem, instant, searchOf } from '../console-api.ts'
import { Badge, Card, Field, FilterForm, Money, Note, ProblemNote, Table } from '../parts.tsx'
import { accountChoices, agencyChoices } from '../pick.ts'
import { defineScreen, everybody, type Visit } from '../screen.ts'
import { fileTypes, isReportName, reportQuery } from './query.ts'
import { words } from './words.ts'

const cell = z.union([z.string(), z.number(), z.null()])
const columns = z.array(
  z.object({ key: z.string(), title: z.string(), type: z.enum(['text', 'amount', 'count', 'rate', 'date']) }),
)
const rows = z.array(z.record(z.string(), cell))
const reportShape = z.object({
  title: z.string(),
  as_of: instant,
  columns,
  rows,
  totals: z.record(z.string(), z.number()),
  rates: z.record(z.string(), z.string()).default({}),
  summaries: z.array(z.object({ title: z.string(), columns, rows })),
  comparison: z
    .object({
      changes: z.array(
        z.object({
          key: z.string(),
          change: z.enum(['added', 'removed', 'changed']),
          reason: z.enum(changeReasons),
          fields: z.array(z.string()),
        }),
      ),
    })
    .optional(),
})
type Report = z.output<typeof reportShape>
type Columns = Report['columns']

/** As many as a person scrolls through; files have all. */
const shownMax = 100

export const reportScreen = defineScreen({
  path: '/reports/:name',
  roles: everybody,
  view: async (visit) => {
    const { params, query, language } = visit
    const { name } = params
    if (!isReportName(name)) throw new ApiProblem({ status: 404, code: 'not_found', title: '', errors: [] })
    const copy = words[language]
    const asked = reportQuery(visit)
    const [agencies, accounts, read] = await Promise.all([
      agencyChoices(visit, copy.allAgencies),
      accountChoices(visit, copy.allAccounts),
      readReport(visit, `/v1/reports/${name}`, { ...asked, compare_to: query.compare_to }),
    ])
    const groups = [
      { value: '', label: copy.noGroup },
      ...reportGroups.map((group) => ({ value: group, label: copy.groups[group] })),
    ]
    const field = (id: string, label: string, more: { hint?: string; type?: 'date'; options?: typeof groups } = {}) => (
      <Field
        id={id}
        name={id}
        label={label}
        value={String(asked[id] ?? query[id] ?? '')}
        language={language}
        {...more}
      />
    )
    return {
      title: copy.reports[name][0],
      body: (
        <>
          <FilterForm visit={visit}>
            {field('from', copy.from, { type: 'date' })}
            {field('to', copy.to, { type: 'date' })}
            {field('agency_code', copy.agency, { options: agencies })}
            {field('merchant_account', copy.account, { options: accounts })}
            {name === 'collections' ? field('group_by', copy.groupBy, { options: groups }) : null}
            {field('as_of', copy.asOf, { type: 'date', hint: copy.asOfHint })}
            {field('compare_to', copy.compareTo, { type: 'date', hint: copy.compareHint })}
          </FilterForm>
          <p class="acts">
            {copy.files}:
            {Object.keys(fileTypes).map((type) => (
              <a class="button plain" href={`/console/reports/${name}/file${searchOf({ ...asked, type })}`} download>
                {type.toUpperCase()}
              </a>
            ))}
          </p>
          {'problem' in read ? (
            <ReportProblem visit={visit} problem={read.problem} />
          ) : (
            <ReportBody report={forReading(read.report, name, query.group_by)} language={language} />
          )}
          <p>
            <a href="/console/reports">{copy.all}</a>
          </p>
        </>
      ),
    }
  },
})

/** A report that cannot be shown like this is no broken page: its form stays, with what is wrong. */
const readReport = async (
  { api }: Visit,
  path: string,
  query: Parameters<typeof searchOf>[0],
): Promise<{ report: Report } | { problem: ApiProblem }> => {
  try {
    return { report: await api.get(reportShape, path, query) }
  } catch (error) {
    if (error instanceof ApiProblem && [409, 422].includes(error.status)) return { problem: error }
    throw error
  }
}

/** The columns that a person reads: those that are printed. Files have all of them. */
const forReading = (report: Report, name: ReportName, group: string | undefined): Report => {
  const chosen = name === 'collections' ? reportGroups.find((each) => each === group) : undefined
  const key: ReportKey = chosen ? `collections-by-${chosen}` : name
  const { printed } = reportShapes[key]
  return { ...report, columns: report.columns.filter(({ key }) => Object.hasOwn(printed, key)) }
}

const ReportProblem: FC<{ visit: Visit; problem: ApiProblem }> = ({ visit, problem }) =>
  problem.errors.length === 0 && problem.status === 422 ? (
    <Note tone="wait">
      <p>{words[visit.language].tooLong}</p>
    </Note>
  ) : (
    <ProblemNote visit={{ ...visit, problem }} />
  )

const ReportBody: FC<{ report: Report; language: Language }> = ({ report, language }) => {
  const copy = words[language]
  const shown = report.rows.slice(0, shownMax)
  return (
    <>
      <p class="small">
        {copy.stamp(shortTime(report.as_of, language))} · {copy.rows(shown.length, report.rows.length)}
      </p>
      {report.comparison ? <Changes report={report} language={language} /> : null}
      <Sheet
        title={report.title}
        columns={report.columns}
        rows={shown}
        language={language}
        foot={footOf(report, language)}
      />
      {report.summaries.map((summary) => (
        <Card>
          <Sheet title={summary.title} columns={summary.columns} rows={summary.rows} language={language} />
        </Card>
      ))}
    </>
  )
}

/** The last row of a report: sums where there are sums, rates where there are rates. */
const footOf = ({ columns: all, totals, rates }: Report, language: Language): Child[] =>
  all.map(({ key, type }, index) => {
    const total = totals[key]
    if (total !== undefined) return written(total, type, language)
    return rates[key] ?? (index === 0 ? words[language].totals : '')
  })

const Sheet: FC<{ title: string; columns: Columns; rows: Report['rows']; language: Language; foot?: Child[] }> = (
  props,
) => (
  <Table
    caption={props.title}
    columns={props.columns.map(({ key, title, type }) => ({
      head: title,
      isFigure: type === 'amount' || type === 'count' || type === 'rate',
      isRoomy: type === 'text',
      cell: (row: Report['rows'][number]) => written(row[key] ?? null, type, props.language),
    }))}
    rows={props.rows}
    language={props.language}
    {...(props.foot && props.rows.length > 0 ? { foot: props.foot } : {})}
  />
)

const written = (value: z.output<typeof cell>, type: Columns[number]['type'], language: Language): Child => {
  if (value === null) return ''
  if (type === 'amount' && typeof value === 'number') return <Money amount={BigInt(value)} language={language} />
  if (type === 'date' && typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)) return formatVietnameseDay(value)
  return String(value)
}

const tones = { added: 'good', removed: 'bad', changed: 'wait' } as const

const Changes: FC<{ report: Report; language: Language }> = ({ report, language }) => {
  const copy = words[language]
  const changes = report.comparison?.changes ?? []
  const titles = new Map(report.columns.map(({ key, title }) => [key, title]))
  if (changes.length === 0)
    return (
      <Note tone="good">
        <p>{copy.noChanges}</p>
      </Note>
    )
  return (
    <Card>
      <Table
        caption={copy.changes}
        rows={changes.slice(0, shownMax)}
        language={language}
        columns={[
          { head: copy.key, cell: ({ key }) => <code>{key}</code> },
          { head: copy.what, cell: ({ change }) => <Badge tone={tones[change]}>{copy.change[change]}</Badge> },
          { head: copy.why, cell: ({ reason }) => copy.reasons[reason] },
          { head: copy.fields, cell: ({ fields }) => fields.map((field) => titles.get(field) ?? field).join(', ') },
        ]}
      />
    </Card>
  )
}
