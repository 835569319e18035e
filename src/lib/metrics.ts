/** Counters, gauges and histograms of one process; metrics-text.ts writes them. Our own, for the four kinds of lines that we write need no library. */
import {
  type Described,
  type Histogram,
  type Labels,
  type MetricsFormat,
  nameOf,
  seriesOf,
  textOf,
} from './metrics-text.ts'

export type { Labels }

export type Metrics = {
  /** Adds to a counter; the name should end in `_total`. */
  count: (name: string, labels?: Labels, by?: number) => void
  /** Sets a gauge. */
  set: (name: string, labels: Labels, value: number) => void
  /** Takes all series of a gauge away, before those are set whose value is known now. */
  clear: (name: string) => void
  /** Adds one observation, in seconds, to a histogram. An example is shown beside the bucket that it fell into, until another takes its place. */
  observe: (name: string, labels: Labels, seconds: number, example?: Example | null) => void
  /** Says what a metric is, once, before it is used. */
  describe: (name: string, type: 'counter' | 'gauge' | 'histogram', help: string) => void
  text: (format?: MetricsFormat) => string
}

/** The trace in which something was observed, and when: what OpenMetrics calls an exemplar. */
export type Example = { traceId: string; at: Date }

/** Upper limits of a histogram's buckets. A rule that asks how many took longer than some time needs one that is equal to it. */
export const bucketsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** Label sets per process at most: a label that a stranger can choose would else fill the memory. Further ones are dropped. */
const seriesMax = 10_000

/** An empty registry. Names and label names are ours; label values are escaped. */
export const createMetrics = (): Metrics => {
  const values = new Map<string, number>()
  const histograms = new Map<string, Histogram>()
  const described = new Map<string, Described>()
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
    observe: (name, labels, seconds, example = null) => {
      const series = seriesOf(name, labels)
      const known = histograms.get(series)
      if (!known && !hasRoom()) return
      const histogram = known ?? { labels, counts: bucketsSeconds.map(() => 0), examples: [], sum: 0, count: 0 }
      if (!known) histograms.set(series, histogram)
      // Each observation is put into the least bucket that holds it; the text adds them up. The last one has what is longer than all.
      const found = bucketsSeconds.findIndex((limit) => seconds <= limit)
      const bucket = found < 0 ? bucketsSeconds.length : found
      if (found >= 0) histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1
      if (example) histogram.examples[bucket] = { ...example, seconds }
      histogram.sum += seconds
      histogram.count += 1
    },
    text: (format = 'prometheus') => textOf({ described, values, histograms, bucketsSeconds }, format),
  }
}
