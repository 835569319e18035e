// What the dashboard and the rules ask Prometheus for is what a gateway tells it: names by /metrics itself, labels by the places that set them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parser } from '@prometheus-io/lezer-promql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { packageRoot } from '../../src/node/migrations.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { isNode, loadSources, type Node, type Source } from '../tidy/source.ts'

const deploy = join(packageRoot(), 'deploy')
const dashboard = z
  .looseObject({
    uid: z.string(),
    panels: z.array(
      z.looseObject({
        title: z.string(),
        datasource: z.looseObject({ uid: z.string() }).optional(),
        targets: z.array(z.looseObject({ expr: z.string(), legendFormat: z.string() })).default([]),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(deploy, 'grafana', 'dashboards', 'lephi.json'), 'utf8')))

const ruleFile = z.object({
  groups: z.array(
    z.looseObject({ rules: z.array(z.looseObject({ record: z.string().optional(), expr: z.coerce.string() })) }),
  ),
})

type Asked = { where: string; expr: string; legend: string }

const shown: Asked[] = dashboard.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr, legendFormat }) => ({ where: title, expr, legend: legendFormat })),
)
const { rule_files: ruleFiles } = z
  .looseObject({ rule_files: z.array(z.string()) })
  .parse(parse(readFileSync(join(deploy, 'prometheus', 'prometheus.yml'), 'utf8')))
const rules = ruleFiles.flatMap((path) =>
  ruleFile
    .parse(parse(readFileSync(join(deploy, 'prometheus', path), 'utf8')))
    .groups.flatMap((group) => group.rules.map((rule) => ({ where: path, ...rule }))),
)
const ruled: Asked[] = rules.map(({ where, expr }) => ({ where, expr, legend: '' }))

/** Names and labels in an expression; throws where it is no PromQL. What Grafana fills in is filled in. */
const read = (expr: string): { metrics: string[]; labels: string[] } => {
  const text = expr.replaceAll('$__rate_interval', '5m')
  const found = { metrics: [] as string[], labels: [] as string[] }
  parser.parse(text).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) throw new Error(`no PromQL at ${from}: ${expr}`)
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector') found.metrics.push(text.slice(from, to))
      if (type.name === 'LabelName') found.labels.push(text.slice(from, to))
    },
  })
  return found
}

/** Labels by metric, where they are written out beside its name; null where they come from elsewhere. */
const labelsSet = (sources: readonly Source[]): Map<string, Set<string> | null> => {
  const labels = new Map<string, Set<string> | null>()
  for (const source of sources)
    for (const node of source.nodes) {
      const call = callOf(source, node)
      if (!call) continue
      const known = labels.get(call.name)
      labels.set(call.name, call.labels && known !== null ? new Set([...(known ?? []), ...call.labels]) : null)
    }
  return labels
}

const callOf = (source: Source, node: Node): { name: string; labels: string[] | null } | null => {
  if (node.type !== 'CallExpression' || !isNode(node.callee) || !Array.isArray(node.arguments)) return null
  if (!/\bmetrics\.(count|set|observe)$/.test(source.text.slice(node.callee.start, node.callee.end))) return null
  const [name, labels] = node.arguments.filter(isNode)
  if (!name || typeof name.value !== 'string') return null
  if (!labels) return { name: name.value, labels: [] }
  const properties = labels.type === 'ObjectExpression' && Array.isArray(labels.properties) ? labels.properties : null
  const keys = properties?.filter(isNode).map(({ key }) => (isNode(key) ? String(key.name ?? key.value) : ''))
  return { name: name.value, labels: keys ?? null }
}

const sources = loadSources('src')
let gateway: TestApp
/** Kinds by name, as /metrics describes them. */
const told = new Map<string, string>()
beforeAll(async () => {
  gateway = await startTestApp()
  const text = await (await gateway.request('/metrics')).text()
  for (const [, name = '', kind = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) told.set(name, kind)
})
afterAll(() => gateway.close())

/** The series of a histogram bear other names than it does. `up` is Prometheus' own. */
const seriesOf = ([name, kind]: [string, string]): string[] =>
  kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => `${name}${end}`) : [name]

describe('what is asked for', () => {
  it('is there to be looked at', () => {
    expect(shown.length).toBeGreaterThan(15)
    expect(told.size).toBeGreaterThan(15)
    expect(ruled.length).toBeGreaterThan(15)
  })

  it('is told by the gateway, under that name', () => {
    const recorded = rules.flatMap(({ record }) => record ?? [])
    const known = new Set(['up', ...recorded, ...[...told].flatMap(seriesOf)])
    const unknown = [...shown, ...ruled].flatMap(({ where, expr }) =>
      read(expr)
        // The proxy's are held against what it tells in front-overload.test.ts.
        .metrics.filter((name) => !known.has(name) && !name.startsWith('haproxy_'))
        .map((name) => `${where}: ${name}`),
    )
    expect(unknown).toEqual([])
  })

  it('has the labels by which it is told apart', () => {
    const labels = labelsSet(sources)
    const wrong = [...shown, ...ruled].flatMap(({ where, expr, legend }) => {
      const { metrics, labels: asked } = read(expr)
      const sets = metrics.map((name) => labels.get(name.replace(/_(bucket|sum|count)$/, '')))
      if (sets.some((set) => !set)) return []
      const known = new Set(['job', 'instance', 'le', ...sets.flatMap((set) => [...(set ?? [])])])
      const named = [...asked, ...[...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label)]
      return named.filter((label) => !known.has(label)).map((label) => `${where}: ${label}`)
    })
    expect(wrong).toEqual([])
  })
})

it('asks the data source that is set up', () => {
  const { datasources } = parse(
    readFileSync(join(deploy, 'grafana', 'provisioning', 'datasources', 'prometheus.yaml'), 'utf8'),
  ) as { datasources: { uid: string }[] }
  const used = new Set(dashboard.panels.flatMap(({ datasource }) => (datasource ? [datasource.uid] : [])))
  expect([...used]).toEqual(datasources.map(({ uid }) => uid))
})
