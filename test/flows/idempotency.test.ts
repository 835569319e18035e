// Idempotency as the database holds it: many callers at once, other bodies, and a crash between any two statements.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/domain/outcome.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { placeOrder } from '../../src/flows/place-order.ts'
import { createFingerprint } from '../../src/lib/fingerprint.ts'
import { sha256Hex } from '../../src/lib/hmac.ts'
import { stringifySorted } from '../../src/lib/json.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { createCuttingProxy } from '../kit/cutting-proxy.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { addAttempt, orderInput, placeTestOrder, seedAgencies, seedMerchantAccount } from '../kit/orders.ts'

let database: TestDatabase
let deps: TestDeps

beforeAll(async () => {
  database = await createTestDatabase({ max: 20 })
  deps = createTestDeps(database.database)
  await seedAgencies(database.sql)
})
afterAll(() => database.drop())

/** Does `work` over a line of its own that is cut after so many statements. Lines are apart, so that many crashes are waited for at once. */
const cutAfter = async <T>(
  statements: number,
  answered: boolean,
  work: (db: Database) => Promise<T>,
): Promise<T | null> => {
  const proxy = await createCuttingProxy(database.url)
  const through = openDatabase({ url: proxy.url, role: 'lephi_app', max: 1 })
  await through.sql`select 1`
  proxy.cutAfter(statements, { answered })
  const done = await work(through).catch(() => null)
  proxy.heal()
  await through.sql.end({ timeout: 0 })
  await proxy.close()
  return done
}

const upTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1)

const caller = { clientId: 'cli_portal', agency: 'H56' }
const place = (key: string, more: Parameters<typeof orderInput>[0] = {}, with_: TestDeps = deps) => {
  const input = orderInput(more)
  return placeOrder(with_, caller, input, {
    key,
    body: { dossier_code: input.dossierCode, payer: input.payer, language: input.language },
  })
}
const ordersOf = async (dossierCode: string) =>
  (await database.sql`select id from orders where dossier_code = ${dossierCode}`).map((row) => String(row.id))

describe('an idempotency key', () => {
  it('gives fifty simultaneous callers one order and one answer, to the byte', async () => {
    const dossierCode = 'H56.12.03-261122-0200'
    const answers = await Promise.all(Array.from({ length: 50 }, () => place('fifty', { dossierCode })))
    expect(await ordersOf(dossierCode)).toHaveLength(1)
    expect(new Set(answers.map((answer) => answer.body)).size).toBe(1)
    expect(answers.filter((answer) => !answer.isReplay)).toHaveLength(1)
    const [events] =
      await database.sql`select count(*)::int as n from events where type = 'order.created' and order_id = ${(await ordersOf(dossierCode))[0] ?? ''}`
    expect(events?.n).toBe(1)
  })

  it('refuses another body and names the members that differ', async () => {
    await place('other-body', { dossierCode: 'H56.12.03-261122-0201' })
    const again = place('other-body', { dossierCode: 'H56.12.03-261122-0202', language: 'en' })
    await expect(again).rejects.toMatchObject({
      code: 'idempotency_key_reused',
      errors: [{ pointer: '/dossier_code' }, { pointer: '/language' }],
    })
    expect(await ordersOf('H56.12.03-261122-0202')).toEqual([])
  })

  it('keeps nothing from which a short text, such as an identity number, could be found by trying', async () => {
    await place('keyed', { dossierCode: 'H56.12.03-261122-0206' })
    const [row] = await database.sql`select field_hashes from idempotency_keys where key = 'keyed'`
    const language = stringifySorted('vi')
    expect(Object.values(row?.fieldHashes ?? {})).not.toContain(sha256Hex(language))
    expect(row?.fieldHashes.language).toBe(deps.fingerprint.of(language))
    const others = createTestDeps(database.database, {
      clock: deps.clock,
      fingerprint: createFingerprint([{ id: 'test', key: new Uint8Array(32).fill(8) }]),
    })
    const elsewhere = place('keyed', { dossierCode: 'H56.12.03-261122-0206' }, others)
    await expect(elsewhere).rejects.toMatchObject({ code: 'idempotency_key_reused' })
  })

  it('is known again after the master key was rotated', async () => {
    const old = { id: 'test', key: new Uint8Array(32).fill(7) }
    const first = await place('rotated', { dossierCode: 'H56.12.03-261122-0207' })
    const rotated = createFingerprint([{ id: 'next', key: new Uint8Array(32).fill(9) }, old])
    const later = createTestDeps(database.database, { clock: deps.clock, fingerprint: rotated })
    expect(await place('rotated', { dossierCode: 'H56.12.03-261122-0207' }, later)).toEqual({
      ...first,
      isReplay: true,
    })
  })

  it('belongs to its caller', async () => {
    const dossierCode = 'H56.12.03-261122-0203'
    const input = orderInput({ dossierCode })
    await place('shared', { dossierCode })
    await placeOrder(deps, { clientId: 'cli_other', agency: 'H56' }, input, { key: 'shared', body: { other: true } })
    expect(await ordersOf(dossierCode)).toHaveLength(2)
  })

  it('gives the first answer even when a rule would by now refuse the same request', async () => {
    const dossierCode = 'H56.12.03-261122-0204'
    const expiresAt = new Date(deps.now().getTime() + 60_000)
    const first = await place('late', { dossierCode, expiresAt })
    deps.clock.advance(3_600)
    expect(await place('late', { dossierCode, expiresAt })).toMatchObject({ body: first.body, isReplay: true })
  })

  it('answers request_in_progress while the first holder of the key does not finish', async () => {
    const slow = openDatabase({ url: database.url, role: 'lephi_app', max: 2 })
    const holder = await database.sql.reserve()
    await holder`begin`
    await holder`insert into idempotency_keys (agency_code, client_id, route, key, field_hashes, response_status, response_body) values ('H56', 'cli_portal', 'POST /v1/orders', 'held', '{}', 201, '{}')`
    await expect(place('held', { dossierCode: 'H56.12.03-261122-0205' }, { ...deps, db: slow })).rejects.toMatchObject({
      code: 'request_in_progress',
      retryAfterSeconds: 1,
    })
    await holder`rollback`
    holder.release()
    await slow.close()
  })
})

describe('survives a crash', { timeout: 180_000 }, () => {
  // A create is begin, scope, key, three that hold what was read, order, lines, event, commit after its one reading; a crash after each of them, and after each answer was lost.
  for (const answered of [true, false]) {
    it(`between any two statements of a create, ${answered ? 'before the next is sent' : 'with the answer lost'}: the retry finds or makes exactly one order`, async () => {
      let completed = 0
      const crash = async (statement: number) => {
        const dossierCode = `H56.12.03-2611${answered ? 22 : 23}-${String(300 + statement).padStart(4, '0')}`
        const key = `crash-${answered}-${statement}`
        const first = await cutAfter(statement, answered, (db) => place(key, { dossierCode }, { ...deps, db }))
        if (first) completed += 1
        const before = await ordersOf(dossierCode)
        expect(before.length).toBeLessThanOrEqual(1)
        const second = await place(key, { dossierCode })
        expect(await ordersOf(dossierCode)).toEqual([(JSON.parse(second.body) as { id: string }).id])
        if (before.length === 1) expect(second.isReplay).toBe(true)
        if (first) expect(second.body).toBe(first.body)
        const halves = await database.sql`
          select (select count(*) from order_lines where dossier_code = ${dossierCode})::int as lines,
            (select count(*) from events where order_id = ${before[0] ?? JSON.parse(second.body).id})::int as events`
        expect(halves[0]).toEqual({ lines: 1, events: 1 })
      }
      await Promise.all(upTo(22).map(crash))
      expect(completed).toBeGreaterThan(0)
      expect(completed).toBeLessThan(22)
    })
  }

  it('between any two statements of an outcome: books once, whole, however often the provider repeats it', async () => {
    const account = await seedMerchantAccount(deps, database.sql, { provider: 'crash' })
    const crash = async (statement: number) => {
      const orderId = await placeTestOrder(deps, {
        dossierCode: `H56.12.03-261124-${String(statement).padStart(4, '0')}`,
      })
      const attempt = await addAttempt(deps, orderId, account)
      const outcome: Outcome = {
        status: 'captured',
        merchantReference: attempt.merchantReference,
        providerReference: `P${statement}`,
        amount: attempt.amount,
        occurredAt: deps.now(),
        code: '00',
      }
      await cutAfter(statement, statement % 2 === 0, (db) =>
        applyOutcome({ ...deps, db }, { merchantAccountId: account, outcome, source: 'callback' }),
      )
      // A receipt follows in its own time.
      const state = async () => {
        const [row] = await database.sql`
          select o.status, (select count(*) from money_facts where order_id = o.id)::int as facts, (select count(*) from postings where order_id = o.id)::int as postings,
            (select count(*) from events where order_id = o.id and type <> 'receipt.issued')::int as events from orders o where o.id = ${orderId}`
        return row
      }
      const after = await state()
      expect([
        { status: 'open', facts: 0, postings: 0, events: 1 },
        { status: 'paid', facts: 1, postings: 2, events: 3 },
      ]).toContainEqual(after)
      await applyOutcome(deps, { merchantAccountId: account, outcome, source: 'query' })
      expect(await state()).toEqual({ status: 'paid', facts: 1, postings: 2, events: 3 })
    }
    await Promise.all(upTo(27).map(crash))
  })
})
