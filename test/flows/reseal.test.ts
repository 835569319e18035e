// The master key is changed while the gateway runs: everything that the former one sealed opens with the new one alone afterwards, and nothing is lost on the way.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sealedColumns, sealedFor } from '../../src/domain/sealed-columns.ts'
import { addClient } from '../../src/flows/add-client.ts'
import { createEndpoint } from '../../src/flows/change-webhook-endpoint.ts'
import { credentialsContext } from '../../src/flows/connect-provider.ts'
import { placeOrder } from '../../src/flows/place-order.ts'
import { readBill } from '../../src/flows/read-payment.ts'
import { sealPayee } from '../../src/flows/refund-payee.ts'
import { resealEverything, surveyKeys } from '../../src/flows/reseal.ts'
import { currentSigningKey } from '../../src/flows/signing-keys.ts'
import { createFingerprint } from '../../src/lib/fingerprint.ts'
import { createSealedBox } from '../../src/lib/sealed-box.ts'
import type { Options } from '../../src/node/commands/command.ts'
import { rotateKeyCommand } from '../../src/node/commands/rotate-key.ts'
import { inScope } from '../../src/store/database.ts'
import { loadFacts } from '../../src/store/facts.ts'
import { exchangeSealed, readSealed } from '../../src/store/sealed-walk.ts'
import { openHouse } from '../kit/house.ts'
import { orderInput, placeTestOrder } from '../kit/orders.ts'

const key = (id: string, byte: number) => ({ id, key: new Uint8Array(32).fill(byte) })
const [first, second] = [key('k1', 1), key('key-two', 2)]
const boxOf = (...keys: (typeof first)[]) => ({ box: createSealedBox(keys), fingerprint: createFingerprint(keys) })

let house: Awaited<ReturnType<typeof openHouse>>
let order: string
let kid: string
const under = (...keys: (typeof first)[]) => ({ ...house.deps, ...boxOf(...keys) })
const client = { clientId: 'cli_admin', agency: 'H56' }

/** Callbacks as they were stored under a key, with ids that a walk meets in any order. */
const storeCallbacks = async (count: number, sealing = first) => {
  const { box } = boxOf(sealing)
  const rows = await Promise.all(
    Array.from({ length: count }, async () => {
      const id = house.deps.newId('cbk')
      const sealed = Buffer.from(await box.seal(`evidence of ${id}`, sealedFor.callback(id)))
      return {
        ...{ id, agencyCode: 'H56', merchantAccountId: house.account, provider: 'test', sealed, contentHash: 'x' },
        ...{ reading: 'genuine', verdict: 'accepted', requestId: 'r', receivedAt: house.deps.now() },
      }
    }),
  )
  for (let at = 0; at < rows.length; at += 500)
    await house.sql`insert into callbacks ${house.sql(rows.slice(at, at + 500))}`
}

const storeFile = async (id: string) => {
  const { box } = boxOf(first)
  for (const chunkNo of [0, 1, 2]) {
    const sealed = Buffer.from(
      await box.seal(new Uint8Array(100_000).fill(chunkNo), sealedFor.statementChunk(id, chunkNo)),
    )
    await house.sql`insert into statement_chunks ${house.sql({ agencyCode: 'H56', statementId: id, chunkNo, sealed })}`
  }
}

/** Every sealed value of the database, opened by this box; throws for the first that does not open. */
const openAll = async ({ box }: ReturnType<typeof boxOf>): Promise<number> => {
  let opened = 0
  for (const { table, column, of, context, holds } of sealedColumns) {
    const only = holds === 'bytes' ? '' : `and ${column} like 'AQ%'`
    for (const row of await house.sql.unsafe(
      `select ${of.join(', ')}, ${column} as value from ${table} where ${column} is not null ${only}`,
    )) {
      const { value, ...named } = row
      await box.open(holds === 'bytes' ? value : Buffer.from(value, 'base64'), context(Object.values(named)))
      opened += 1
    }
  }
  return opened
}

beforeAll(async () => {
  house = await openHouse(boxOf(first))
  const { deps, sql } = house
  order = await house.place()
  const attempt = await house.attempt(order)
  await house.tell(house.captured(attempt, 'P1'))
  await deps.settled()
  const refund = await house.refund(attempt, { method: 'manual' } as never)
  const payee = await sealPayee(deps, refund.id, { number: '0011', bank_bin: '970436', holder: 'LAN' })
  await inScope(deps.db, '*', (app) => [
    app`update refunds set status = 'requested' where id = ${refund.id}`,
    app`update refunds set payee_sealed = ${payee}, payee_account = '{"number":"••••0011"}', payee_version = 1 where id = ${refund.id}`,
  ])
  const endpoint = { agencyCode: 'H56', url: 'https://portal.example/hook', eventTypes: null }
  await createEndpoint(deps, client, endpoint, { key: 'k-1', body: { url: 'x' } })
  await sql`update webhook_endpoints set former_sealed = sealed, former_until = now()`
  const input = { name: 'x', agencyCode: 'H56', scopes: ['orders:read' as const], expiresAt: null, jwks: null }
  await addClient(deps, client as never, { ...input, key: 'k-2', body: { name: 'x' } })
  kid = (await currentSigningKey(deps)).kid
  await storeFile('stm_1')
  await storeCallbacks(1_300)
})
afterAll(() => house.database.drop())

describe('the table of sealed columns', () => {
  it('has every column of bytes that is no hash, and every column that is called sealed', async () => {
    const found = await house.sql`
      select table_name || '.' || column_name as name from information_schema.columns
      where table_schema = current_schema() and table_name not in (select relname from pg_class where relispartition) and (data_type = 'bytea' or column_name like '%sealed%' and data_type <> 'timestamp with time zone')
      order by 1`
    const hashes = ['ledger_chain.hash', 'ledger_chain.leaf']
    const declared = sealedColumns
      .filter(({ holds }) => holds === 'bytes')
      .map(({ table, column }) => `${table}.${column}`)
    expect(found.map(({ name }) => name)).toEqual([...hashes, ...declared].toSorted())
  })

  it('walks each table along its primary key', async () => {
    for (const { table, key: columns } of sealedColumns) {
      const found = await house.sql`
        select attname as name from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey)
        where indrelid = ${table}::regclass and indisprimary order by array_position(indkey::int2[], attnum)`
      expect([table, found.map(({ name }) => name).filter((name) => name !== 'agency_code')]).toEqual([
        table,
        [...columns],
      ])
    }
  })
})

describe('the application', () => {
  it('can put another envelope in the place of one and nothing else', async () => {
    const { box } = boxOf(second)
    const other = await box.seal('evidence of something longer, that was never told', 'callback:x')
    for (const [table, column] of [
      ['callbacks', 'sealed'],
      ['statement_chunks', 'sealed'],
      ['merchant_account_keys', 'sealed'],
      ['orders', 'payer_sealed'],
      ['signing_keys', 'sealed_private_jwk'],
      ['refunds', 'payee_sealed'],
    ] as const)
      for (const value of [other, Uint8Array.of(1)])
        await expect(
          inScope(house.deps.db, '*', (app) => [app`update ${app(table)} set ${app(column)} = ${value}`]),
          `${table}.${column}`,
        ).rejects.toMatchObject({ code: expect.stringMatching(/^(55000|23514)$/) })
    await expect(
      inScope(house.deps.db, '*', (app) => [app`update idempotency_keys set response_body = '{"id":"ord_other"}'`]),
    ).rejects.toMatchObject({ constraint_name: 'envelope_kept' })
  })
})

describe('sealing anew', () => {
  it('leaves what somebody else has changed since it was read', async () => {
    const column = sealedColumns.find(({ table, column: name }) => table === 'webhook_endpoints' && name === 'sealed')
    if (!column) throw new Error('no column')
    const [endpoint] = await house.sql`select id, sealed from webhook_endpoints`
    const [value] = await readSealed(house.deps.db, column, [[endpoint?.id]])
    const rotated = await boxOf(first).box.seal('another secret', sealedFor.webhookEndpoint(endpoint?.id))
    await house.sql`update webhook_endpoints set sealed = ${Buffer.from(rotated)}`
    const exchange = { key: [endpoint?.id], former: value?.sealed ?? '', later: value?.sealed ?? '' }
    expect(await exchangeSealed(house.deps.db, column, [exchange])).toBe(0)
    const [after] = await house.sql`select sealed from webhook_endpoints`
    expect(Buffer.from(after?.sealed).equals(Buffer.from(rotated))).toBe(true)
  })

  it('goes on where it was killed, beside writers with either key, and loses nothing', async () => {
    const both = under(second, first)
    let told = 0
    const dies = () => {
      told += 1
      if (told === 12) throw new Error('killed')
    }
    await expect(resealEverything(both, dies)).rejects.toThrow('killed')
    const between = await surveyKeys(both)
    const left = between.find(({ keyId }) => keyId === 'k1')?.envelopes ?? 0
    expect(left).toBeGreaterThan(100)
    expect(between.find(({ keyId }) => keyId === 'key-two')?.envelopes).toBeGreaterThan(100)
    // Some processes have the new settings, and one has not.
    const [done] = await Promise.all([
      resealEverything(both),
      ...[both, house.deps].map(async (writer, place) => {
        for (let n = 0; n < 10; n += 1)
          await placeOrder(writer, client, orderInput({ dossierCode: `H56.12.03-261122-7${place}0${n}` }), {
            key: `w-${place}-${n}`,
            body: { n },
          })
      }),
      storeCallbacks(100),
    ])
    expect(done.unopened).toBe(0)
    const rest = await resealEverything(both)
    expect(done.resealed + rest.resealed).toBeGreaterThanOrEqual(left)
    const [, old] = rest.keys
    expect([rest.keys[0], old]).toMatchObject([
      { keyId: 'key-two', role: 'seals' },
      { keyId: 'k1', role: 'opens', envelopes: 0, columns: {} },
    ])
    // First answers are compared by the former key for as long as they are kept.
    expect(old?.fingerprints).toBeGreaterThan(0)
    expect(old?.fingerprintsUntil?.getTime()).toBe(house.deps.now().getTime() + 30 * 86_400_000)
    expect(await openAll(boxOf(second))).toBe(rest.keys[0]?.envelopes)
    const again = await resealEverything(both)
    expect([again.resealed, again.unopened]).toEqual([0, 0])
  })

  it('leaves everything usable without the former key: payers, credentials, signatures, first answers', async () => {
    const alone = under(second)
    const facts = await loadFacts(alone.db, '*', { orderId: order })
    expect((await readBill(alone, facts?.order as never)).payer.identityNumber).toBe('038190001234')
    expect((await currentSigningKey(alone)).kid).toBe(kid)
    const [row] = await house.sql`select sealed from merchant_account_keys where merchant_account_id = ${house.account}`
    await alone.box.open(row?.sealed, credentialsContext(house.account))
    const input = { name: 'x', agencyCode: 'H56', scopes: ['orders:read' as const], expiresAt: null, jwks: null }
    const both = under(second, first)
    const replayed = await addClient(both, client as never, { ...input, key: 'k-2', body: { name: 'x' } })
    expect([replayed.isReplay, JSON.parse(replayed.body).client_secret]).toEqual([true, expect.any(String)])
  })

  it('is a command that says what is to be done about each key, and exits with 1 while a former one is needed', async () => {
    const run = (deps: ReturnType<typeof under>, options: Options) =>
      rotateKeyCommand.run({
        open: async () => ({ deps, masterKeys: [] }),
        options,
        progress: () => undefined,
      } as never)
    const both = under(second, first)
    const done = await run(both, { master: true })
    expect([done.exitCode, done.lines]).toEqual([
      0,
      [
        expect.stringMatching(/^Sealed 0 values anew with the key key-two in /),
        expect.stringMatching(/^Key key-two seals: \d+ values$/),
        expect.stringMatching(/^Key k1 has sealed nothing that is kept: .* until 2026-12-23, /),
      ],
    ])
    // Put first again, the former key has all to do.
    const check = await run(under(first, second), { master: true, check: true })
    expect([check.exitCode, check.lines[1]]).toEqual([1, expect.stringMatching(/^Key key-two must stay: /)])
    const without = await run(under(first), { master: true, check: true })
    expect([without.exitCode, without.lines[1]]).toEqual([1, expect.stringMatching(/^Key key-two is NOT GIVEN /)])
    await expect(run(both, { check: true })).rejects.toThrow('--check goes with --master')
  })

  it('says what no key that is given opens, and leaves it as it is', async () => {
    await placeTestOrder(under(key('gone', 9)))
    await storeCallbacks(1, key('gone', 9))
    const done = await resealEverything(under(second))
    expect([done.resealed, done.unopened, done.unopenedRows]).toEqual([
      0,
      2,
      [expect.stringMatching(/^orders\.payer_sealed ord_/), expect.stringMatching(/^callbacks\.sealed cbk_/)],
    ])
    expect(done.keys.find(({ keyId }) => keyId === 'gone')).toMatchObject({
      role: 'missing',
      envelopes: 2,
      columns: { 'orders.payer_sealed': 1, 'callbacks.sealed': 1 },
    })
  })
})
