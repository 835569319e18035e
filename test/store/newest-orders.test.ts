// A list of the newest orders reads what it shows, however the orders are spread: nearly all of one agency, nearly all of one status.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Deps } from '../../src/flows/deps.ts'
import { findOrderIds } from '../../src/store/order-search.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { rewriting } from '../simulation/defects.ts'

const count = 20_000
/** These alone are cancelled, and of the second agency. */
const cancelled = 5
const model = {
  dossier_code: 'H56.12.03-261122-0001',
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
  created_at: '2026-11-01T00:00:00Z',
  expires_at: '2026-12-01T00:00:00Z',
  firm_deadline: false,
  extensions: 0,
  version: 1,
  event_count: 0,
}

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  await database.sql`
    insert into agencies (agency_code, name)
    select code, code from (values ('H56'), ('H56.01'), ('H56.02')) as own (code)
    union all select 'H57.' || lpad(number::text, 3, '0'), number::text from generate_series(1, 60) as number`
  await database.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    await sql`
      insert into orders
      select made.* from generate_series(0, ${count - 1}::int) as number,
        jsonb_populate_record(null::orders, replace(${JSON.stringify(model)}::text, '#', number::text)::jsonb || jsonb_build_object(
          'id', 'ord' || lpad(number::text, 9, '0'),
          'agency_code', case when number < ${cancelled}::int then 'H56.02' else 'H56.01' end,
          'status', case when number < ${cancelled}::int then 'cancelled' else 'open' end)) as made`
    await sql`analyze orders`
  })
}, 60_000)
afterAll(() => database.drop())

/** What is listed, and how many rows are looked at for it as the gateway's role, by a plan that is made before the values are known: what is asked often has such a one. */
const list = async (scope: string, question: { status?: string; before?: string }) => {
  let asked: { text: string; values: readonly unknown[] } = { text: '', values: [] }
  const listening = rewriting((text, values) => {
    if (text.includes('from agencies as own')) asked = { text, values }
    return text
  })
  const ids = await findOrderIds(listening({ db: database.database } as Deps).db, scope, { ...question, limit: 50 })
  const parts = asked.text.split('?')
  const rows = await database.sql.begin(async (sql) => {
    await sql`set local role lephi_app`
    await sql`set local plan_cache_mode = force_generic_plan`
    await sql`select set_config('lephi.agency', ${scope}, true)`
    const read = async () => {
      const [row] = await sql`
        select seq_tup_read + coalesce(idx_tup_fetch, 0) as rows from pg_stat_xact_user_tables where relname = 'orders'`
      return Number(row?.rows)
    }
    const before = await read()
    await sql(Object.assign(parts, { raw: parts }), ...(asked.values as string[]))
    return (await read()) - before
  })
  return { ids, rows }
}

const few = { scope: 'H56', agencies: 3 }
const many = { scope: '*', agencies: 63 }
for (const { scope, agencies } of [few, many]) {
  it(`the newest of ${agencies} agencies, of which one has nearly all`, async () => {
    const { ids, rows } = await list(scope, {})
    expect([ids.length, ids[0], rows <= 60]).toEqual([51, 'ord000019999', true])
    const next = await list(scope, { before: 'ord000010000' })
    expect([next.ids[0], next.rows <= 60]).toEqual(['ord000009999', true])
  })

  it(`the newest of ${agencies} agencies of a status that nearly all have, and of one that few have`, async () => {
    const open = await list(scope, { status: 'open' })
    expect([open.ids.length, open.ids[0], open.rows <= 60]).toEqual([51, 'ord000019999', true])
    const rare = await list(scope, { status: 'cancelled' })
    expect([rare.ids.length, rare.ids[0], rare.rows <= 60]).toEqual([cancelled, 'ord000000004', true])
    const none = await list(scope, { status: 'expired' })
    expect([none.ids.length, none.rows <= 60]).toEqual([0, true])
  })
}

it('the list of an agency that has none looks at none of the others', async () => {
  const { ids, rows } = await list('H57.001', {})
  expect([ids.length, rows <= 60]).toEqual([0, true])
})
