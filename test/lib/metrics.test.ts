import { expect, it } from 'vitest'
import { createMetrics } from '../../src/lib/metrics.ts'

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

it('keeps a bounded number of series', () => {
  const metrics = createMetrics()
  metrics.describe('a_total', 'counter', 'x')
  for (let index = 0; index < 12_000; index++) metrics.count('a_total', { index: String(index) })
  expect(metrics.text().split('\n').length).toBeLessThan(10_010)
})
