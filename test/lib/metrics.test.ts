import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../src/lib/metrics.ts'
import { needPrometheus, promtool, scrapeOnce } from '../kit/prometheus.ts'

it('writes Prometheus text with each metric’s series together', () => {
  const metrics = createMetrics()
  metrics.describe('a_total', 'counter', 'Things.')
  metrics.describe('b_seconds', 'histogram', 'Times.')
  metrics.describe('c', 'gauge', 'Level.')
  metrics.count('a_total', { kind: 'x' })
  metrics.observe('b_seconds', { route: '/' }, 0.02)
  metrics.count('a_total', { kind: 'quote " back \\ line \n' }, 2)
  metrics.count('a_total', { kind: 'x' })
  metrics.set('c', {}, 4)
  metrics.set('c', {}, 3)
  const text = metrics.text()
  expect(text).toContain(
    '# HELP a_total Things.\n# TYPE a_total counter\na_total{kind="x"} 2\na_total{kind="quote \\" back \\\\ line \\n"} 2\n',
  )
  expect(text).toContain('b_seconds_bucket{route="/",le="0.01"} 0\n')
  expect(text).toContain('b_seconds_bucket{route="/",le="0.025"} 1\n')
  expect(text).toContain(
    'b_seconds_bucket{route="/",le="+Inf"} 1\nb_seconds_sum{route="/"} 0.02\nb_seconds_count{route="/"} 1\n',
  )
  expect(text.endsWith('# HELP c Level.\n# TYPE c gauge\nc 3\n')).toBe(true)
})

describe('in OpenMetrics', () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const filled = () => {
    const metrics = createMetrics()
    metrics.describe('a_total', 'counter', 'Things.')
    metrics.describe('b_seconds', 'histogram', 'Times.')
    metrics.count('a_total', { kind: 'quote " back \\ line \n' }, 2)
    metrics.observe('b_seconds', { route: '/' }, 0.02, { traceId: 'f'.repeat(32), at: new Date(1_000) })
    metrics.observe('b_seconds', { route: '/' }, 0.02, { traceId, at: new Date() })
    metrics.observe('b_seconds', { route: '/' }, 0.021)
    metrics.observe('b_seconds', { route: '/' }, 60, { traceId: 'a'.repeat(32), at: new Date() })
    return metrics
  }

  it('names a counter’s family without its ending, shows the latest example of each bucket, and says where it ends', () => {
    const text = filled().text('openmetrics')
    expect(text).toContain('# TYPE a counter\na_total{kind="quote')
    expect(text).toMatch(
      new RegExp(`^b_seconds_bucket\\{route="/",le="0.025"\\} 3 # \\{trace_id="${traceId}"\\} 0.02 [\\d.]+$`, 'm'),
    )
    expect(text).toMatch(/^b_seconds_bucket\{route="\/",le="\+Inf"\} 4 # \{trace_id="a+"\} 60 [\d.]+$/m)
    expect(text.match(/trace_id/g)).toHaveLength(2)
    expect(text.endsWith('\n# EOF\n')).toBe(true)
    expect(filled().text()).not.toMatch(/trace_id|EOF/)
  })

  describe('as Prometheus reads it', () => {
    needPrometheus()

    it('has its examples and values, and the older format pleases its linter', { timeout: 60_000 }, async () => {
      const read = await scrapeOnce(
        async () =>
          new Response(filled().text('openmetrics'), {
            headers: { 'content-type': 'application/openmetrics-text; version=1.0.0; charset=utf-8' },
          }),
        { examplesOf: 'b_seconds_bucket', valuesOf: 'b_seconds_bucket{le="1.0"}' },
      )
      expect([read.error, Object.values(read.values)]).toEqual(['', ['3']])
      expect(read.examples).toEqual(
        expect.arrayContaining([
          { trace: traceId, value: '0.02' },
          { trace: 'a'.repeat(32), value: '60' },
        ]),
      )
      expect(promtool(['check', 'metrics'], filled().text())).toEqual({ isContent: true, said: '' })
    })
  })
})

it('keeps a bounded number of series', () => {
  const metrics = createMetrics()
  metrics.describe('a_total', 'counter', 'x')
  for (let index = 0; index < 12_000; index++) metrics.count('a_total', { index: String(index) })
  expect(metrics.text().split('\n').length).toBeLessThan(10_010)
})
