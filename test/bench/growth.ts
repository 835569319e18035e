// `npm run bench:growth [-- --orders 3000]`: what a paid order leaves in the database, by table: bytes with indexes, after its receipt, its webhooks and the chaining of its entries. The size does not
// depend on how fast the machine is.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { table } from '../../src/node/commands/table.ts'
import { startEmbeddedPostgres } from '../../src/node/embedded-postgres.ts'
import { startGatewayProcess } from '../kit/started-gateway.ts'
import { runClosed } from './closed-loop.ts'
import { openRequests } from './requests.ts'

const { values } = parseArgs({ options: { orders: { type: 'string', default: '3000' } } })
const orders = Number(values.orders)
if (!Number.isSafeInteger(orders) || orders < 100 || orders > 100_000) {
  console.error('usage: npm run bench:growth -- [--orders 3000]')
  process.exit(2)
}
const restMs = 600_000

const dataDir = await mkdtemp(join(tmpdir(), 'lephi-growth-'))
await chmod(dataDir, 0o711)
const server = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), durable: false })
const sql = postgres(server.url, { max: 1, onnotice: () => {} })
const gateway = await startGatewayProcess(
  {
    ...{ LEPHI_DATA_DIR: dataDir, DATABASE_URL: server.url, LEPHI_MODE: 'demo', LEPHI_LOG_LEVEL: 'error' },
    ...{ LEPHI_RATE_READ: '10000000', LEPHI_RATE_WRITE: '10000000' },
  },
  { isDescribed: false },
)

type Sizes = Map<string, { heap: number; indexes: number; rows: number }>

const sizes = async (): Promise<Sizes> => {
  await sql`vacuum (full, analyze)`
  const rows = await sql`
    select coalesce(pg_partition_root(oid), oid)::regclass::text as name,
      sum(pg_table_size(oid))::int as heap, sum(pg_indexes_size(oid))::int as indexes, sum(greatest(reltuples, 0))::int as rows
    from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' group by 1`
  return new Map(rows.map(({ name, heap, indexes, rows: count }) => [String(name), { heap, indexes, rows: count }]))
}

/** Everything that follows from a payment is done: receipts, webhooks, the chain. */
const untilQuiet = async (): Promise<void> => {
  for (const deadline = performance.now() + restMs; performance.now() < deadline; await pause(1_000)) {
    const [owed] = await sql`
      select (select count(*) from orders as paid where status = 'paid' and not exists (select from receipts where order_id = paid.id))
        + (select count(*) from webhook_deliveries where next_attempt_at <= now())
        + (select count(*) from journal_entries as entry where not exists (select from ledger_chain where kind = 'entry' and record_id = entry.id)) as count`
    process.stderr.write(`\r${owed?.count} pieces of work are owed  `)
    if (Number(owed?.count) === 0) return
  }
  throw new Error('the work behind the payments does not come to an end')
}

try {
  const requests = await openRequests(gateway)
  const before = await sizes()
  const { callbacks } = await requests.payments(orders)
  const { hostname: host, port } = new URL(gateway.url)
  await runClosed({ host, port: Number(port) }, { callers: 8, requests: callbacks.map((path) => requests.get(path)) })
  await untilQuiet()
  const after = await sizes()
  const grown = [...after]
    .map(([name, now]) => {
      const was = before.get(name) ?? { heap: 0, indexes: 0, rows: 0 }
      return { name, rows: now.rows - was.rows, heap: now.heap - was.heap, indexes: now.indexes - was.indexes }
    })
    .filter(({ heap, indexes }) => heap + indexes > 0)
    .toSorted((a, b) => b.heap + b.indexes - a.heap - a.indexes)
  const each = (bytes: number) => String(Math.round(bytes / orders))
  console.log(`\n${orders} orders, each paid by one callback; bytes for each`)
  const lines = table(
    ['table', 'rows', 'rows and their long values', 'indexes', 'together'],
    grown.map(({ name, rows, heap, indexes }) => [
      name,
      (rows / orders).toFixed(1),
      each(heap),
      each(indexes),
      each(heap + indexes),
    ]),
  )
  for (const line of lines) console.log(line)
  console.log(`\nA paid order leaves ${each(grown.reduce((sum, { heap, indexes }) => sum + heap + indexes, 0))} bytes.`)
} finally {
  await gateway.end('SIGTERM')
  await sql.end()
  await server.stop()
  await rm(dataDir, { recursive: true, force: true })
}
