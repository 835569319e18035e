/**
 * Metrics as text, in two formats: Prometheus' own of version 0.0.4, and OpenMetrics 1.0 (its specification, "Text format"), which also shows examples. Both write a
 * bucket's limit as OpenMetrics wants a number (`1.0`), so that a rule finds the same series whichever was asked for.
 */

export type MetricsFormat = 'prometheus' | 'openmetrics'
export type Labels = Readonly<Record<string, string>>
export type MetricType = 'counter' | 'gauge' | 'histogram'
export type Described = { type: MetricType; help: string }

export type Histogram = {
  labels: Labels
  /** By bucket, each without those below it. */
  counts: number[]
  /** The latest of each bucket, and behind them that of what is longer than all. */
  examples: ({ traceId: string; at: Date; seconds: number } | undefined)[]
  sum: number
  count: number
}

export type Registered = {
  described: ReadonlyMap<string, Described>
  values: ReadonlyMap<string, number>
  histograms: ReadonlyMap<string, Histogram>
  bucketsSeconds: readonly number[]
}

export const seriesOf = (name: string, labels: Labels): string => {
  let text = ''
  for (const label in labels) text += `${text === '' ? '' : ','}${label}="${escapeValue(labels[label] ?? '')}"`
  return text === '' ? name : `${name}{${text}}`
}

const escapeValue = (value: string): string =>
  /["\\\n]/.test(value) ? value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n') : value

export const nameOf = (series: string): string => {
  const brace = series.indexOf('{')
  return brace < 0 ? series : series.slice(0, brace)
}

/** All series of a metric must stand together below its own two comment lines. */
export const textOf = (registered: Registered, format: MetricsFormat): string => {
  const { described, values, histograms } = registered
  const lines: string[] = []
  for (const [name, { type, help }] of described) {
    const family = format === 'openmetrics' ? familyOf(name, type) : name
    lines.push(`# HELP ${family} ${help}`, `# TYPE ${family} ${type}`)
    for (const [series, value] of values) if (nameOf(series) === name) lines.push(`${series} ${value}`)
    for (const [series, histogram] of histograms) {
      if (nameOf(series) === name) lines.push(...histogramLines(name, histogram, { registered, format }))
    }
  }
  if (format === 'openmetrics') lines.push('# EOF')
  return `${lines.join('\n')}\n`
}

/** A counter's family is named without the ending that its series have. */
const familyOf = (name: string, type: MetricType): string => (type === 'counter' ? name.replace(/_total$/, '') : name)

const histogramLines = (
  name: string,
  { labels, counts, examples, sum, count }: Histogram,
  { registered: { bucketsSeconds }, format }: { registered: Registered; format: MetricsFormat },
): string[] => {
  const line = (le: string, below: number, index: number) =>
    `${seriesOf(`${name}_bucket`, { ...labels, le })} ${below}${format === 'openmetrics' ? exampleOf(examples[index]) : ''}`
  let below = 0
  const buckets = bucketsSeconds.map((limit, index) => {
    below += counts[index] ?? 0
    return line(bucketLimit(limit), below, index)
  })
  return [
    ...buckets,
    line('+Inf', count, bucketsSeconds.length),
    `${seriesOf(`${name}_sum`, labels)} ${sum}`,
    `${seriesOf(`${name}_count`, labels)} ${count}`,
  ]
}

/** A bucket's limit as its label says it. */
export const bucketLimit = (limit: number): string => (Number.isInteger(limit) ? `${limit}.0` : String(limit))

const exampleOf = (example: Histogram['examples'][number]): string =>
  example ? ` # {trace_id="${example.traceId}"} ${example.seconds} ${example.at.getTime() / 1_000}` : ''
