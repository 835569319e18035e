// Which of many rows that are due at the same instant is taken: the one with the lowest id, wherever rows lie, and it is found without sorting all of them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Deps } from '../../src/flows/deps.ts'
import type { Database } from '../../src/store/database.ts'
import { type DueTable, takeDue } from '../../src/store/jobs.ts'
import { takeDelivery } from '../../src/store/webhooks.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { rewriting } from '../simulation/defects.ts'

const many = 10_000
const now = new Date('2026-11-23T03:00:00Z')
const dueAt = '2026-11-23T02:00:00Z'

/** What must stand in a row besides its id; `#` stands for the row's number. */
const rows: Record<string, Record<string, unknown>> = {
  orders: {
    dossier_code: 'H56.12.03-261122-0001',
    status: 'open',
    amount: 150_000,
    amount_paid: 0,
    amount_refunded: 0,
    payer_name: 'Nguyễn Thị Lan',
    language: 'vi',
    return_url: 'https://portal.example.vn',
    metadata: {},
    warnings: [],
    checkout_token: 'token#',
    created_by: 'cli_test',
    expires_at: dueAt,
    firm_deadline: false,
    extensions: 0,
    version: 1,
    event_count: 0,
    next_expiry_at: dueAt,
  },
  attempts: {
    order_id: 'ord#',
    merchant_account_id: 'mac_one',
    provider: 'sandbox',
    merchant_reference: '#',
    status: 'pending',
    amount: 150_000,
    pays_order: false,
    amount_captured: 0,
    amount_reversed: 0,
    payer_ip: '127.0.0.1',
    memo: {},
    expires_at: dueAt,
    query_count: 0,
    next_query_at: dueAt,
    confirm_at: dueAt,
  },
  refunds: {
    order_id: 'ord#',
    attempt_id: 'att#',
    merchant_account_id: 'mac_one',
    provider: 'sandbox',
    merchant_reference: '#',
    source: 'order',
    status: 'pending',
    amount: 1_000,
    amount_refunded: 0,
    reason: 'Hồ sơ bị từ chối',
    method: 'provider',
    payee_version: 0,
    made_by: 'cli_test',
    query_count: 0,
    next_query_at: dueAt,
  },
  webhook_deliveries: {
    webhook_endpoint_id: 'whe_one',
    event_id: 'evt#',
    event_type: 'order.paid',
    status: 'pending',
    attempt_count: 0,
    attempts: [],
    next_attempt_at: dueAt,
  },
}

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  for (const [table, row] of Object.entries(rows)) await fill(table, row)
}, 120_000)
afterAll(() => database.drop())

/** The lowest id lies last. */
const fill = (table: string, row: Record<string, unknown>) =>
  database.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    await sql`set local statement_timeout = 0`
    const common = JSON.stringify({ agency_code: 'H56', created_at: dueAt, ...row })
    await sql`
      insert into ${sql(table)}
      select made.* from generate_series(${many}::int, 1, -1) as number,
        jsonb_populate_record(null::${sql(table)}, jsonb_set(replace(${common}::text, '#', number::text)::jsonb, '{id}', to_jsonb('id' || lpad(number::text, 9, '0')))) as made`
    await sql`analyze ${sql(table)}`
  })

const lease = { now, leaseMs: 60_000 }
type Taker = { table: string; column: string; take: (database: Database) => Promise<unknown> }
const due = (name: DueTable, table: string, column: string): Taker => ({
  table,
  column,
  take: (from) => takeDue(from, name, lease),
})
const takers: readonly Taker[] = [
  due('orders', 'orders', 'next_expiry_at'),
  due('attempts', 'attempts', 'next_query_at'),
  due('confirmations', 'attempts', 'confirm_at'),
  due('refunds', 'refunds', 'next_query_at'),
  {
    table: 'webhook_deliveries',
    column: 'next_attempt_at',
    take: (from) => takeDelivery(from, { ...lease, without: ['whe_two'] }),
  },
]

/** The same process, to which the plan of a statement is told in place of its rows. */
const explaining = rewriting((text) =>
  text.includes('for update skip locked') ? `explain (format json) ${text}` : text,
)
const planOf = async (take: (database: Database) => Promise<unknown>): Promise<string> =>
  JSON.stringify(await take(explaining({ db: database.database } as Deps).db))

test.for(takers)(
  'of $table by $column the lowest id is taken, through an index and without sorting',
  async ({ table, column, take }) => {
    const plan = await planOf(take)
    expect(plan).toMatch(/"Index Name":"\w+_next_\w+"/)
    expect(plan).not.toContain('Sort')
    await take(database.database)
    const { sql } = database
    expect(await sql`select id from ${sql(table)} where ${sql(column)} > ${now}`).toEqual([{ id: 'id000000001' }])
  },
)
