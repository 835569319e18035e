// A province's merchant account serves its communes: a number under it is one thing's, whichever agencies' rows bear it (drizzle/*_taken_references.sql).
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { placeOrder } from '../../src/flows/place-order.ts'
import { readMigrations } from '../../src/node/migrations.ts'
import { isDuplicate } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { createEmptyDatabase } from '../kit/database.ts'
import { openHouse } from '../kit/house.ts'
import { doubled } from '../kit/misplaced.ts'
import { addAttempt, orderInput, placeTestOrder, seedMerchantAccount } from '../kit/orders.ts'

const [commune, sibling] = ['H56.12.03', 'H56.12.04']
let house: Awaited<ReturnType<typeof openHouse>>
let account: string
let placed = 0
beforeAll(async () => {
  house = await openHouse()
  // Without a bank account, so that nothing but its own numbers tells its transfers apart.
  account = await seedMerchantAccount(house.deps, house.sql, { provider: 'test' })
  await house.sql`update merchant_accounts set payee_account = '{}' where id = ${account}`
})
afterAll(async () => {
  await house.deps.settled()
  await house.database.drop()
})

const orderOf = (agencyCode: string) =>
  placeTestOrder(house.deps, { agencyCode, dossierCode: `${agencyCode}-261122-${3_000 + ++placed}` })
const attemptOf = async (agencyCode: string, merchantReference: string, merchantAccountId = account) =>
  addAttempt(house.deps, await orderOf(agencyCode), merchantAccountId, { merchantReference })

/** A refund by hand that is under way, of a payment to that agency. */
const refundOf = async (agencyCode: string, merchantReference: string) => {
  const { id: attemptId, orderId } = await attemptOf(agencyCode, `of-${agencyCode}-${merchantReference}`)
  await house.sql`update attempts set status = 'captured', amount_captured = amount where id = ${attemptId}`
  const id = house.deps.newId('rfd')
  await house.sql`insert into refunds ${house.sql({
    ...{ id, agencyCode, orderId, attemptId, merchantAccountId: account, provider: 'test', merchantReference },
    ...{ source: 'surplus', status: 'pending', amount: 1n, reason: 'x', method: 'manual' },
    ...{ madeBy: 'cli_1', createdAt: house.deps.now() },
  })}`
  return id
}

const refusalOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => null).catch((error: unknown) => error)
const expectTaken = async (work: Promise<unknown>, index: string) => {
  const error = await refusalOf(work)
  expect([String(error), isDuplicate(error, index)]).toEqual([String(error), true])
}

describe('under one merchant account', () => {
  test('an attempt of one agency is refused the reference of another’s; under another account it is another one', async () => {
    const first = await attemptOf(commune, 'A1')
    await expectTaken(attemptOf(sibling, 'A1'), 'attempts_merchant_account_id_merchant_reference_index')
    await attemptOf(sibling, 'A1', house.account)
    expect(
      await house.sql`select agency_code, taken_by from taken_references where merchant_account_id = ${account} and reference = 'A1'`,
    ).toEqual([{ agencyCode: 'H56', takenBy: first.id }])
  })

  test('an attempt that comes to an account takes its reference there', async () => {
    await attemptOf(commune, 'M1')
    const { id } = await attemptOf(sibling, 'M1', house.account)
    const moved = house.sql`update attempts set merchant_account_id = ${account} where id = ${id}`
    await expectTaken(moved, 'attempts_merchant_account_id_merchant_reference_index')
  })

  test('a refund is, too, and may have the reference of an attempt', async () => {
    await attemptOf(commune, 'R1')
    await refundOf(commune, 'R1')
    await expectTaken(refundOf(sibling, 'R1'), 'refunds_merchant_account_id_merchant_reference_index')
  })

  test('a reference that a refund had before stays its own', async () => {
    const id = await refundOf(commune, 'R2')
    await house.sql`update refunds set merchant_reference = 'R3' where id = ${id}`
    await expectTaken(refundOf(sibling, 'R2'), 'refunds_merchant_account_id_merchant_reference_index')
    await house.sql`update refunds set merchant_reference = 'R2' where id = ${id}`
  })

  test('a transfer returns one refund and a credit gives back one, however they are spelt', async () => {
    const [mine, other] = [await refundOf(commune, 'T1'), await refundOf(sibling, 'T2')]
    const confirm = (id: string, number: string) =>
      house.sql`update refunds set bank_reference = ${number}, paid_on = '2026-11-23', confirmed_by = 'cli_2' where id = ${id}`
    const bounce = (id: string, number: string) =>
      house.sql`update refunds set bounce_reference = ${number} where id = ${id}`
    await confirm(mine, 'FT 1')
    await expectTaken(confirm(other, 'ft-1'), 'refunds_bank_reference')
    await confirm(other, 'FT 2')
    await bounce(mine, 'CR 1')
    await expectTaken(bounce(other, 'cr-1'), 'refunds_bounce_reference')
    await bounce(other, 'CR 2')
  })

  test('whoever is second waits for the first, and has the number if that one takes it back', async () => {
    const [one, two] = [await attemptOf(commune, 'W1'), await attemptOf(sibling, 'W2')]
    const undo = new Error('undo')
    let second: Promise<unknown> = Promise.resolve()
    await house.sql
      .begin(async (tx) => {
        await tx`update attempts set merchant_reference = 'W3' where id = ${one.id}`
        let isDone = false
        second = house.sql`update attempts set merchant_reference = 'W3' where id = ${two.id}`.then(() => {
          isDone = true
        })
        await expect
          .poll(async () => (await house.sql`select from pg_stat_activity where wait_event_type = 'Lock'`).length)
          .toBeGreaterThan(0)
        expect(isDone).toBe(false)
        throw undo
      })
      .catch((error: unknown) => expect(error).toBe(undo))
    await second
    expect(await house.sql`select taken_by from taken_references where reference = 'W3'`).toEqual([{ takenBy: two.id }])
  })

  test('what is taken is changed by nobody', async () => {
    await expect(house.sql`update taken_references set taken_by = 'att_other'`).rejects.toThrow('append-only')
    await expect(house.sql`delete from taken_references`).rejects.toThrow('append-only')
    await expect(house.database.appSql`insert into taken_references default values`).rejects.toThrow(
      'permission denied',
    )
  })

  test('and nobody takes one by a trigger of his own', async () => {
    const byOwnTrigger = house.database.appSql.begin(async (tx) => {
      await tx`create temporary table own_numbers (id text, agency_code text, merchant_account_id text, n text) on commit drop`
      await tx`create trigger take after insert on own_numbers for each row execute function lephi_take_reference('transfer', 'n', 'x')`
    })
    await expect(byOwnTrigger).rejects.toThrow('permission denied for function')
  })
})

test('an Idempotency-Key is one for all that a client writes, in whichever agencies', async () => {
  const place = (agencyCode: string) => {
    const input = orderInput({ agencyCode, dossierCode: `${agencyCode}-261122-3999` })
    const idempotency = { key: 'across', body: { agency_code: agencyCode } }
    return placeOrder(house.deps, { clientId: 'cli_across', agency: 'H56' }, input, idempotency)
  }
  await place(commune)
  await expect(place(sibling)).rejects.toMatchObject({ code: 'idempotency_key_reused' })
  expect(await doubled(house.sql)).toEqual([])
})

describe('of a caller whom another issuer vouches for', () => {
  /** Its agency is that of its token, which may be another one with the next. */
  const place = (agency: string, key: string) =>
    placeOrder(
      house.deps,
      { clientId: 'https://sso.example#portal', agency },
      orderInput({ agencyCode: commune, dossierCode: `${commune}-261122-${key}` }),
      { key, body: { key } },
    ).then(
      ({ isReplay }) => (isReplay ? 'replay' : 'placed'),
      (error: { code?: string }) => error.code,
    )

  test('a key is one in whichever agency its token is', async () => {
    expect([await place(commune, '5001'), await place('H56', '5001')]).toEqual(['placed', 'replay'])
    expect([await place('H56', '5002'), await place(commune, '5002')]).toEqual(['placed', 'idempotency_key_reused'])
    const both = await Promise.all([place('H56', '5003'), place(commune, '5003')])
    expect(both.filter((one) => one === 'placed')).toHaveLength(1)
  })

  test('a key that a former version kept under the agency that it was about is the same', async () => {
    const { sql } = house
    await place('H56', '5004')
    await sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`
      await tx`update idempotency_keys set agency_code = ${commune} where key = '5004'`
    })
    expect(await place('H56', '5004')).toBe('replay')
    expect(await sql`select from orders where dossier_code = ${`${commune}-261122-5004`}`).toHaveLength(1)
  })
})

test.for([
  ['merchant_accounts', 'title'],
  ['clients', 'name'],
  ['webhook_endpoints', 'url'],
] as const)('what is unique of %s stays so: none goes to another agency', async ([table, column]) => {
  const { sql } = house
  await sql`insert into clients ${sql({ id: `cli_${table}`, agencyCode: 'H56', name: 'x', scopes: [] })}`
  await sql`insert into webhook_endpoints ${sql({ id: `whe_${table}`, agencyCode: 'H56', url: 'x', sealed: new Uint8Array([1]), createdAt: house.deps.now() })}`
  await sql`update ${sql(table)} set ${sql(column)} = 'y', agency_code = agency_code`
  await expect(sql`update ${sql(table)} set agency_code = ${commune}`).rejects.toThrow('stays with its agency')
})

test('what was given before is taken by the migration, also what a former version writes beside it, and first answers become their clients’', async () => {
  const db = await createEmptyDatabase()
  try {
    const all = await readMigrations()
    const begin = all.findIndex(({ name }) => name.endsWith('_taken_references'))
    const log = () => undefined
    await migrate(db.sql, all.slice(0, begin), { log })
    const { sql } = db
    const at = new Date('2026-11-23T02:00:00Z')
    const ofOrder = (id: string, agencyCode: string) => ({
      ...{ id: `ord_${id}`, agencyCode, status: 'open', dossierCode: id, amount: 1n, payerName: 'x', language: 'vi' },
      ...{ returnUrl: 'x', checkoutToken: id, createdBy: 'cli_1', createdAt: at, expiresAt: at },
    })
    const ofAttempt = (id: string, agencyCode: string) => ({
      ...{ id: `att_${id}`, agencyCode, orderId: `ord_${id}`, merchantAccountId: 'mac_1', provider: 'test' },
      ...{ merchantReference: id, status: 'created', amount: 1n, payerIp: 'x', createdAt: at, expiresAt: at },
    })
    const ofRefund = (id: string, agencyCode: string) => ({
      ...{ id: `rfd_${id}`, agencyCode, orderId: `ord_${id}`, attemptId: `att_${id}`, merchantAccountId: 'mac_1' },
      ...{ provider: 'test', merchantReference: id, source: 'order', status: 'succeeded', amount: 1n, reason: 'x' },
      ...{ madeBy: 'cli_2', createdAt: at, transferKey: `t${id}`, bounceKey: `b${id}` },
    })
    const answer = { clientId: 'cli_1', route: 'x', fieldHashes: {}, responseStatus: 201, responseBody: '{}' }
    const write = (id: string, agencyCode: string) =>
      sql.begin(async (tx) => {
        await tx`insert into orders ${tx(ofOrder(id, agencyCode))}`
        await tx`insert into attempts ${tx(ofAttempt(id, agencyCode))}`
        await tx`insert into idempotency_keys ${tx({ ...answer, key: id, agencyCode, fieldHashes: tx.json({}) })}`
      })
    const account = { id: 'mac_1', agencyCode: 'H56', provider: 'test', title: 'x', payeeAccount: sql.json({}) }
    await sql`insert into merchant_accounts ${sql(account)}`
    await sql`insert into clients ${sql({ id: 'cli_1', agencyCode: 'H56', name: 'x', scopes: [] })}`
    await write('before', commune)
    await sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`
      await tx`insert into refunds ${tx(ofRefund('before', commune))}`
    })
    await migrate(db.sql, all.slice(0, begin + 1), { log })
    await write('beside', sibling)
    await migrate(db.sql, all, { log })
    expect(
      await sql`select kind, reference, agency_code, taken_by from taken_references order by kind, reference`,
    ).toEqual([
      { kind: 'attempt', reference: 'before', agencyCode: 'H56', takenBy: 'att_before' },
      { kind: 'attempt', reference: 'beside', agencyCode: 'H56', takenBy: 'att_beside' },
      { kind: 'bounce', reference: 'bbefore', agencyCode: 'H56', takenBy: 'rfd_before' },
      { kind: 'refund', reference: 'before', agencyCode: 'H56', takenBy: 'rfd_before' },
      { kind: 'transfer', reference: 'tbefore', agencyCode: 'H56', takenBy: 'rfd_before' },
    ])
    expect(await sql`select key, agency_code from idempotency_keys order by key`).toEqual([
      { key: 'before', agencyCode: 'H56' },
      { key: 'beside', agencyCode: 'H56' },
    ])
  } finally {
    await db.drop()
  }
})
