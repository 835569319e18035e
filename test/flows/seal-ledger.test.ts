// Places in the chain, and the signed roots of days: every committed record once, whoever seals, however late it commits.
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { CompactSign, compactVerify, createLocalJWKSet } from 'jose'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { canonicalRecord, chainHash, chainStart, recordLeaf } from '../../src/domain/ledger-canonical.ts'
import { sealClaims, sealTyp } from '../../src/domain/ledger-seal.ts'
import { createMerkleTree, leafHash, provesInclusion } from '../../src/domain/merkle.ts'
import { createEndpoint } from '../../src/flows/change-webhook-endpoint.ts'
import { deliverWebhooks } from '../../src/flows/deliver-webhooks.ts'
import { describeFlowMetrics } from '../../src/flows/metric-names.ts'
import { proveEntry } from '../../src/flows/prove-entry.ts'
import { runJobs } from '../../src/flows/run-jobs.ts'
import { chainRecords, sealDays } from '../../src/flows/seal-ledger.ts'
import { currentSigningKey, publicKeySet, signingAlgorithm } from '../../src/flows/signing-keys.ts'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { fromHex, toHex } from '../../src/lib/hex.ts'
import { stringifySorted } from '../../src/lib/json.ts'
import { createSealedBox } from '../../src/lib/sealed-box.ts'
import { readPlaces } from '../../src/store/ledger-chain.ts'
import { latestSeal, listSeals, sealNextDay, sealOf } from '../../src/store/ledger-seals.ts'
import { openHouse } from '../kit/house.ts'
import { takeDatabase } from '../kit/kept-database.ts'

let house: Awaited<ReturnType<typeof openHouse>>
let received: { body: string; headers: Record<string, string> }[]

beforeEach(async () => {
  received = []
  house = await openHouse(
    {
      // Signing keys are remembered by box and belong to one database.
      box: createSealedBox([{ id: 'test', key: randomBytes(32) }]),
      fetch: async (_url, init) => {
        received.push({ body: String(init.body), headers: Object.fromEntries(new Headers(init.headers)) })
        return new Response(null, { status: 204 })
      },
    },
    takeDatabase,
  )
})
afterEach(async () => {
  await house.deps.settled()
  await house.database.drop()
})

const pay = async () => {
  const attempt = await house.attempt(await house.place())
  await house.tell(house.captured(attempt, `P${attempt.id.slice(-10)}`))
  // Two bookings, and four events: created, captured, paid, and the receipt.
  await house.deps.settled()
  return attempt
}
const chain = () => chainRecords(house.deps, { reach: 'everything' })
const places = (agencyCode = 'H56') => readPlaces(house.deps.db, { agencyCode, after: 0n, limit: 10_000 })
const seals = () => listSeals(house.deps.db, { agencyCode: 'H56', from: null, to: null, after: null, limit: 100 })
/** Rows as a superuser writes them, past every rule. */
const force = async (write: (sql: typeof house.sql) => Promise<unknown>) => {
  const sql = await house.sql.reserve()
  await sql`set session_replication_role = replica`
  await write(sql)
  await sql`reset session_replication_role`
  sql.release()
}

describe('a place in the chain', () => {
  test('is given to every entry, fact and event once, also by several at once while others write', async () => {
    await Promise.all([pay(), pay(), pay()])
    await Promise.all([...Array.from({ length: 6 }, chain), pay(), pay()])
    await chain()
    const all = await places()
    expect(all.map(({ place }) => place)).toEqual(all.map((_, index) => BigInt(index + 1)))
    const [entries, facts, events] = await Promise.all([
      house.sql`select id from journal_entries order by id`,
      house.sql`select id from money_facts order by id`,
      house.sql`select id from events order by id`,
    ])
    expect(entries).toHaveLength(5)
    expect(all.map(({ recordId }) => recordId).toSorted()).toEqual(
      [...entries, ...facts, ...events].map((row) => String(row.id)).toSorted(),
    )
    expect(await chain()).toBe(0)
  })

  test('hashes in SQL what the domain hashes, whatever the texts are', async () => {
    const text = fc.option(
      fc.string({ unit: 'binary', maxLength: 12 }).filter((value) => !value.includes('\0')),
      { nil: null },
    )
    const day = fc.date({ min: new Date('2001-01-01'), max: new Date('2098-12-31'), noInvalidDate: true })
    const amount = fc.bigInt({ min: 1n, max: 2n ** 62n })
    const record = fc.record({
      text,
      other: text,
      at: day,
      amount,
      lines: fc.integer({ min: 0, max: 4 }),
      flag: fc.boolean(),
    })
    const samples = fc.sample(record, 150)
    await force(async (sql) => {
      for (const [index, { text, other, at, amount, lines, flag }] of samples.entries()) {
        const agencyCode = index % 3 === 0 ? 'H57.1' : 'H56.12.03'
        const common = { agencyCode, occurredAt: at, businessDay: at.toISOString().slice(0, 10) }
        const id = `jrn_${String(index).padStart(26, '0')}`
        await sql`insert into journal_entries ${sql({ ...common, id, kind: 'capture', memo: text, subject: other, orderId: text, postedAt: at })}`
        for (let lineNo = lines; lineNo > 0; lineNo -= 1)
          await sql`insert into postings ${sql({ agencyCode, entryId: id, lineNo, account: 'collected', merchantAccountId: other ?? '', orderId: text, amount: flag ? amount : -amount, businessDay: common.businessDay })}`
        await sql`insert into money_facts ${sql({ ...common, id: id.replace('jrn', 'fct'), orderId: text ?? '', attemptId: id, refundId: other, merchantAccountId: 'm', kind: 'captured', reference: other ?? '', amount, source: 'query', code: text ?? '', receivedAt: at, isContested: flag, sequence: index })}`
        const told = house.sql`${JSON.stringify({ text, 'other ': other?.replaceAll('\u0000', '') })}::text::json`
        await sql`insert into events ${sql({ agencyCode, id: id.replace('jrn', 'evt'), type: text ?? 'x', subjectId: other ?? 'x', orderId: text, sequence: index, hash: other, createdAt: at, data: '{}' })}`
        await sql`update events set data = ${told} where id = ${id.replace('jrn', 'evt')}`
      }
    })
    expect(await chain()).toBe(450)
    for (const tenant of ['H56', 'H57']) {
      let former = chainStart(tenant)
      const all = await places(tenant)
      expect(all).toHaveLength(tenant === 'H57' ? 150 : 300)
      for (const { record, leaf, hash } of all) {
        expect(toHex(leaf)).toBe(toHex(recordLeaf(record ? canonicalRecord(record) : '')))
        former = chainHash(former, leaf)
        expect(toHex(hash)).toBe(toHex(former))
      }
    }
  })

  test('covers every column of the ledger: a new one belongs into the canonical form', async () => {
    // The number of a transaction says nothing of money, and is another one on a restored copy.
    const outside = ['told_in']
    const columns = await house.sql`
      select table_name, array_agg(column_name::text order by column_name) as names from information_schema.columns
      where table_name in ('journal_entries', 'postings', 'money_facts', 'events') and column_name <> all(${outside}) group by 1 order by 1`
    expect(Object.fromEntries(columns.map((row) => [row.tableName, row.names.join(' ')]))).toEqual({
      journal_entries:
        'agency_code attempt_id business_day fact_id id kind memo occurred_at order_id posted_at refund_id subject',
      // The place in the feed is given after the commit.
      events: 'agency_code created_at data hash id order_id position sequence subject_id type',
      postings: 'account agency_code amount business_day entry_id line_no merchant_account_id order_id',
      money_facts:
        'agency_code amount attempt_id business_day code id is_contested kind merchant_account_id occurred_at order_id received_at reference refund_id sequence source',
    })
  })

  test('is later for who commits later, and the day that was sealed before stays as it is', async () => {
    const late = await house.sql.reserve()
    await late`begin`
    const id = house.deps.newId('jrn')
    const common = { agencyCode: 'H56', businessDay: '2026-11-23' }
    await late`insert into journal_entries ${late({ ...common, id, kind: 'settlement', subject: 's', occurredAt: house.deps.now(), postedAt: house.deps.now() })}`
    await late`insert into postings ${late([1n, -1n].map((amount, index) => ({ ...common, entryId: id, lineNo: index + 1, account: 'bank', merchantAccountId: 'm', amount })))}`
    await pay()
    await chain()
    house.deps.clock.advance(86_400)
    expect(await sealDays(house.deps)).toBe(1)
    const [before] = await seals()
    await late`commit`
    late.release()
    await chain()
    expect((await places()).at(-1)).toMatchObject({ recordId: id, place: 7n })
    house.deps.clock.advance(86_400)
    await sealDays(house.deps)
    expect(await seals()).toMatchObject([before, { day: '2026-11-24', firstPlace: 7n, lastPlace: 7n }])
  })

  test('is not taken back, changed or invented by the application or the owner', async () => {
    await pay()
    await chain()
    house.deps.clock.advance(86_400)
    await sealDays(house.deps)
    for (const table of ['ledger_chain', 'ledger_seals']) {
      for (const change of [`delete from ${table}`, `update ${table} set agency_code = 'x'`, `truncate ${table}`])
        await expect(house.sql.unsafe(change)).rejects.toThrow('append-only')
    }
    const insert = `insert into ledger_chain (agency_code, place, kind, record_id, leaf, hash, chained_at) values ('H56', 9, 'entry', 'x', '', '', now())`
    await expect(house.database.appSql.unsafe(insert)).rejects.toThrow('permission denied')
    const gap = house.sql`insert into ledger_seals select agency_code, day + 2, 3, 2, root, chain_hash, root, kid, jws, sealed_at from ledger_seals`
    await expect(gap).rejects.toThrow('does not follow')
  })
})

test('an entry of a day with many records is proven by the leaves beside it alone, and an altered leaf by none', async () => {
  const count = 2_500
  await force(
    (sql) => sql`
      insert into journal_entries (id, agency_code, kind, business_day, occurred_at, posted_at)
      select 'jrn_' || lpad(n::text, 26, '0'), 'H56', 'settlement', '2026-11-23', ${house.deps.now()}::timestamptz, ${house.deps.now()}::timestamptz
      from generate_series(1, ${count}::integer) as n`,
  )
  await chain()
  house.deps.clock.advance(86_400)
  await sealDays(house.deps)
  const id = (n: number) => `jrn_${String(n).padStart(26, '0')}`
  for (const n of [1, 1_024, 1_025, 2_048, 2_049, count]) {
    const { leaf, inclusion, seal } = await proveEntry(house.deps, 'H56', id(n))
    expect(inclusion).toMatchObject({ index: n - 1, size: count })
    expect(provesInclusion(inclusion, { leaf, root: fromHex(seal.root) ?? leaf })).toBe(true)
  }
  await force((sql) => sql`update ledger_chain set leaf = sha256('x') where record_id = ${id(7)}`)
  // What was read of a sealed day is remembered; whoever reads it anew sees that it is not what was signed.
  await expect(proveEntry({ db: { ...house.deps.db } }, 'H56', id(9))).rejects.toThrow('not those that were sealed')
})

describe('a day', () => {
  test('is sealed once it is over, with the root of its places, signed and linked to the day before', async () => {
    await pay()
    await chain()
    expect(await sealDays(house.deps)).toBe(0)
    house.deps.clock.set('2026-11-26T03:00:00Z')
    await Promise.all([sealDays(house.deps), sealDays(house.deps), sealDays(house.deps)])
    await sealDays(house.deps)
    const all = await seals()
    const tree = createMerkleTree()
    for (const { leaf } of await places()) tree.add(leaf)
    const empty = toHex(createMerkleTree().root())
    expect(all).toMatchObject([
      { day: '2026-11-23', firstPlace: 1n, lastPlace: 6n, root: toHex(tree.root()), previousRoot: null },
      // Days without entries have the root of nothing, so that a day that is missing is seen.
      { day: '2026-11-24', firstPlace: 7n, lastPlace: 6n, root: empty, previousRoot: toHex(tree.root()) },
      { day: '2026-11-25', firstPlace: 7n, lastPlace: 6n, root: empty, previousRoot: empty },
    ])
    const keys = createLocalJWKSet(await publicKeySet(house.deps))
    const { payload, protectedHeader } = await compactVerify(all[0]?.jws ?? '', keys)
    expect(protectedHeader).toMatchObject({ alg: 'EdDSA', kid: all[0]?.kid, typ: 'ledger-seal+jws' })
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({
      iss: 'http://gateway.test',
      agency_code: 'H56',
      day: '2026-11-23',
      first_place: 1,
      last_place: 6,
      count: 6,
      format: 2,
      root: toHex(tree.root()),
      chain_hash: toHex((await places()).at(-1)?.hash ?? new Uint8Array()),
      previous_root: null,
      sealed_at: '2026-11-26T10:00:00+07:00',
    })
    expect(await sealOf(house.deps.db, 'H56.12.03', '2026-11-24')).toMatchObject({ root: empty })
    expect(await sealOf(house.deps.db, 'H56', '2026-11-26')).toBeNull()
    expect(await latestSeal(house.deps.db, 'H56.12', house.deps.now())).toMatchObject({ day: '2026-11-25' })
    expect(await latestSeal(house.deps.db, 'H57', house.deps.now())).toBeNull()
  })

  test('is not over because the clock of one process says so, and nothing gets a place in time to come', async () => {
    const serverSays = (at: string) =>
      house.sql.unsafe(
        `create or replace function lephi_clock() returns timestamptz language sql volatile as $$ select '${at}'::timestamptz $$`,
      )
    await serverSays('2026-11-23T04:00:00Z')
    house.deps.clock.set('2026-11-26T03:00:00Z')
    await pay()
    await chain()
    expect((await places()).map(({ chainedAt }) => chainedAt.toISOString())).toEqual(
      Array(6).fill('2026-11-23T04:00:00.000Z'),
    )
    expect(await sealDays(house.deps)).toBe(0)
    house.deps.clock.set('2026-11-23T04:01:00Z')
    await pay()
    await serverSays('2026-11-23T17:00:00Z')
    house.deps.clock.set('2026-11-25T03:00:00Z')
    await chain()
    expect(await sealDays(house.deps)).toBe(1)
    expect(await seals()).toMatchObject([{ day: '2026-11-23', sealedAt: new Date('2026-11-23T17:00:00Z') }])
    // What was posted days ahead makes nobody else late, and nothing was altered.
    expect(await verifyLedger(house.deps)).toMatchObject({ fault: null, sealed: [{ late: null }] })
  })

  test('that was sealed before timelines had places stays verifiable, and it is said from which day on they have', async () => {
    await pay()
    await force((sql) => sql.unsafe('create table kept_events as table events; truncate events'))
    await chain()
    house.deps.clock.advance(86_400)
    const key = await currentSigningKey(house.deps)
    await sealNextDay(house.deps.db, 'H56', {
      now: house.deps.now(),
      sign: async (day, eachLeaf) => {
        const tree = createMerkleTree()
        await eachLeaf(tree.add)
        const seal = { ...day, root: toHex(tree.root()), chainHash: toHex(day.chainHash ?? leafHash('')), format: 1 }
        const claims = new TextEncoder().encode(stringifySorted(sealClaims(seal, 'http://gateway.test')))
        const header = { alg: signingAlgorithm, kid: key.kid, typ: sealTyp }
        const jws = await new CompactSign(claims).setProtectedHeader(header).sign(await key.openPrivateKey())
        return { ...seal, kid: key.kid, jws }
      },
      event: () => ({ id: house.deps.newId('evt'), data: '{}' }),
    })
    await force((sql) => sql.unsafe('insert into events select * from kept_events'))
    await chain()
    house.deps.clock.advance(86_400)
    await sealDays(house.deps)
    expect(await seals()).toMatchObject([
      { day: '2026-11-23', format: 1, lastPlace: 2n },
      { day: '2026-11-24', format: 2, lastPlace: 6n },
    ])
    const said = { sealedTo: '2026-11-24', timelinesFrom: '2026-11-24', unsealed: 0 }
    expect(await verifyLedger(house.deps)).toMatchObject({ fault: null, sealed: [said] })
    await force((sql) => sql`update ledger_seals set format = 2`)
    expect((await verifyLedger(house.deps)).fault).toMatchObject({ problem: 'has another format than was signed' })
  })

  test('is told to who has subscribed, who can verify webhook and seal', async () => {
    house.deps.clock.set(new Date())
    const made = await createEndpoint(
      house.deps,
      { clientId: 'cli_test', agency: 'H56' },
      { url: 'https://auditor.example.vn/seals', eventTypes: ['ledger.sealed'], agencyCode: null },
      { key: null, body: {} },
    )
    const { secret } = JSON.parse(made.body) as { secret: string }
    await pay()
    await house.deps.settled()
    const yesterday = new Date(Date.now() - 86_400_000)
    house.deps.clock.set(yesterday)
    await runJobs(house.deps)
    house.deps.clock.set(new Date())
    await runJobs(house.deps)
    await deliverWebhooks(house.deps, { limit: 10 })
    const [call, ...more] = received
    expect(more).toEqual([])
    const body = new Webhook(secret).verify(call?.body ?? '', call?.headers ?? {}) as {
      type: string
      data: Record<string, string>
    }
    const [seal] = await seals()
    expect(body).toMatchObject({
      type: 'ledger.sealed',
      data: { agency_code: 'H56', day: seal?.day, root: seal?.root, count: 6 },
    })
    const { payload } = await compactVerify(body.data.jws ?? '', createLocalJWKSet(await publicKeySet(house.deps)))
    expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({
      day: seal?.day,
      root: seal?.root,
      last_place: 6,
    })
  })

  test('that is late, and records without a place, show in the metrics', async () => {
    describeFlowMetrics(house.deps.metrics)
    await pay()
    house.deps.clock.advance(700)
    // Somebody holds the chain up.
    const other = await house.sql.reserve()
    await other`select pg_advisory_lock(hashtext('lephi_ledger_chain'))`
    await runJobs(house.deps)
    await other`select pg_advisory_unlock_all()`
    other.release()
    const waiting = house.deps.metrics.text()
    await chain()
    expect(waiting).toContain('lephi_ledger_unchained_age_seconds 700')
    house.deps.clock.advance(86_400)
    await runJobs(house.deps)
    expect(house.deps.metrics.text()).toContain('lephi_ledger_unchained_age_seconds 0')
    // 02:00 UTC is nine hours into the next day in Vietnam.
    expect(house.deps.metrics.text()).toContain(`lephi_ledger_sealed_age_seconds{agency="H56"} ${9 * 3_600 + 700}`)
  })
})
