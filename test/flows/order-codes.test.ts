// The codes that an order names are held against the catalogues of its day, those of the agencies above included; where none was imported, or where the agency has not asked for it, nothing is refused.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CatalogueName } from '../../src/domain/catalogue.ts'
import { type PlaceOrderInput, placeOrder } from '../../src/flows/place-order.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createClock, createTestDeps, type TestDeps } from '../kit/deps.ts'
import { orderInput, seedAgencies } from '../kit/orders.ts'

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
  await database.sql`delete from catalogue_entries`
  await check('enforce')
})

const check = (how: string) => database.sql`update agencies set fee_check = ${how}`

const entry = async (
  catalogue: CatalogueName,
  code: string,
  { agencyCode = 'H56', name = 'Tên mẫu', validFrom = '2026-01-01', validTo = null as string | null } = {},
) => {
  const id = deps.newId('cat')
  await database.sql`insert into catalogue_entries ${database.sql({ id, agencyCode, catalogue, code, name, validFrom, validTo })}`
  return id
}
const line = (more: Partial<PlaceOrderInput['lines'][number]> = {}) => ({
  feeCode: null,
  kind: 'le_phi' as const,
  description: 'Khai sinh',
  unitAmount: 8_000n,
  quantity: 1,
  budgetItem: '2771',
  exemption: null,
  ...more,
})
const place = async (more: Partial<PlaceOrderInput> = {}, key?: string) => {
  keys += 1
  const input = orderInput({ lines: [line()], dossierCode: `H56.12.03-261122-${1_000 + keys}`, ...more })
  const answer = await placeOrder(deps, { clientId: 'cli_test', agency: 'H56.12' }, input, {
    key: key ?? `codes-${keys}`,
    body: key ? { key } : { keys },
  })
  return { ...answer, order: JSON.parse(answer.body) as Record<string, unknown> }
}
const isRefused = (pointer: string, message: string) => ({
  code: 'code_not_in_catalogue',
  errors: [{ pointer, message }],
})

describe('a budget item', () => {
  it('is taken as it is where no catalogue was imported, and where the one that was only begins later', async () => {
    expect((await place()).status).toBe(201)
    await entry('budget_items', '2716', { validFrom: '2027-01-01' })
    expect((await place()).status).toBe(201)
  })

  it('that holds in no entry of the day is refused by its place and its code', async () => {
    await entry('budget_items', '2716')
    await expect(place({ lines: [line({ budgetItem: '2716' }), line()] })).rejects.toMatchObject(
      isRefused('/lines/1/budget_item', '2771 is no budget item of the catalogue on 2026-11-23'),
    )
    expect((await place({ lines: [line({ budgetItem: null })] })).status).toBe(201)
    await entry('budget_items', '2771')
    expect((await place()).status).toBe(201)
  })

  it('holds on its first day and on its last, and on none beside them', async () => {
    await entry('budget_items', '2716')
    await entry('budget_items', '2771', { validFrom: '2026-11-23', validTo: '2026-11-23' })
    expect((await place()).status).toBe(201)
    // Vietnam's day begins at 17:00 UTC.
    for (const instant of ['2026-11-22T16:59:59Z', '2026-11-23T17:00:00Z']) {
      deps = createTestDeps(database.database, { clock: createClock(instant) })
      await expect(place()).rejects.toMatchObject({ code: 'code_not_in_catalogue' })
    }
    deps = createTestDeps(database.database, { clock: createClock('2026-11-22T17:00:00Z') })
    expect((await place()).status).toBe(201)
  })

  it('is one of the agency’s own catalogue or of one above it, and of nobody else’s', async () => {
    await entry('budget_items', '2771', { agencyCode: 'H56.14' })
    await entry('budget_items', '2771', { agencyCode: 'H56.12.04' })
    expect((await place({ lines: [line({ budgetItem: '2799' })] })).status).toBe(201)
    await entry('budget_items', '2716')
    await expect(place()).rejects.toMatchObject({ code: 'code_not_in_catalogue' })
    await entry('budget_items', '2771', { agencyCode: 'H56.12' })
    expect((await place()).status).toBe(201)
    expect((await place({ lines: [line({ budgetItem: '2716' })] })).status).toBe(201)
  })

  it('is not asked for any more once the whole catalogue has ended', async () => {
    await entry('budget_items', '2716', { validTo: '2026-11-22' })
    expect((await place()).status).toBe(201)
  })
})

describe('a relief', () => {
  const exempt = (rule: string) =>
    line({ exemption: { rule, evidence: 'Sổ hộ nghèo số 12' }, budgetItem: null, unitAmount: 0n })

  it('is named by a rule of the catalogue, composed alike', async () => {
    const rule = 'NQ 12/2025/NQ-HĐND, Điều 1'
    await entry('reliefs', rule)
    expect((await place({ lines: [exempt(rule)] })).order).toMatchObject({ status: 'waived' })
    await expect(place({ lines: [exempt('TT117-2026')] })).rejects.toMatchObject(
      isRefused('/lines/0/exemption/rule', 'TT117-2026 is no relief of the catalogue on 2026-11-23'),
    )
  })

  it('is no budget item of the same code', async () => {
    await entry('reliefs', 'A')
    await entry('budget_items', 'B')
    await expect(place({ lines: [exempt('B')] })).rejects.toMatchObject({ code: 'code_not_in_catalogue' })
    await expect(place({ lines: [line({ budgetItem: 'A' })] })).rejects.toMatchObject({ code: 'code_not_in_catalogue' })
  })
})

describe('a procedure', () => {
  it('of whichever writing is known by its national code, and only warned of where it is not', async () => {
    await entry('procedures', '1.001193', { name: 'Đăng ký khai sinh' })
    for (const code of ['1.001193', '1.001193.H56', '1.001193.000.00.00.H56.02'])
      expect((await place({ procedureCode: code })).order.warnings).toEqual([])
    expect((await place({ procedureCode: '2.000815.H56' })).order).toMatchObject({
      procedure_code: '2.000815.H56',
      warnings: [
        {
          code: 'procedure_not_in_catalogue',
          message: '/procedure_code: 2.000815.H56 is no procedure of the catalogue on 2026-11-23',
        },
      ],
    })
    expect((await place({ procedureCode: null })).order.warnings).toEqual([])
  })

  it('gets the name of the nearest catalogue where the order has none', async () => {
    await entry('procedures', '1.001193', { name: 'Của tỉnh' })
    await entry('procedures', '1.001193', { name: 'Của sở', agencyCode: 'H56.12' })
    await entry('procedures', '1.001193', { name: 'Của xã khác', agencyCode: 'H56.12.04' })
    const { order } = await place({ procedureName: null })
    expect(order.procedure_name).toBe('Của sở')
    const [kept] = await database.sql`select procedure_name from orders where id = ${String(order.id)}`
    expect(kept?.procedureName).toBe('Của sở')
    expect((await place({ procedureName: 'Của cổng' })).order.procedure_name).toBe('Của cổng')
  })
})

describe('of an agency that does not enforce', () => {
  const unknown = {
    procedureCode: '2.000815.H56',
    lines: [line(), line({ description: 'Miễn', exemption: { rule: 'TT117-2026', evidence: 'Sổ hộ nghèo số 12' } })],
  }
  beforeEach(async () => {
    await entry('budget_items', '2716')
    await entry('reliefs', 'A')
    await entry('procedures', '1.001193')
  })

  it('a code that is in no catalogue is warned of by its place, and the order stands', async () => {
    await check('warn')
    const { status, order } = await place(unknown)
    const items = [0, 1].map((at) => `/lines/${at}/budget_item: 2771 is no budget item of the catalogue on 2026-11-23`)
    const relief = '/lines/1/exemption/rule: TT117-2026 is no relief of the catalogue on 2026-11-23'
    const procedure = '/procedure_code: 2.000815.H56 is no procedure of the catalogue on 2026-11-23'
    expect([status, order.warnings]).toEqual([
      201,
      [
        { code: 'procedure_not_in_catalogue', message: procedure },
        ...[...items, relief].map((message) => ({ code: 'code_not_in_catalogue', message })),
      ],
    ])
  })

  it('nothing is said where it compares nothing, and a name is given all the same', async () => {
    await check('off')
    expect((await place(unknown)).order.warnings).toEqual([])
    expect((await place({ ...unknown, procedureCode: '1.001193', procedureName: null })).order).toMatchObject({
      procedure_name: 'Tên mẫu',
    })
  })

  it('its setting counts as it is now: a code is refused at once where it enforces again', async () => {
    await check('warn')
    expect((await place(unknown)).status).toBe(201)
    await check('enforce')
    await expect(place(unknown)).rejects.toMatchObject({ code: 'code_not_in_catalogue' })
    await check('warn')
    expect((await place(unknown)).status).toBe(201)
  })

  it('the agency is the order’s own: what those above it want does not count', async () => {
    await database.sql`update agencies set fee_check = 'warn' where agency_code = 'H56.12.03'`
    expect((await place(unknown)).status).toBe(201)
  })
})

describe('survives', () => {
  it('a catalogue that ends while an order is being placed: it is refused, and remembers nothing of before', async () => {
    await entry('budget_items', '2716')
    const id = await entry('budget_items', '2771')
    expect((await place()).status).toBe(201)
    // The process remembers that 2771 holds; another ends it.
    await database.sql`update catalogue_entries set valid_to = '2026-11-22' where id = ${id}`
    await expect(place()).rejects.toMatchObject({ code: 'code_not_in_catalogue' })
    await database.sql`update catalogue_entries set valid_to = null where id = ${id}`
    expect((await place()).status).toBe(201)
  })

  it('a repetition under its key after the code has ended: the first answer, byte for byte', async () => {
    await entry('budget_items', '2716')
    const id = await entry('budget_items', '2771')
    const dossierCode = 'H56.12.03-261122-0001'
    const first = await place({ dossierCode }, 'again')
    await database.sql`update catalogue_entries set valid_to = '2026-11-22' where id = ${id}`
    const again = await place({ dossierCode }, 'again')
    expect(again).toMatchObject({ status: 201, body: first.body, isReplay: true })
    await expect(place({ dossierCode }, 'other')).rejects.toMatchObject({ code: 'code_not_in_catalogue' })
  })
})
