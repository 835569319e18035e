// Orders of an hour are read where that hour is: among a million the hour of last month must not cost more than among ten thousand.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Deps } from '../../src/flows/deps.ts'
import { everyAgency } from '../../src/store/database.ts'
import { findOrderIds } from '../../src/store/order-search.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { rewriting } from '../simulation/defects.ts'

const count = 20_000
const first = Date.UTC(2026, 10, 1)
const model = {
  agency_code: 'H56',
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
  expires_at: '2026-12-01T00:00:00Z',
  firm_deadline: false,
  extensions: 0,
  version: 1,
  event_count: 0,
}

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  await database.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    await sql`
      insert into orders
      select made.* from generate_series(0, ${count - 1}::int) as number,
        jsonb_populate_record(null::orders, replace(${JSON.stringify(model)}::text, '#', number::text)::jsonb || jsonb_build_object(
          'id', 'ord' || lpad(number::text, 9, '0'), 'created_at', to_timestamp(${first / 1_000}::float8 + number))) as made`
    await sql`analyze orders`
  })
}, 60_000)
afterAll(() => database.drop())

/** The orders of one minute, the plan by which they are found, and how many blocks are read for them. */
const search = async (from: number, before?: string) => {
  let asked: { text: string; values: readonly unknown[] } = { text: '', values: [] }
  const listening = rewriting((text, values) => {
    if (text.includes('select orders.id from orders')) asked = { text, values }
    return text
  })
  const at = (seconds: number) => new Date(first + seconds * 1_000)
  const question = { createdFrom: at(from), createdTo: at(from + 60), limit: 10, before }
  const ids = await findOrderIds(listening({ db: database.database } as Deps).db, everyAgency, question)
  const parts = `explain (analyze, buffers, format json) ${asked.text}`.split('?')
  const told = await database.sql(Object.assign(parts, { raw: parts }), ...(asked.values as string[]))
  const plan = JSON.stringify(told)
  return { ids, plan, blocks: Number(/"Shared Hit Blocks":(\d+)/.exec(plan)?.[1]) }
}

it('the orders of a minute long ago are found by an index of their time, without sorting, in a few blocks', async () => {
  const { ids, plan, blocks } = await search(5_000)
  expect(ids).toHaveLength(11)
  expect(ids[0]).toBe('ord000005059')
  expect(plan).toContain('"Index Name":"orders_by_time"')
  expect(plan).not.toContain('"Node Type":"Sort"')
  expect(blocks).toBeLessThan(40)
})

it('the next page of them as well', async () => {
  const { ids, plan, blocks } = await search(5_000, 'ord000005050')
  expect(ids[0]).toBe('ord000005049')
  expect(plan).toContain('"Index Name":"orders_by_time"')
  expect(plan).not.toContain('"Node Type":"Sort"')
  expect(blocks).toBeLessThan(40)
})
