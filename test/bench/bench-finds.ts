// Finding orders among ever more of them: each way of asking has to take as long among ten million as among a hundred thousand.
import type { Sql } from 'postgres'
import { runClosed } from './closed-loop.ts'
import { openRequests } from './requests.ts'
import type { Row, Told } from './rows.ts'
import type { Stage } from './stage.ts'

const rounds = 40
const chunk = 100_000

export const measureFinds = async (stage: Stage, sizes: readonly number[], told: Told): Promise<Row[]> => {
  const requests = await openRequests(stage.gateway())
  const place = { host: '127.0.0.1', port: Number(new URL(stage.gateway().url).port) }
  await runClosed(place, { callers: 1, requests: [requests.order()] })
  const rows: Row[] = []
  const first: Record<string, number> = {}
  let stored = 0
  for (const size of sizes) {
    for (; stored < size; stored += Math.min(chunk, size - stored)) {
      await fill(stage.sql, { from: stored, count: Math.min(chunk, size - stored) })
      told(`orders stored: ${stored + Math.min(chunk, size - stored)} of ${size}`)
    }
    await stage.sql`vacuum analyze orders, order_lines, payer_words`
    for (const [what, path] of ways(size)) {
      const asked = Array.from({ length: rounds }, (_, index) => requests.get(path(index), true))
      await runClosed(place, { callers: 1, requests: asked })
      const { p50, p99, statuses } = await runClosed(place, { callers: 1, requests: asked })
      if (statuses[200] !== rounds) throw new Error(`${what}: ${JSON.stringify(statuses)}`)
      first[what] ??= p50
      rows.push({
        what: `find ${what}, of ${size.toLocaleString('en')}`,
        clients: 1,
        ours: p50,
        floor: first[what],
        unit: 'ms',
        p50,
        p99,
        peakMiB: null,
      })
    }
  }
  return rows
}

/** Stored orders are numbered from 0; what is asked for is spread over all of them. */
const ways = (size: number): [string, (index: number) => string][] => {
  const at = (index: number) => Math.floor((size / rounds) * index)
  const day = (index: number) => new Date(firstInstant + at(index) * 1_000)
  return [
    ['by dossier', (index) => `/v1/orders?dossier_code=${dossierOf(at(index))}`],
    ['by status, newest first', () => '/v1/orders?status=open&limit=50'],
    [
      'by an hour',
      (index) =>
        `/v1/orders?created_from=${day(index).toISOString()}&created_to=${new Date(day(index).getTime() + 3_600_000).toISOString()}&limit=50`,
    ],
    ['by payer’s name', (index) => `/v1/orders?payer_name=${encodeURIComponent(`Người nộp ${at(index)}`)}`],
    ['by amount', () => '/v1/orders?amount=777000&limit=50'],
  ]
}

const firstInstant = Date.UTC(2026, 0, 1)
const dossierOf = (number: number) => `H56.12.03-250101-${String(number).padStart(8, '0')}`

/** Copies of the newest order with numbers of their own, one a second; written as rows, past the triggers, for they are there to be searched only. */
const fill = async (sql: Sql, { from, count }: { from: number; count: number }): Promise<void> => {
  const others = async (table: string, own: readonly string[]) => {
    const rows = await sql`
      select column_name from information_schema.columns
      where table_schema = current_schema() and table_name = ${table} and is_generated = 'NEVER' order by ordinal_position`
    return rows.map((row) => String(row.column_name)).filter((name) => !own.includes(name))
  }
  const orderOwn = ['id', 'dossier_code', 'checkout_token', 'created_at', 'payer_name']
  const lineOwn = ['order_id', 'dossier_code']
  const [orderRest, lineRest] = [await others('orders', orderOwn), await others('order_lines', lineOwn)]
  const numbers = `generate_series(${from}, ${from + count - 1}) as n`
  const newest = "(select * from orders where id not like 'ord\\_00%' order by created_at desc limit 1)"
  const id = "'ord_00' || lpad(n::text, 24, '0')"
  const dossier = "'H56.12.03-250101-' || lpad(n::text, 8, '0')"
  const at = `timestamptz '2026-01-01' + n * interval '1 second'`
  await sql.begin(async (transaction) => {
    await transaction.unsafe('set local session_replication_role = replica')
    await transaction.unsafe(`create temporary table model on commit drop as select * from ${newest} as one`)
    await transaction.unsafe(
      `create temporary table model_line on commit drop as select * from order_lines where order_id = (select id from model) limit 1`,
    )
    const rest = (names: readonly string[]) => names.map((name) => `model."${name}"`).join(', ')
    const listed = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ')
    await transaction.unsafe(
      `insert into orders (${listed([...orderOwn, ...orderRest])}) select ${id}, ${dossier}, 'bench-' || n, ${at}, 'Người nộp ' || n, ${rest(orderRest)} from model, ${numbers}`,
    )
    await transaction.unsafe(
      `insert into order_lines (${listed([...lineOwn, ...lineRest])}) select ${id}, ${dossier}, ${rest(lineRest)} from model_line as model, ${numbers}`,
    )
    await transaction.unsafe(
      `insert into payer_words (order_id, agency_code, word) select ${id}, model.agency_code, word from model, ${numbers}, unnest(array['nguoi', 'nop', n::text]) as word`,
    )
  })
}
