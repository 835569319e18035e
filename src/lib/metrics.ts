/** Counters and histograms in Prometheus' text format 0.0.4. Our own, for the four kinds of lines that we write need no library. */

export type Labels = Readonly<Record<string, string>>

export type Metrics = {
  /** Adds to a counter; the name should end in `_total`. */
  count: (name: string, labels?: Labels, by?: number) => void
  /** Sets a gauge. */
  set: (name: string, labels: Labels, value: number) => void
  /** Adds one observation, in seconds, to a histogram. */
  observe: (name: string, labels: Labels, seconds: number) => void
  /** Says what a metric is, once, before it is used. */
  describe: (name: string, type: 'counter' | 'gauge' | 'histogram', help: string) => void
  text: () => string
}

const bucketsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** Label sets per process at most: a label that a stranger can choose would else fill the memory. Further ones are dropped. */
const seriesMax = 10_000

/** An empty registry. Names and label names are ours; label values are escaped. */
export const createMetrics = (): Metrics => {
  const values = new Map<string, number>()
  const described = new Map<string, { type: string; help: string }>()
  const add = (series: string, by: number) => {
    if (values.has(series) || values.size < seriesMax) values.set(series, (values.get(series) ?? 0) + by)
  }
  return {
    describe: (name, type, help) => void described.set(name, { type, help }),
    count: (name, labels = {}, by = 1) => add(seriesOf(name, labels), by),
    set: (name, labels, value) => {
      const series = seriesOf(name, labels)
      if (values.has(series) || values.size < seriesMax) values.set(series, value)
    },
    observe: (name, labels, seconds) => {
      for (const limit of bucketsSeconds) {
        add(seriesOf(`${name}_bucket`, { ...labels, le: String(limit) }), seconds <= limit ? 1 : 0)
      }
      add(seriesOf(`${name}_bucket`, { ...labels, le: '+Inf' }), 1)
      add(seriesOf(`${name}_sum`, labels), seconds)
      add(seriesOf(`${name}_count`, labels), 1)
    },
    text: () => textOf(values, described),
  }
}

const seriesOf = (name: string, labels: Labels): string => {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escapeValue(value)}"`)
  return pairs.length > 0 ? `${name}{${pairs.join(',')}}` : name
}

const escapeValue = (value: string): string => value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')

/** All series of a metric must stand together below its own two comment lines. */
const textOf = (
  values: ReadonlyMap<string, number>,
  described: ReadonlyMap<string, { type: string; help: string }>,
): string => {
  const lines: string[] = []
  for (const [name, { type, help }] of described) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
    for (const [series, value] of values) {
      if (familyOf(series, type) === name) lines.push(`${series} ${value}`)
    }
  }
  return `${lines.join('\n')}\n`
}

const familyOf = (series: string, type: string): string => {
  const name = series.replace(/\{.*$/s, '')
  return type === 'histogram' ? name.replace(/_(bucket|sum|count)$/, '') : name
}
