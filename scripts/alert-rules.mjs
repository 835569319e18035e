// `npm run alert-rules` writes deploy/prometheus/rules.yml from slo.yml beside it; with --check it only says whether the committed file is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parse, stringify } from 'yaml'
import { bundle, root } from './bundle.mjs'

const source = join(root, 'deploy/prometheus/slo.yml')
const target = join(root, 'deploy/prometheus/rules.yml')
const load = async (entry) => import(pathToFileURL(await bundle(entry)).href)
const { bucketsSeconds } = await load('src/lib/metrics.ts')
const { bucketLimit } = await load('src/lib/metrics-text.ts')

/**
 * How fast a budget is being spent, over a long and a short window at once (Google, The Site Reliability Workbook, chapter 5, table 5-8): 2 % of it in an hour, 5 % in six hours,
 * 10 % in three days. The short window ends the alert soon after what was wrong has ended.
 */
const burns = [
  { factor: 14.4, long: '1h', short: '5m', severity: 'page' },
  { factor: 6, long: '6h', short: '30m', severity: 'page' },
  { factor: 1, long: '3d', short: '6h', severity: 'ticket' },
]
const windows = ['5m', '30m', '1h', '6h', '3d']

const { window_days: windowDays, objectives, alarms } = parse(readFileSync(source, 'utf8'))
const groups = [
  { name: 'lephi-shares', rules: objectives.flatMap((each) => windows.map((window) => shareRule(each, window))) },
  {
    name: 'lephi-budgets',
    // Thirty days are read for each: seldom is enough for what changes slowly.
    interval: '5m',
    rules: objectives.flatMap((each) => [shareRule(each, `${windowDays}d`), budgetRule(each)]),
  },
  { name: 'lephi-burn-rates', rules: objectives.flatMap((each) => burns.map((burn) => burnRule(each, burn))) },
  { name: 'lephi-alarms', rules: alarms.map(alarmRule) },
]
const text = `# Made of slo.yml by \`npm run alert-rules\`. Edit that, not this.\n${stringify({ groups }, { lineWidth: 0 })}`

if (process.argv.includes('--check')) {
  if (!existsSync(target) || readFileSync(target, 'utf8') !== text)
    fail('deploy/prometheus/rules.yml is stale: run "npm run alert-rules" and commit it')
  console.log('deploy/prometheus/rules.yml is up to date')
} else {
  writeFileSync(target, text)
  console.log('wrote deploy/prometheus/rules.yml')
}

/** The share of what was bad in a window; not a number where nothing was asked, and so no alert. */
function shareRule(objective, window) {
  const { bad, all } = objective.histogram ? slowOf(objective, window) : countsOf(objective, window)
  return {
    record: `lephi:bad:ratio_rate${window}`,
    expr: `(${bad}) / (${all})`,
    labels: { objective: objective.name },
  }
}

function countsOf({ bad, all }, window) {
  // What never happened has no series, and a sum with nothing in it would be nothing.
  const sum = (series) => series.map((each) => `(sum(rate(${each}[${window}])) or vector(0))`).join(' + ')
  return { bad: sum(bad), all: sum(all) }
}

function slowOf({ name, histogram, slower_than_seconds: seconds }, window) {
  if (!bucketsSeconds.includes(seconds))
    fail(`slo.yml: ${name} wants a bucket that ends at ${seconds} s; there is none`)
  const [, metric, labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(histogram) ?? fail(`slo.yml: ${name} names no histogram`)
  const all = `sum(rate(${metric}_count{${labels}}[${window}]))`
  const le = [labels, `le="${bucketLimit(seconds)}"`].filter(Boolean).join(',')
  return { bad: `${all} - sum(rate(${metric}_bucket{${le}}[${window}]))`, all }
}

/** What is left of the budget: 1 all of it, 0 nothing, less where the promise is broken. */
function budgetRule({ name, percent }) {
  return {
    record: 'lephi:budget_left:ratio',
    expr: `1 - lephi:bad:ratio_rate${windowDays}d{objective="${name}"} / ${allowedOf(percent)}`,
    labels: { objective: name },
  }
}

function burnRule({ name, says, percent }, { factor, long, short, severity }) {
  const spent = (window) => `lephi:bad:ratio_rate${window}{objective="${name}"} > ${factor} * ${allowedOf(percent)}`
  return {
    alert: `LephiBudgetBurns${name}`,
    expr: `${spent(long)} and ${spent(short)}`,
    labels: { severity, window: long },
    annotations: {
      summary: `Too few ${says}: promised are ${percent} %, and at the pace of the last ${long} what is allowed in ${windowDays} days is spent in ${Number((windowDays / factor).toFixed(1))} days`,
      runbook: 'docs/operations.md#lephibudgetburns',
    },
  }
}

function alarmRule({ name, says, when, for: lasting, severity }) {
  return {
    alert: `Lephi${name}`,
    expr: when,
    ...(lasting ? { for: lasting } : {}),
    labels: { severity },
    annotations: { summary: says, runbook: `docs/operations.md#lephi${name.toLowerCase()}` },
  }
}

/** Of a percentage with few digits behind the point; written so that no binary fraction shows. */
function allowedOf(percent) {
  return Number((1 - percent / 100).toFixed(6))
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
