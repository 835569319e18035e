// What PostgreSQL did for each statement, as auto_explain writes it into the server's log (PostgreSQL manual 18, F.3): which rows each step of a plan had in its hand.
import { readFile, stat } from 'node:fs/promises'
import type { Sql } from '../../src/store/database.ts'

/** A step that reads a table, and how many of its rows it looked at in all its rounds, those included that it threw away. */
export type Scan = { statement: string; relation: string; by: string; rows: number }

type Node = {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows'?: number
  'Actual Loops'?: number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  Plans?: Node[]
}

/** From the next connection on, every statement of the database and of its functions is explained with what was really read. */
export const explainAll = async (sql: Sql): Promise<void> => {
  const settings = {
    session_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_analyze': 'on',
    'auto_explain.log_timing': 'off',
    'auto_explain.log_format': 'json',
    'auto_explain.log_nested_statements': 'on',
    // Of some ten thousand rows PostgreSQL often, and rightly, takes all rather than ask an index for some hundred. Asked is whether there is a way that does not.
    enable_seqscan: 'off',
    enable_hashjoin: 'off',
    enable_mergejoin: 'off',
  }
  const [row] = await sql`select current_database() as name`
  for (const [name, value] of Object.entries(settings))
    await sql.unsafe(`alter database "${row?.name}" set ${name} = '${value}'`)
}

/** Every scan of what was said since the last call. */
export const openPlans = async (logFile: string): Promise<() => Promise<Scan[]>> => {
  let { size: read } = await stat(logFile)
  return async () => {
    const log = await readFile(logFile)
    const text = log.subarray(read).toString('utf8')
    read = log.length
    return scansIn(text)
  }
}

export const scansIn = (log: string): Scan[] =>
  log.split(/\n(?=\d{4}-\d\d-\d\d )/).flatMap((entry) => {
    const [, json] = /LOG: {2}duration: [\d.]+ ms {2}plan:\s*(\{.*\})\s*$/s.exec(entry) ?? []
    if (!json) return []
    const { 'Query Text': statement, Plan: plan } = JSON.parse(json) as { 'Query Text': string; Plan: Node }
    return scansOf(plan).map((scan) => ({ ...scan, statement: statement.replace(/\s+/g, ' ').trim() }))
  })

const scansOf = (node: Node): Omit<Scan, 'statement'>[] => {
  const below = (node.Plans ?? []).flatMap(scansOf)
  const relation = node['Relation Name']
  if (!relation || !node['Node Type'].includes('Scan')) return below
  const each = [node['Actual Rows'], node['Rows Removed by Filter'], node['Rows Removed by Index Recheck']]
  const rows = Math.round(each.reduce((sum: number, more) => sum + (more ?? 0), 0) * (node['Actual Loops'] ?? 0))
  return [{ relation, by: node['Index Name'] ?? node['Node Type'], rows }, ...below]
}
