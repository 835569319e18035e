/**
 * Charts as pictures drawn by the server: columns over time, bars side by side. Widths are in percent and texts keep their size, so a chart fits a phone as it fits a
 * desk. A picture says nothing that its table does not: whoever shows one puts the table behind it (`Chart`).
 */
import type { Child, FC, PropsWithChildren } from 'hono/jsx'
import { formatDong } from '../../domain/money.ts'
import type { Language } from '../language.ts'
import { money } from '../wording.ts'

/** `values` are in the order of the series. */
export type Point = { label: string; values: readonly bigint[] }

export type ChartProps = {
  /** Unique on the page. */
  id: string
  title: string
  /** What the picture shows, for those who do not see it. */
  description: string
  /** One or two: the first is drawn filled, the second in outline, so that colour tells nothing alone. */
  series: readonly string[]
  points: readonly Point[]
  language: Language
}

const tableWords: Record<Language, string> = { vi: 'Số liệu của biểu đồ', en: 'The figures of this chart' }

/** A picture with its legend, and the table behind it. */
export const Chart: FC<PropsWithChildren<ChartProps & { picture: 'columns' | 'bars' }>> = ({
  picture,
  children,
  ...chart
}) => (
  <figure class="charted">
    <figcaption>
      <h2>{chart.title}</h2>
      <ul class="legend">
        {chart.series.map((name, index) => (
          <li>
            <svg class="chart swatch" aria-hidden="true" width="16" height="16">
              <rect class={barClass(index)} x="2" y="2" width="12" height="12" />
            </svg>
            {name}
          </li>
        ))}
      </ul>
    </figcaption>
    {picture === 'columns' ? <Columns {...chart} /> : <Bars {...chart} />}
    <details>
      <summary>{tableWords[chart.language]}</summary>
      {children}
    </details>
  </figure>
)

const barClass = (index: number): string => (index === 0 ? 'bar' : 'outline')

type PictureProps = PropsWithChildren<Pick<ChartProps, 'id' | 'title' | 'description'> & { height: number }>

const Picture: FC<PictureProps> = ({ id, title, description, height, children }) => (
  <svg
    class="chart"
    role="img"
    aria-labelledby={`${id}-title`}
    aria-describedby={`${id}-desc`}
    width="100%"
    height={height}
  >
    <title id={`${id}-title`}>{title}</title>
    <desc id={`${id}-desc`}>{description}</desc>
    {children}
  </svg>
)

const plot = { top: 20, height: 180, foot: 28 }

/** Columns over an axis, with lines at round amounts; money that went back stands below the axis. */
const Columns: FC<ChartProps> = ({ points, series, language, ...about }) => {
  const values = points.flatMap((point) => point.values.map(Number))
  const { step, low, high } = axisOf(Math.min(0, ...values), Math.max(0, ...values))
  const y = (value: number) => plot.top + (plot.height * (high - value)) / (high - low)
  const band = 100 / Math.max(1, points.length)
  const width = (band * 0.76) / series.length
  const lines = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, index) => low + index * step)
  return (
    <Picture {...about} height={plot.top + plot.height + plot.foot}>
      {lines.map((value) => (
        <>
          <line class="line" x1="0" x2="100%" y1={round(y(value))} y2={round(y(value))} />
          <text x="0" y={round(y(value) - 4)}>
            {shortMoney(value, language)}
          </text>
        </>
      ))}
      {points.map((point, place) =>
        point.values.map((amount, index) => {
          const [from, to] = [y(Math.max(0, Number(amount))), y(Math.min(0, Number(amount)))]
          return amount === 0n ? null : (
            <rect
              class={barClass(index)}
              x={percent(band * (place + 0.12) + width * index)}
              width={percent(width)}
              y={round(from)}
              height={Math.max(1, round(to - from))}
            >
              <title>{`${point.label}, ${series[index]}: ${money(amount, language)}`}</title>
            </rect>
          )
        }),
      )}
      {points.map((point, place) =>
        place % Math.ceil(points.length / labelsMax) === 0 ? (
          <text x={percent(band * (place + 0.5))} y={plot.top + plot.height + 20} text-anchor="middle">
            {point.label}
          </text>
        ) : null,
      )}
    </Picture>
  )
}

/** More would run into one another at 320 px. */
const labelsMax = 6

const row = { label: 16, bar: 14, gap: 4, after: 12 }

/** One row for each, the longest first as they come: what it is called, then its bars, each with its amount. */
const Bars: FC<ChartProps> = ({ points, series, language, ...about }) => {
  const most = Math.max(1, ...points.flatMap((point) => point.values.map(Number)))
  const height = row.label + series.length * (row.bar + row.gap) + row.after
  return (
    <Picture {...about} height={height * points.length}>
      {points.map((point, place) => (
        <>
          <text class="name" x="0" y={place * height + 12}>
            {shortLabel(point.label)}
          </text>
          {point.values.map((amount, index) => {
            const length = Math.max(0, (Number(amount) / most) * 60)
            const y = place * height + row.label + index * (row.bar + row.gap)
            return (
              <>
                {amount > 0n ? (
                  <rect class={barClass(index)} x="0.3%" y={y} width={percent(Math.max(0.4, length))} height={row.bar}>
                    <title>{`${point.label}, ${series[index]}: ${money(amount, language)}`}</title>
                  </rect>
                ) : null}
                <text x={percent(amount > 0n ? Math.max(0.4, length) + 0.3 : 0)} dx={amount > 0n ? 6 : 0} y={y + 11}>
                  {money(amount, language)}
                </text>
              </>
            )
          })}
        </>
      ))}
    </Picture>
  )
}

/** The whole name is in the table. */
const shortLabel = (label: string): Child => (label.length > 38 ? `${label.slice(0, 37)}…` : label)

/** Round amounts for the lines of an axis: at most six, from at or below `least` to at or above `most`. */
export const axisOf = (least: number, most: number): { step: number; low: number; high: number } => {
  const span = Math.max(1, most - least)
  const magnitude = 10 ** Math.floor(Math.log10(span))
  const step = Math.max(1, ([0.2, 0.5, 1, 2].find((part) => span / (part * magnitude) <= 5) ?? 2) * magnitude)
  const [low, high] = [Math.floor(least / step) * step, Math.ceil(most / step) * step]
  return { step, low, high: high === low ? low + step : high }
}

const scales: readonly { from: number; names: Readonly<Record<Language, string>> }[] = [
  { from: 1e9, names: { vi: ' tỷ', en: ' bn' } },
  { from: 1e6, names: { vi: ' triệu', en: ' m' } },
  { from: 1e3, names: { vi: ' nghìn', en: ' k' } },
]

/** `1,5 tỷ`, `200 triệu`: for the lines of an axis, whose amounts are round. */
export const shortMoney = (amount: number, language: Language): string => {
  const size = Math.abs(amount)
  const scale = scales.find(({ from }) => size >= from)
  if (!scale) return language === 'vi' ? formatDong(BigInt(amount)) : `${amount} VND`
  const [whole = '', part] = String(Math.round((size / scale.from) * 100) / 100).split('.')
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, language === 'vi' ? '.' : ',')
  const text = part ? `${digits}${language === 'vi' ? ',' : '.'}${part}` : digits
  return `${amount < 0 ? '−' : ''}${text}${scale.names[language]}`
}

const round = (value: number): number => Math.round(value * 10) / 10
const percent = (value: number): string => `${Math.round(value * 100) / 100}%`
