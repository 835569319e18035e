/** Counters and histograms in Prometheus' text format 0.0.4. Our own, for the four kinds of lines that we write need no library. */

export type Labels = Readonly<Record<string, string>>

export type Metrics = {
  /** Adds to a counter; the name should end in `_total`. */
  count: (name: string, labels?: Labels, by?: number) => void
  /** Sets a gauge. */
  set: (name: string, labels: Labels, value: number) => void
  /** Takes all series of a gauge away, before those are set whose value is known now. */
  clear: (name: string) => void
  /** Adds one observation, in seconds, to a histogram. */
  observe: (name: string, labels: Labels, seconds: number) => void
  /** Says what a metric is, once, before it is used. */
  describe: (name: string, type: 'counter' | 'gauge' | 'histogram', help: string) => void
  text: () => string
}

const bucketsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** Label sets per process at most: a label that a stranger can choose would else fill the memory. Further ones are dropped. */
const seriesMax = 10_000

type Histogram = { labels: Labels; counts: number[]; sum: number; count: number }

/** An empty registry. Names and label names are ours; label values are escaped. */
export const createMetrics = (): Metrics => {
  const values = new Map<string, number>()
  const histograms = new Map<string, Histogram>()
  const described = new Map<string, { type: string; help: string }>()
  const hasRoom = () => values.size + histograms.size < seriesMax
  return {
    describe: (name, type, help) => void described.set(name, { type, help }),
    count: (name, labels = {}, by = 1) => {
      const series = seriesOf(name, labels)
      const known = values.get(series)
      if (known !== undefined || hasRoom()) values.set(series, (known ?? 0) + by)
    },
    set: (name, labels, value) => {
      const series = seriesOf(name, labels)
      if (values.has(series) || hasRoom()) values.set(series, value)
    },
    clear: (name) => {
      for (const series of values.keys()) if (nameOf(series) === name) values.delete(series)
    },
    observe: (name, labels, seconds) => {
      const series = seriesOf(name, labels)
      const known = histograms.get(series)
      if (!known && !hasRoom()) return
      const histogram = known ?? { labels, counts: bucketsSeconds.map(() => 0), sum: 0, count: 0 }
      if (!known) histograms.set(series, histogram)
      // Each observation is put into the least bucket that holds it; the text adds them up.
      const bucket = bucketsSeconds.findIndex((limit) => seconds <= limit)
      if (bucket >= 0) histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1
      histogram.sum += seconds
      histogram.count += 1
    },
    text: () => textOf(described, values, histograms),
  }
}

const seriesOf = (name: string, labels: Labels): string => {
  let text = ''
  for (const label in labels) text += `${text === '' ? '' : ','}${label}="${escapeValue(labels[label] ?? '')}"`
  return text === '' ? name : `${name}{${text}}`
}

const escapeValue = (value: string): string =>
  /["\\\n]/.test(value) ? value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n') : value

const nameOf = (series: string): string => {
  const brace = series.indexOf('{')
  return brace < 0 ? series : series.slice(0, brace)
}

/** All series of a metric must stand together below its own two comment lines. */
const textOf = (
  described: ReadonlyMap<string, { type: string; help: string }>,
  values: ReadonlyMap<string, number>,
  histograms: ReadonlyMap<string, Histogram>,
): string => {
  const lines: string[] = []
  for (const [name, { type, help }] of described) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
    for (const [series, value] of values) if (nameOf(series) === name) lines.push(`${series} ${value}`)
    for (const [series, histogram] of histograms) {
      if (nameOf(series) === name) lines.push(...histogramLines(name, histogram))
    }
  }
  return `${lines.join('\n')}\n`
}

const histogramLines = (name: string, { labels, counts, sum, count }: Histogram): string[] => {
  let below = 0
  const buckets = bucketsSeconds.map((limit, index) => {
    below += counts[index] ?? 0
    return `${seriesOf(`${name}_bucket`, { ...labels, le: String(limit) })} ${below}`
  })
  return [
    ...buckets,
    `${seriesOf(`${name}_bucket`, { ...labels, le: '+Inf' })} ${count}`,
    `${seriesOf(`${name}_sum`, labels)} ${sum}`,
    `${seriesOf(`${name}_count`, labels)} ${count}`,
  ]
}
