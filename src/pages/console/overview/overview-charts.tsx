/** The charts of the first page, each with its table behind it. */
import type { FC } from 'hono/jsx'
import type { z } from 'zod'
import { addDays } from '../../../lib/time.ts'
import type { Language } from '../../language.ts'
import { shortDay } from '../../wording.ts'
import { Chart, type Point } from '../chart.tsx'
import { hrefOf, Money, Table } from '../parts.tsx'
import type { Visit } from '../screen.ts'
import type { overview } from './overview-shape.ts'
import { words } from './words.ts'

type Overview = z.output<typeof overview>
type Moved = { collected: bigint; refunded: bigint; settled: bigint }

export const ByDay: FC<{ found: Overview; language: Language }> = ({ found, language }) => {
  const copy = words[language]
  const unit = unitOf(found.by_day.length)
  const title = copy.byDay(unit)
  return (
    <Chart
      picture="columns"
      id="by-day"
      title={title}
      description={copy.byDayShows}
      series={[copy.collected, copy.settled]}
      points={pointsOf(found.by_day, unit)}
      language={language}
    >
      <Table
        caption={title}
        isCaptionUnseen
        language={language}
        rows={found.by_day.filter(hasMoved)}
        columns={[{ head: copy.day, cell: ({ day }) => shortDay(day, language) }, ...movedColumns(language)]}
        foot={[copy.total, ...footOf(found, language)]}
      />
    </Chart>
  )
}

const hasMoved = ({ collected, refunded, settled }: Moved): boolean =>
  collected !== 0n || refunded !== 0n || settled !== 0n

/** More columns than these could not be told apart on a phone; the table behind has every day. */
const unitOf = (days: number): 'day' | 'week' | 'month' => (days <= 31 ? 'day' : days <= 120 ? 'week' : 'month')

const pointsOf = (days: Overview['by_day'], unit: 'day' | 'week' | 'month'): readonly Point[] => {
  const sums = new Map<string, { label: string; collected: bigint; settled: bigint }>()
  for (const { day, collected, settled } of days) {
    const { key, label } = bucketOf(day, unit)
    const sum = sums.get(key) ?? { label, collected: 0n, settled: 0n }
    sums.set(key, { label, collected: sum.collected + collected, settled: sum.settled + settled })
  }
  return [...sums.values()].map(({ label, collected, settled }) => ({ label, values: [collected, settled] }))
}

/** A week is named by its Monday. */
const bucketOf = (day: string, unit: 'day' | 'week' | 'month'): { key: string; label: string } => {
  if (unit === 'month') return { key: day.slice(0, 7), label: `${day.slice(5, 7)}/${day.slice(0, 4)}` }
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7
  const key = unit === 'week' ? addDays(day, -weekday) : day
  return { key, label: `${key.slice(8, 10)}/${key.slice(5, 7)}` }
}

const movedColumns = (language: Language) => {
  const copy = words[language]
  return (['collected', 'settled', 'refunded'] as const).map((name) => ({
    head: copy[name],
    isFigure: true,
    cell: (row: Moved) => <Money amount={row[name]} language={language} />,
  }))
}

const footOf = (found: Moved, language: Language) =>
  [found.collected, found.settled, found.refunded].map((amount) => <Money amount={amount} language={language} />)

const pointOf = (label: string, { collected, settled }: Moved): Point => ({ label, values: [collected, settled] })

/** More rows make a picture that nobody takes in; the table has all of them. */
const barsMax = 12

export const ByAgency: FC<{ found: Overview; visit: Visit }> = ({ found, visit }) => {
  const { language, query } = visit
  const copy = words[language]
  const nameOf = ({ agency_code, name }: Overview['by_agency'][number]) => name ?? agency_code
  if (found.by_agency.length === 0) return <Nothing title={copy.byAgency} language={language} />
  return (
    <Chart
      picture="bars"
      id="by-agency"
      title={copy.byAgency}
      description={copy.barsShow}
      series={[copy.collected, copy.settled]}
      points={found.by_agency.slice(0, barsMax).map((row) => pointOf(nameOf(row), row))}
      language={language}
    >
      <Table
        caption={copy.byAgency}
        isCaptionUnseen
        language={language}
        rows={found.by_agency}
        columns={[
          {
            head: copy.agencyName,
            cell: (row) => (
              <>
                <a href={hrefOf(visit, { from: query.from, to: query.to, agency_code: row.agency_code })}>
                  {nameOf(row)}
                </a>{' '}
                <small>{row.agency_code}</small>
              </>
            ),
          },
          ...movedColumns(language),
        ]}
        foot={[copy.total, ...footOf(found, language)]}
      />
    </Chart>
  )
}

export const ByProvider: FC<{ found: Overview; visit: Visit }> = ({ found, visit }) => {
  const { language, titleOf } = visit
  const copy = words[language]
  if (found.by_provider.length === 0) return <Nothing title={copy.byProvider} language={language} />
  return (
    <Chart
      picture="bars"
      id="by-provider"
      title={copy.byProvider}
      description={copy.barsShow}
      series={[copy.collected, copy.settled]}
      points={found.by_provider.slice(0, barsMax).map((row) => pointOf(titleOf(row.provider), row))}
      language={language}
    >
      <Table
        caption={copy.byProvider}
        isCaptionUnseen
        language={language}
        rows={found.by_provider}
        columns={[
          { head: copy.provider, cell: ({ provider }) => titleOf(provider) },
          ...movedColumns(language),
          {
            head: copy.unknown,
            isFigure: true,
            cell: ({ unknown }) => <Money amount={unknown} language={language} />,
          },
        ]}
        foot={[copy.total, ...footOf(found, language), <Money amount={found.unknown.amount} language={language} />]}
      />
    </Chart>
  )
}

const Nothing: FC<{ title: string; language: Language }> = ({ title, language }) => (
  <>
    <h2>{title}</h2>
    <p class="nothing">{words[language].nothingMoved}</p>
  </>
)
