// The rules that Prometheus is given, tried by its own promtool: each alert is made to fire, and kept from it.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { packageRoot } from '../../src/node/migrations.ts'
import { needPrometheus, promtool } from '../kit/prometheus.ts'

const rulesPath = join(packageRoot(), 'deploy/prometheus/rules.yml')
const { groups } = parse(await readFile(rulesPath, 'utf8')) as {
  groups: { rules: { alert?: string; expr: string; annotations?: { runbook: string } }[] }[]
}
const rules = groups.flatMap((group) => group.rules)
const alerts = [...new Set(rules.flatMap(({ alert }) => alert ?? []))]

/** Series and what they grow by, or are, each minute. */
type Series = Record<string, string>
type Expected = { alert: string; at: string; windows: readonly string[] }

type Case = { series: Series; expected: readonly Expected[] }

/** One run of promtool for all of them: what fires at an instant, by alert and window. `every` is how often the rules are looked at. */
const tried = async (cases: readonly Case[], every = '1m') => {
  const folder = await mkdtemp(join(tmpdir(), 'lephi-rules-'))
  const tests = cases.map(({ series, expected }) => ({
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: expected.map(({ alert, at, windows }) => ({
      expr: `count by (window) (ALERTS{alertname="${alert}",alertstate="firing"})`,
      eval_time: at,
      exp_samples: windows.map((window) => ({ labels: window === '' ? '{}' : `{window="${window}"}`, value: 1 })),
    })),
  }))
  await writeFile(
    join(folder, 'test.yml'),
    stringify({ rule_files: [rulesPath], evaluation_interval: every, tests }, { aliasDuplicateObjects: false }),
  )
  const result = promtool(['test', 'rules', join(folder, 'test.yml')])
  await rm(folder, { recursive: true })
  return result
}

const content = expect.objectContaining({ isContent: true })
const perMinute = 1_000_000

const counters = (series: string, labels: string) => (bad: number) => ({
  [`${series}{${labels},status="200"}`]: `0+${perMinute - bad}x80`,
  [`${series}{${labels},status="503"}`]: `0+${bad}x80`,
})
/** Of the proxy, which tells codes by their first figure. */
const atProxy = (name: string) => (bad: number) => ({
  [`haproxy_backend_http_responses_total{proxy="${name}",code="2xx"}`]: `0+${perMinute - bad}x80`,
  [`haproxy_backend_http_responses_total{proxy="${name}",code="5xx"}`]: `0+${bad}x80`,
})
const histogram = (name: string, labels: string, le: string) => (bad: number) => ({
  [`${name}_count{${labels}}`]: `0+${perMinute}x80`,
  [`${name}_bucket{${labels === '' ? '' : `${labels},`}le="${le}"}`]: `0+${perMinute - bad}x80`,
})
const callbacks = 'route="/callbacks/{provider}/{merchant_account}"'

const objectives: Record<string, { allowed: number; with: (bad: number) => Series }> = {
  CallbacksAnswered: { allowed: 0.0005, with: counters('lephi_http_requests_total', callbacks) },
  CallbacksQuick: { allowed: 0.01, with: histogram('lephi_http_request_duration_seconds', callbacks, '1.0') },
  OrdersAnswered: { allowed: 0.001, with: counters('lephi_http_requests_total', 'route="/v1/orders/{order}"') },
  CheckoutAnswered: { allowed: 0.001, with: counters('lephi_http_requests_total', 'route="/pay/{token}"') },
  CheckoutQuick: {
    allowed: 0.01,
    with: histogram('lephi_http_request_duration_seconds', 'route="/pay/{token}"', '1.0'),
  },
  ProgramsServed: { allowed: 0.001, with: atProxy('programs') },
  PayersServed: { allowed: 0.001, with: atProxy('callbacks') },
  WebhooksPrompt: { allowed: 0.01, with: histogram('lephi_webhook_first_try_seconds', '', '10.0') },
}

/** What makes each alarm, what does not, and how long it takes. */
const alarms: Record<string, { at: string; fires: Series; quiet: Series }> = {
  MetricsMissing: { at: '16m', fires: { other: '1x80' }, quiet: { lephi_money_suspense_dong: '0x80' } },
  MoneyUnknown: {
    at: '2h30m',
    fires: { 'lephi_money_unknown_dong{kind="payment",provider="a"}': '150000x200' },
    quiet: { 'lephi_money_unknown_dong{kind="payment",provider="a"}': '150000x100 0x100' },
  },
  MoneyUnmatched: {
    at: '24h30m',
    fires: { 'lephi_money_unmatched_dong{class="missing_here"}': '1x1500' },
    quiet: { 'lephi_money_unmatched_dong{class="missing_here"}': '1x1300 _x200' },
  },
  MoneyInSuspense: {
    at: '24h30m',
    fires: { lephi_money_suspense_dong: '1x1500' },
    quiet: { lephi_money_suspense_dong: '1x1300 0x200' },
  },
  ReceiptsLate: {
    at: '10m',
    fires: { lephi_orders_without_receipt_age_seconds: '3601x20' },
    quiet: { lephi_orders_without_receipt_age_seconds: '3600x20' },
  },
  RefundsOverdue: { at: '61m', fires: { lephi_refunds_overdue: '1x80' }, quiet: { lephi_refunds_overdue: '0x80' } },
  ProviderDown: {
    at: '6m',
    fires: { 'lephi_provider_status{provider="a",merchant_account="m"}': '0x20' },
    quiet: { 'lephi_provider_status{provider="a",merchant_account="m"}': '0.5x20' },
  },
  CallbacksLate: {
    at: '16m',
    fires: { 'lephi_provider_callback_delay_seconds{provider="a",merchant_account="m"}': '601x20' },
    quiet: { 'lephi_provider_callback_delay_seconds{provider="a",merchant_account="m"}': '600x20' },
  },
  CallbacksShed: {
    at: '10m',
    fires: { 'lephi_requests_shed_total{urgency="callback",reason="full"}': '0+1x20' },
    quiet: { 'lephi_requests_shed_total{urgency="api",reason="full"}': '0+1x20' },
  },
  WebhooksBehind: {
    at: '6m',
    fires: { lephi_webhook_lag_seconds: '301x20' },
    quiet: { lephi_webhook_lag_seconds: '300x20' },
  },
  LedgerUnchained: {
    at: '11m',
    fires: { lephi_ledger_unchained_age_seconds: '601x20' },
    quiet: { lephi_ledger_unchained_age_seconds: '600x20' },
  },
  MonthsMissing: {
    at: '121m',
    fires: { 'lephi_months_missing{table="callbacks"}': '1x130' },
    quiet: { 'lephi_months_missing{table="callbacks"}': '0x130' },
  },
  LedgerUnsealed: {
    at: '31m',
    fires: { 'lephi_ledger_sealed_age_seconds{agency="H56"}': '90001x40' },
    quiet: { 'lephi_ledger_sealed_age_seconds{agency="H56"}': '90000x40' },
  },
  ProcessAway: {
    at: '11m',
    fires: {
      'haproxy_server_check_status{proxy="programs",server="one",state="L7OK"}': '1x20',
      'haproxy_server_check_status{proxy="programs",server="two",state="L7OK"}': '0x20',
    },
    quiet: { 'haproxy_server_check_status{proxy="programs",server="one",state="L7OK"}': '1x20' },
  },
}

it('names in each alert a place of docs/operations.md', async () => {
  const operations = await readFile(join(packageRoot(), 'docs/operations.md'), 'utf8')
  const anchors = [...operations.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title.toLowerCase().replaceAll(' ', '-'),
  )
  for (const { annotations } of rules)
    if (annotations) expect(anchors).toContain(annotations.runbook.replace('docs/operations.md#', ''))
})

it.each([
  ['docs/operations.md', 'Means', 'Do'],
  ['docs/vi/operations.md', 'Nghĩa là', 'Việc cần làm'],
])('has in %s one paragraph for each alert, with what it means and what to do', async (page, means, act) => {
  const runbook = await readFile(join(packageRoot(), page), 'utf8')
  const paragraphs = runbook.split(/^#+ /m).filter((paragraph) => paragraph.startsWith('Lephi'))
  const titles = paragraphs.map((paragraph) => paragraph.split('\n')[0])
  const named = alerts.map((name) => (name.startsWith('LephiBudgetBurns') ? 'LephiBudgetBurns' : name))
  expect(titles.toSorted()).toEqual([...new Set(named)].toSorted())
  for (const paragraph of paragraphs) {
    const [, meaning = '', deeds = ''] = paragraph.split(new RegExp(`\\*(?:${means}|${act}):\\*`))
    expect([meaning.trim().length > 20, deeds.trim().length > 20], paragraph).toEqual([true, true])
  }
})

it('names only metrics that there are', async () => {
  const sources = ['src/flows/metric-names.ts', 'src/api/observe.ts', 'src/api/admit.ts']
  const described = await Promise.all(sources.map((path) => readFile(join(packageRoot(), path), 'utf8')))
  const named = rules.flatMap(({ expr }) => expr.match(/\blephi_\w+/g) ?? [])
  expect(named.length).toBeGreaterThan(20)
  for (const name of named) expect(described.join('\n')).toContain(name.replace(/_seconds_(bucket|count)$/, '_seconds'))
})

it('tries every alert', () => {
  const names = [...Object.keys(objectives).map((name) => `BudgetBurns${name}`), ...Object.keys(alarms)]
  expect(alerts.map((name) => name.replace(/^Lephi/, '')).toSorted()).toEqual(names.toSorted())
})

describe('by promtool', () => {
  needPrometheus()

  it('the rules are sound', () => {
    expect(promtool(['check', 'rules', rulesPath])).toEqual(content)
  })

  /** Times what is allowed, and over which windows that is told of. */
  it.each([
    [16, ['1h', '6h', '3d']],
    [10, ['6h', '3d']],
    [3, ['3d']],
    [0.5, []],
  ])('a budget that is spent %s times as fast as allowed is told of over %j', async (factor, windows) => {
    const cases = Object.entries(objectives).map(([name, { allowed, with: made }]) => ({
      series: made(Math.round(factor * allowed * perMinute)),
      expected: [{ alert: `LephiBudgetBurns${name}`, at: '70m', windows }],
    }))
    // Each case is put to all rules: looked at as often as every minute they would take promtool half a minute on a busy machine.
    expect(await tried(cases, '5m')).toEqual(content)
  })

  it('counts who was refused at the door as not served', async () => {
    const series = {
      [`lephi_http_requests_total{${callbacks},status="200"}`]: '0+1000x80',
      'lephi_requests_shed_total{urgency="callback",reason="full"}': '0+20x80',
    }
    const expected = [{ alert: 'LephiBudgetBurnsCallbacksAnswered', at: '70m', windows: ['1h', '6h', '3d'] }]
    expect(await tried([{ series, expected }])).toEqual(content)
  })

  it('ends soon after what was wrong has ended, by its short window', async () => {
    const series = {
      [`lephi_http_requests_total{${callbacks},status="200"}`]: '0+10x30 300+1000x30',
      [`lephi_http_requests_total{${callbacks},status="500"}`]: '0+1000x30 30000x30',
    }
    const alert = 'LephiBudgetBurnsCallbacksAnswered'
    const expected = [
      { alert, at: '30m', windows: ['1h', '6h', '3d'] },
      { alert, at: '40m', windows: ['6h', '3d'] },
    ]
    expect(await tried([{ series, expected }])).toEqual(content)
  })

  // Those that take hours are looked at more seldom, or a day would take promtool a minute.
  it.each([
    ['within the hour', '1m', (at: string) => !at.includes('h')],
    ['after hours', '15m', (at: string) => at.includes('h')],
  ] as const)('each alarm is raised by what it is for, and by nothing less, %s', async (_, every, isOfThese) => {
    const cases = Object.entries(alarms)
      .filter(([, { at }]) => isOfThese(at))
      .flatMap(([name, { at, fires, quiet }]) => [
        { series: fires, expected: [{ alert: `Lephi${name}`, at, windows: [''] }] },
        { series: quiet, expected: [{ alert: `Lephi${name}`, at, windows: [] }] },
      ])
    expect(cases.length).toBeGreaterThan(5)
    expect(await tried(cases, every)).toEqual(content)
  })
})
