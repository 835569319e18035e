// An order is checked against what its process remembers of fees and accounts; whatever another process has changed meanwhile counts all the same.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type PlaceOrderInput, placeOrder } from '../../src/flows/place-order.ts'
import { withPlacement } from '../../src/flows/remember-placement.ts'
import { inScope } from '../../src/store/database.ts'
import { holdPlacement, type PlacementQuestion, readPlacement } from '../../src/store/order-placement.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createClock, createTestDeps, type TestDeps } from '../kit/deps.ts'
import { orderInput, seedAgencies, seedMerchantAccount } from '../kit/orders.ts'

let database: TestDatabase
let deps: TestDeps
let keys = 0

beforeAll(async () => {
  database = await createTestDatabase()
  await seedAgencies(database.sql)
})
afterAll(() => database.drop())
beforeEach(async () => {
  deps = createTestDeps(database.database, { clock: createClock('2026-11-23T02:00:00Z') })
  await database.sql`delete from fee_schedules`
  await database.sql`update agencies set fee_check = 'enforce'`
  await price(8_000)
  // Remembers it.
  expect((await place(8_000)).status).toBe(201)
})

/** What `place` asks. */
const question = {
  agencyCode: 'H56.12.03',
  feeCodes: ['LP-KS'],
  codes: [{ catalogue: 'procedures' as const, code: '1.001193' }],
  day: '2026-11-23',
}
const price = (amount: number) => database.sql`
  insert into fee_schedules (id, agency_code, fee_code, name, kind, unit_amount, valid_from, legal_basis)
  values (${deps.newId('fee')}, 'H56', 'LP-KS', 'Đăng ký khai sinh', 'le_phi', ${amount}, '2026-01-01', 'NQ')`
const place = async (unitAmount: number, more: Partial<PlaceOrderInput> = {}) => {
  keys += 1
  const line = {
    feeCode: 'LP-KS',
    kind: 'le_phi' as const,
    description: 'Khai sinh',
    unitAmount: BigInt(unitAmount),
    quantity: 1,
    budgetItem: null,
    exemption: null,
  }
  const input = orderInput({ lines: [line], dossierCode: `H56.12.03-261122-${1_000 + keys}`, ...more })
  const answer = await placeOrder(deps, { clientId: 'cli_test', agency: 'H56.12' }, input, {
    key: `remember-${keys}`,
    body: { keys },
  })
  return { status: answer.status, order: JSON.parse(answer.body) as Record<string, unknown> }
}

it('takes the price of now, and refuses that of before', async () => {
  await database.sql`delete from fee_schedules`
  await price(9_000)
  await expect(place(8_000)).rejects.toMatchObject({ code: 'fee_differs_from_schedule' })
  expect((await place(9_000)).status).toBe(201)
})

it('takes at once what is only refused by what was', async () => {
  await database.sql`delete from fee_schedules`
  await price(9_000)
  expect((await place(9_000)).status).toBe(201)
})

it('warns as the agency wants it now', async () => {
  await database.sql`update agencies set fee_check = 'warn'`
  expect((await place(7_000)).order.warnings).toMatchObject([{ code: 'fee_differs_from_schedule' }])
  await database.sql`update agencies set fee_check = 'off'`
  expect((await place(7_000)).order.warnings).toEqual([])
})

it('owes the money to the account of now', async () => {
  expect((await place(8_000)).order.payee_account).toBeNull()
  const account = await seedMerchantAccount(deps, database.sql, { provider: 'vnpay' })
  expect((await place(8_000)).order.payee_account).toMatchObject({ number: '0123456789' })
  await database.sql`update merchant_accounts set status = 'closed' where id = ${account}`
  expect((await place(8_000)).order.payee_account).toBeNull()
})

describe('codes', () => {
  const relief = (rule: string) => ({ ...question, codes: [{ catalogue: 'reliefs' as const, code: rule }] })
  const found = (asked: PlacementQuestion) => withPlacement(deps.db, asked, async (placement) => placement)
  const begin = () => database.sql`
    insert into catalogue_entries ${database.sql({ id: deps.newId('cat'), agencyCode: 'H56', catalogue: 'reliefs', code: 'A', name: 'A', validFrom: '2026-01-01' })}`
  beforeEach(async () => {
    deps.db = { ...database.database }
    await database.sql`delete from catalogue_entries`
  })

  it('of a catalogue that nobody has imported are all alike', async () => {
    const first = await found(relief('Quyết định 1'))
    expect(await found(relief('Quyết định 2'))).toBe(first)
    await begin()
    deps.db = { ...database.database }
    const [a, b] = [await found(relief('A')), await found(relief('B'))]
    expect([a, b]).toMatchObject([{ codesHeld: { entries: [{ code: 'A' }] } }, { codesHeld: { entries: [] } }])
    expect(await found(relief('A'))).toBe(a)
  })

  it('are asked for from the order on that comes after the import', async () => {
    const exempt = (rule: string) => ({
      lines: orderInput()
        .lines.slice(0, 1)
        .map((line) => ({ ...line, feeCode: null, budgetItem: null, exemption: { rule, evidence: 'Sổ' } })),
    })
    expect((await place(0, exempt('Quyết định 1'))).status).toBe(201)
    await begin()
    await expect(place(0, exempt('Quyết định 2'))).rejects.toMatchObject({ code: 'code_not_in_catalogue' })
    expect((await place(0, exempt('A'))).status).toBe(201)
  })

  it('that come once push out nothing that is asked for again and again', { timeout: 60_000 }, async () => {
    const often = await found(question)
    for (let turn = 0; turn < 9; turn += 1) {
      await Promise.all(Array.from({ length: 250 }, (_, at) => found({ ...question, feeCodes: [`F${turn}.${at}`] })))
      expect(await found(question)).toBe(often)
    }
  })
})

it('says so when it changes again and again', async () => {
  let turns = 0
  const changing = withPlacement(deps.db, question, async () => {
    turns += 1
    await database.sql`select lephi_expect(0, 1, 'placement')`
  })
  await expect(changing).rejects.toMatchObject({ code: '40001' })
  expect(turns).toBe(5)
})

it('asks again only where a refusal may stand on what was', async () => {
  const seen: unknown[] = []
  await expect(place(1)).rejects.toMatchObject({ code: 'fee_differs_from_schedule' })
  await withPlacement(deps.db, question, async (placement) => void seen.push(placement?.print))
  expect(seen).toEqual([(await readPlacement(deps.db, question))?.print])
})

it('never remembers prices of before as those of now, when they change while they are read', async () => {
  // Nothing is remembered of this one yet.
  deps.db = { ...database.database }
  const held = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const lock = database.sql.begin(async (sql) => {
    await sql`lock table merchant_accounts in access exclusive mode`
    locked.resolve()
    await held.promise
  })
  await locked.promise
  const placed = place(8_000).catch((error: unknown) => error)
  await waitsForLock()
  await database.sql`delete from fee_schedules`
  await price(9_000)
  held.resolve()
  await lock
  expect(await placed).toMatchObject({ code: 'fee_differs_from_schedule' })
  await expect(place(8_000)).rejects.toMatchObject({ code: 'fee_differs_from_schedule' })
  expect((await place(9_000)).status).toBe(201)
})

const waitsForLock = () =>
  expect
    .poll(
      async () => {
        const [row] = await database.sql`
          select count(*)::int as n from pg_locks join pg_database on pg_database.oid = pg_locks.database
          where not granted and relation = 'merchant_accounts'::regclass and datname = current_database()`
        return row?.n
      },
      { timeout: 4_000 },
    )
    .toBe(1)

it('is held in a scope that ends with its one statement', async () => {
  const placement = await readPlacement(deps.db, question)
  if (!placement) throw new Error('no placement')
  const [, , , after] = await inScope(deps.db, 'H56.12', (sql) => [
    ...holdPlacement(sql, 'H56.12', question, placement),
    sql`select current_setting('lephi.agency') as scope, count(*)::int as prices from fee_schedules`,
  ])
  // The price is the province's, which the caller's scope does not see.
  expect(after).toMatchObject([{ scope: 'H56.12', prices: 0 }])
})
