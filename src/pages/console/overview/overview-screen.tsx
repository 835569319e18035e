/** The first page: how much money came, and what still wants attention. */
import type { FC } from 'hono/jsx'
import type { z } from 'zod'
import { addDays, businessDay } from '../../../lib/time.ts'
import type { Language } from '../../language.ts'
import { shortDay } from '../../wording.ts'
import { asked, type Query, searchOf } from '../console-api.ts'
import { Badge, Card, Field, FilterForm, Money, ProblemNote, Table } from '../parts.tsx'
import { agencyChoices, type Choice } from '../pick.ts'
import { defineScreen, everybody, type Visit } from '../screen.ts'
import { orderStatusTerms, orderStatusTones, termOf, toneOf } from '../terms.ts'
import { ByAgency, ByDay, ByProvider } from './overview-charts.tsx'
import { overview } from './overview-shape.ts'
import { words } from './words.ts'

type Overview = z.output<typeof overview>

export const overviewScreen = defineScreen({
  path: '',
  roles: everybody,
  nav: { section: 'daily', words: { vi: words.vi.title, en: words.en.title } },
  view: async (visit) => {
    const { api, language } = visit
    const asks = periodOf(visit)
    const [{ found, problem }, agencies] = await Promise.all([
      asked(api.get(overview, '/v1/overview', asks)),
      agencyChoices(visit, words[language].allAgencies),
    ])
    return {
      title: words[language].title,
      ...(problem ? { status: 422 as const } : {}),
      body: (
        <>
          <Period visit={visit} agencies={withAsked(agencies, asks.agency_code)} {...asks} />
          {problem ? <ProblemNote visit={{ ...visit, problem }} labels={labelsOf(language)} /> : null}
          {found ? <Standing found={found} visit={visit} /> : null}
        </>
      ),
    }
  },
})

const labelsOf = (language: Language) => {
  const { from, to, agency } = words[language]
  return { '/query/from': from, '/query/to': to, '/query/agency_code': agency }
}

type Asked = { from: string; to: string; agency_code: string }

/** This month to date, unless asked otherwise. */
const periodOf = ({ query, now }: Visit): Asked => {
  const today = businessDay(now)
  return { from: query.from || `${today.slice(0, 8)}01`, to: query.to || today, agency_code: query.agency_code ?? '' }
}

/** What the address names stays chosen, also where the API knows none such. */
const withAsked = (agencies: readonly Choice[], code: string): readonly Choice[] =>
  agencies.some(({ value }) => value === code) ? agencies : [...agencies, { value: code, label: code }]

const Period: FC<Asked & { visit: Visit; agencies: readonly Choice[] }> = (props) => {
  const { visit, agencies, from, to, agency_code } = props
  const { language } = visit
  const copy = words[language]
  return (
    <FilterForm visit={visit}>
      <Field id="from" name="from" type="date" label={copy.from} value={from} language={language} />
      <Field id="to" name="to" type="date" label={copy.to} value={to} language={language} />
      <Field
        id="agency_code"
        name="agency_code"
        label={copy.agency}
        value={agency_code}
        options={agencies}
        language={language}
      />
    </FilterForm>
  )
}

const Standing: FC<{ found: Overview; visit: Visit }> = ({ found, visit }) => {
  const { language } = visit
  const copy = words[language]
  const { from, to, agency_code } = found
  const report = (name: string) => `/console/reports/${name}${searchOf({ from, to, agency_code })}`
  return (
    <>
      <p class="small">{copy.period(shortDay(from, language), shortDay(to, language), agency_code)}</p>
      <div class="figures">
        <Figure name="collected" amount={found.collected} href={report('collections')} language={language} />
        <Figure name="settled" amount={found.settled} href={report('settlements')} language={language} />
        <Figure name="refunded" amount={found.refunded} href={report('refunds')} language={language} />
        <Figure
          name="unmatched"
          amount={found.unmatched}
          isPresent
          href={`/console/discrepancies${searchOf({ status: 'unresolved', agency_code })}`}
          language={language}
        />
        <Figure
          name="unknown"
          amount={found.unknown.amount}
          isPresent
          more={copy.unknownOf(found.unknown.attempts.count, found.unknown.refunds.count)}
          href={`/console/orders${searchOf({ unknown: 'true', agency_code })}`}
          language={language}
        />
        <Figure name="suspense" amount={found.in_suspense} isPresent language={language} />
      </div>
      <div class="cards">
        <Ages found={found} visit={visit} />
        <Orders found={found} language={language} />
      </div>
      <Card>
        <ByDay found={found} language={language} />
      </Card>
      <div class="cards">
        <Card>
          <ByAgency found={found} visit={visit} />
        </Card>
        <Card>
          <ByProvider found={found} visit={visit} />
        </Card>
      </div>
    </>
  )
}

type FigureProps = {
  name: keyof (typeof words)['vi']['figures']
  amount: bigint
  /** How it stands now, whatever the period. */
  isPresent?: boolean
  more?: string
  /** What it is the sum of. */
  href?: string
  language: Language
}

const Figure: FC<FigureProps> = ({ name, amount, isPresent, more, href, language }) => {
  const copy = words[language]
  const { name: title, means } = copy.figures[name]
  return (
    <section class="card">
      <h2 class="small">
        {href ? <a href={href}>{title}</a> : title}
        {isPresent ? `, ${copy.present}` : null}
      </h2>
      <p class="big">
        <Money amount={amount} language={language} />
      </p>
      <p class="small">{more && amount !== 0n ? `${more}. ${means}` : means}</p>
    </section>
  )
}

/** Each row leads to the queue, filtered to what the row counts. */
const Ages: FC<{ found: Overview; visit: Visit }> = ({ found, visit: { language, now } }) => {
  const copy = words[language]
  const { discrepancies } = found
  const rows = discrepancies.by_age.map((bucket) => ({
    ...bucket,
    name: copy.days(bucket.from_days, bucket.to_days),
    query: openedOn(bucket, businessDay(now)),
  }))
  const all = { ...discrepancies, name: copy.all, query: {} }
  const overdue = { ...discrepancies.overdue, name: copy.overdue, query: { overdue: 'true' } }
  const href = (query: Query) =>
    `/console/discrepancies${searchOf({ status: 'unresolved', ...query, agency_code: found.agency_code })}`
  return (
    <Card heading={copy.ages} id="ages">
      {discrepancies.count === 0 ? (
        <p>
          <Badge tone="good">{copy.noneOpen}</Badge>
        </p>
      ) : (
        <Table
          caption={copy.ages}
          isCaptionUnseen
          language={language}
          rows={[...rows, all, overdue]}
          columns={[
            { head: copy.age, cell: ({ name, query, count }) => (count ? <a href={href(query)}>{name}</a> : name) },
            { head: copy.count, isFigure: true, cell: ({ count }) => count },
            { head: copy.amount, isFigure: true, cell: ({ amount }) => <Money amount={amount} language={language} /> },
          ]}
        />
      )}
    </Card>
  )
}

/** The days on which what is so old was opened; what is new may have been opened by a clock that is ahead. */
const openedOn = ({ from_days, to_days }: { from_days: number; to_days: number | null }, today: string): Query => ({
  opened_from: to_days === null ? null : addDays(today, -to_days),
  opened_to: from_days === 0 ? null : addDays(today, -from_days),
})

const Orders: FC<{ found: Overview; language: Language }> = ({ found, language }) => {
  const copy = words[language]
  const { from, to, agency_code } = found
  const href = (status: string) => `/console/orders${searchOf({ status, from, to, agency_code })}`
  return (
    <Card heading={copy.orders} id="orders">
      <Table
        caption={copy.orders}
        isCaptionUnseen
        language={language}
        rows={found.orders}
        columns={[
          {
            head: copy.status,
            cell: ({ status }) => (
              <a href={href(status)}>
                <Badge tone={toneOf(orderStatusTones, status)}>{termOf(orderStatusTerms[language], status)}</Badge>
              </a>
            ),
          },
          { head: copy.count, isFigure: true, cell: ({ count }) => count },
          { head: copy.amount, isFigure: true, cell: ({ amount }) => <Money amount={amount} language={language} /> },
        ]}
      />
    </Card>
  )
}
