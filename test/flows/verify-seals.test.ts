// What somebody changes who may switch every guard of the database off: it is found, and the first altered row is named.
import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chainRecords, sealDays } from '../../src/flows/seal-ledger.ts'
import { rotateSigningKey } from '../../src/flows/signing-keys.ts'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { createSealedBox } from '../../src/lib/sealed-box.ts'
import { openHouse } from '../kit/house.ts'

let house: Awaited<ReturnType<typeof openHouse>>
/** Five paid orders on each of two sealed days, and one more that is not sealed yet. */
let entries: string[]
let facts: string[]

const tables = ['journal_entries', 'postings', 'money_facts', 'ledger_chain', 'ledger_seals', 'events']
const kept = [...tables, 'orders']

beforeAll(async () => {
  house = await openHouse({ box: createSealedBox([{ id: 'test', key: randomBytes(32) }]) })
  for (const count of [5, 5, 1]) {
    for (let n = 0; n < count; n += 1) await pay()
    await chainRecords(house.deps, { reach: 'everything' })
    if (count > 1) house.deps.clock.advance(86_400)
    await sealDays(house.deps)
  }
  entries = await placed('entry')
  facts = await placed('fact')
  for (const table of kept) await house.sql.unsafe(`create table kept_${table} as table ${table}`)
})
afterEach(() =>
  tamper(
    `update orders set event_count = kept.event_count, event_hash = kept.event_hash from kept_orders as kept where kept.id = orders.id`,
    ...tables.flatMap((table) => [
      `truncate ${table} cascade`,
      `insert into ${table} overriding system value select * from kept_${table}`,
    ]),
  ),
)
afterAll(async () => {
  await house.deps.settled()
  await house.database.drop()
})

const pay = async () => {
  const attempt = await house.attempt(await house.place())
  await house.tell(house.captured(attempt, `P${attempt.id.slice(-10)}`))
  await house.deps.settled()
}
const placed = async (kind: string) =>
  (await house.sql`select record_id from ledger_chain where kind = ${kind} order by place`).map((row) =>
    String(row.recordId),
  )
const sealsText = async () => (await house.sql`select jws from ledger_seals order by day`).map((row) => String(row.jws))

/** As a superuser, past triggers, foreign keys and rights. */
const tamper = async (...statements: string[]) => {
  await house.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    for (const statement of statements) await sql.unsafe(statement)
  })
}
const fault = async (copies: string[] = []) => (await verifyLedger(house.deps, { copies })).fault

/** Gives the whole chain from a place on the hashes that fit what the ledger holds now, with the database's own function. */
const rewriteChain = (from: number) =>
  tamper(
    `create temporary table kept as select agency_code, day from ledger_seals`,
    `create temporary table stamps as select record_id, chained_at from ledger_chain where place >= ${from}`,
    `delete from ledger_chain where place >= ${from}`,
    `create temporary table sealed_days as select * from ledger_seals`,
    `delete from ledger_seals`,
    `select lephi_chain_ledger('2026-11-24T00:00:00Z', 100000, true)`,
    `update ledger_chain set chained_at = stamps.chained_at from stamps where stamps.record_id = ledger_chain.record_id`,
    `insert into ledger_seals select * from sealed_days`,
    `drop table kept, stamps, sealed_days`,
  )

/** Says another amount on the last event of the first paid order, and links its timeline again as domain/order-events.ts does. */
const rewrittenEvent = `
  with last as (select distinct on (order_id) * from events where order_id is not null order by order_id, sequence desc limit 1),
  told as (
    select last.id, last.order_id, replace(last.data::text, '150000', '15000') as data, encode(sha256(convert_to(concat_ws(E'\\n', former.hash, last.subject_id,
      last.id, last.type, last.sequence, lephi_utc(last.created_at), replace(last.data::text, '150000', '15000')), 'UTF8')), 'hex') as hash
    from last join events as former on former.order_id = last.order_id and former.sequence = last.sequence - 1),
  rewritten as (update events set data = told.data::json, hash = told.hash from told where events.id = told.id)
  update orders set event_hash = told.hash from told where orders.id = told.order_id`

describe('a sealed ledger', () => {
  test.for<[string, (ids: { third: string; eighth: string; fact: string; last: string }) => string[], RegExp]>([
    [
      'both amounts of an entry, so that it still balances',
      ({ third }) => [`update postings set amount = amount * 2 where entry_id = '${third}'`],
      /^entry third at place \d+ of H56 is not what was chained$/,
    ],
    [
      'an entry’s business day',
      ({ third }) => [
        `update journal_entries set business_day = business_day - 1 where id = '${third}'`,
        `update postings set business_day = business_day - 1 where entry_id = '${third}'`,
      ],
      /^entry third at place \d+ of H56 is not what was chained$/,
    ],
    [
      'the business day of one posting alone',
      ({ eighth }) => [
        `update postings set business_day = business_day - 1 where entry_id = '${eighth}' and line_no = 1`,
      ],
      /^entry eighth at place \d+ of H56 is not what was chained$/,
    ],
    [
      'an entry that is deleted with its postings',
      ({ third }) => [
        `delete from postings where entry_id = '${third}'`,
        `delete from journal_entries where id = '${third}'`,
      ],
      /^entry third at place \d+ of H56 is gone$/,
    ],
    [
      'an entry that is deleted with its postings, its place, and every trace in the chain',
      ({ third }) => [
        `delete from postings where entry_id = '${third}'`,
        `delete from journal_entries where id = '${third}'`,
        `delete from ledger_chain where record_id = '${third}'`,
      ],
      /^chain H56#\d+ is gone: the next place is \d+$/,
    ],
    [
      'two entries in each other’s place',
      ({ third, eighth }) => [
        `update ledger_chain set record_id = 'x' where record_id = '${third}'`,
        `update ledger_chain set record_id = '${third}' where record_id = '${eighth}'`,
        `update ledger_chain set record_id = '${eighth}' where record_id = 'x'`,
      ],
      /^entry eighth at place \d+ of H56 is not what was chained$/,
    ],
    [
      'a fact, with the entry and the order that follow from it',
      ({ fact }) => [`update money_facts set reference = reference || 'x' where id = '${fact}'`],
      /^fact fact at place \d+ of H56 is not what was chained$/,
    ],
    [
      'an event, with every hash of its timeline made anew',
      () => [rewrittenEvent],
      /^event evt_\w+ at place \d+ of H56 is not what was chained$/,
    ],
    [
      'the last event of a timeline that is deleted, and of which its order knows nothing',
      () => [
        `create temporary table doomed as select id, order_id from events where type = 'receipt.issued' order by id limit 1`,
        `delete from events where id in (select id from doomed)`,
        `update orders set event_count = event_count - 1, event_hash = (select hash from events where order_id = orders.id order by sequence desc limit 1)
          where id in (select order_id from doomed)`,
        'drop table doomed',
      ],
      /^event evt_\w+ at place \d+ of H56 is gone$/,
    ],
    [
      'a hash of the chain',
      ({ third }) => [`update ledger_chain set hash = sha256('x') where record_id = '${third}'`],
      /^chain H56#\d+ \(third\) does not follow from the place before it$/,
    ],
    [
      'the end of the chain, together with the entries',
      ({ eighth }) => [
        `create temporary table doomed as select record_id from ledger_chain where place > (select place from ledger_chain where record_id = '${eighth}')`,
        `delete from postings where entry_id in (select record_id from doomed)`,
        `delete from journal_entries where id in (select record_id from doomed)`,
        `delete from money_facts where id in (select record_id from doomed)`,
        `delete from ledger_chain where record_id in (select record_id from doomed)`,
        'drop table doomed',
      ],
      /^chain H56#\d+ is gone: places up to 60 were sealed on 2026-11-24$/,
    ],
    [
      'what a seal says',
      () => [`update ledger_seals set root = repeat('0', 64) where day = '2026-11-23'`],
      /^seal H56 2026-11-23 has another root than was signed$/,
    ],
    [
      'the signature of a seal',
      () => [`update ledger_seals set jws = left(jws, -8) || 'AAAAAAAA' where day = '2026-11-24'`],
      /^seal H56 2026-11-24 is not what was signed$/,
    ],
    [
      'when it says that it was sealed',
      () => [`update ledger_seals set sealed_at = sealed_at - interval '1 second' where day = '2026-11-23'`],
      /^seal H56 2026-11-23 has another sealed at than was signed$/,
    ],
    [
      'the key that it says it is signed with',
      () => [`update ledger_seals set kid = 'other' where day = '2026-11-23'`],
      /^seal H56 2026-11-23 has another kid than was signed$/,
    ],
    [
      'places that say that they were given after the day was sealed',
      () => [`update ledger_chain set chained_at = chained_at + interval '1 day' where place between 20 and 30`],
      /^seal H56 2026-11-23 says that its places were given on another day$/,
    ],
    [
      'a place that says that it was given before the one before it',
      ({ eighth }) => [
        `update ledger_chain set chained_at = chained_at - interval '1 s' where record_id = '${eighth}'`,
      ],
      /^chain H56#\d+ \(eighth\) was given before the place before it$/,
    ],
    [
      'a seal that is missing between two others',
      () => [`delete from ledger_seals where day = '2026-11-23'`],
      /^seal H56 2026-11-24 does not follow the seal before it$/,
    ],
  ])('is found to be altered by %s', async ([, change, said]) => {
    const [third = '', eighth = '', fact = '', last = ''] = [entries[2], entries[7], facts[4], entries.at(-1)]
    await tamper(...change({ third, eighth, fact, last }))
    const found = await fault()
    const text = `${found?.what} ${found?.id} ${found?.problem}`
    expect(text.replaceAll(third, 'third').replaceAll(eighth, 'eighth').replaceAll(fact, 'fact')).toMatch(said)
  })

  const insertPast = async (postedAt: string) => {
    const common = { agencyCode: 'H56', businessDay: '2026-11-23' }
    const id = house.deps.newId('jrn')
    await house.sql.begin(async (sql) => {
      await sql`insert into journal_entries ${sql({ ...common, id, kind: 'adjustment', occurredAt: house.deps.now(), postedAt: new Date(postedAt) })}`
      const lines = [5n, -5n].map((amount, index) => ({
        ...common,
        entryId: id,
        lineNo: index + 1,
        account: 'bank',
        merchantAccountId: house.account,
        amount,
      }))
      await sql`insert into postings ${sql(lines)}`
    })
    return id
  }

  test('is found to be altered by an entry that is put into the past, before and after it gets a place', async () => {
    const id = await insertPast('2026-11-23T03:00:00Z')
    expect(await fault()).toMatchObject({ what: 'entry', id, problem: expect.stringContaining('claims to be older') })
    await chainRecords(house.deps, { reach: 'everything' })
    expect(await fault()).toMatchObject({
      what: 'entry',
      id,
      problem: expect.stringMatching(/place 67 .* put in later/),
    })
  })

  test('is found to be altered by an event that is put into the past, though every hash fits', async () => {
    const told = (at: Date, id: string) =>
      house.sql`insert into events (id, agency_code, type, subject_id, sequence, data, created_at)
        values (${id}, 'H56', 'refund.succeeded', ${id}, 1, '{}', ${at})`
    const hoursAgo = (hours: number) => new Date(house.deps.now().getTime() - hours * 3_600_000)
    await told(hoursAgo(3), house.deps.newId('evt'))
    await chainRecords(house.deps, { reach: 'everything' })
    expect(await verifyLedger(house.deps)).toMatchObject({ fault: null, sealed: [{ late: { count: 1 } }] })
    const id = house.deps.newId('evt')
    await told(hoursAgo(30), id)
    await chainRecords(house.deps, { reach: 'everything' })
    expect(await fault()).toMatchObject({ what: 'event', id, problem: expect.stringContaining('was put in later') })
  })

  test('takes an entry that a slow writer commits late, and tells of one that is hours late', async () => {
    await insertPast(new Date(house.deps.now().getTime() - 1_800_000).toISOString())
    await chainRecords(house.deps, { reach: 'everything' })
    expect(await verifyLedger(house.deps)).toMatchObject({ fault: null, sealed: [{ late: null }] })
    const first = await insertPast(new Date(house.deps.now().getTime() - 8 * 3_600_000).toISOString())
    await chainRecords(house.deps, { reach: 'everything' })
    expect(await verifyLedger(house.deps)).toMatchObject({ fault: null, sealed: [{ late: { count: 1, first } }] })
  })

  test('is found to be altered though the whole chain after the change was written anew, by the signed root', async () => {
    await rewriteChain(1)
    expect(await fault()).toBeNull()
    const third = entries[2] ?? ''
    await tamper(`update postings set merchant_account_id = 'mac_other' where entry_id = '${third}'`)
    await rewriteChain(13)
    expect(await fault()).toEqual({
      what: 'seal',
      id: 'H56 2026-11-23',
      problem: 'is not that of the ledger: places 1 to 30 were altered together with their chain',
    })
  })

  test('is found to be altered by the seals that an auditor has, though chain and seals were made anew with a key of the forger', async () => {
    const copies = await sealsText()
    // Nothing but the seal can tell that money moved from one day to another, where it moved altogether.
    await tamper(
      `update journal_entries set business_day = business_day - 1 where id = '${entries[2]}'`,
      `update postings set business_day = business_day - 1 where entry_id = '${entries[2]}'`,
    )
    await rewriteChain(13)
    await tamper('delete from ledger_seals')
    const forger = { ...house.deps, box: createSealedBox([{ id: 'test', key: randomBytes(32) }]) }
    await rotateSigningKey(forger)
    await sealDays(forger)
    // The keys that a process has read count for a minute; the forger's is among those that are read now.
    house.deps.clock.advance(61)
    expect(await fault()).toMatchObject({
      what: 'seal',
      id: 'H56 2026-11-23',
      problem: 'is signed by a key that is not ours',
    })
    // Even with the master key, what was sent away stays as it was.
    await tamper('delete from ledger_seals')
    await rotateSigningKey(house.deps)
    await sealDays(house.deps)
    expect(await fault()).toMatchObject({
      what: 'receipt',
      problem: expect.stringContaining('bears a root of 2026-11-23'),
    })
    expect(await fault(copies)).toMatchObject({
      what: 'seal',
      id: 'H56 2026-11-23',
      problem: 'has another root than the one that somebody else has kept',
    })
  })

  test('is found to lack its last seals by the auditor’s copies', async () => {
    const copies = await sealsText()
    await tamper(`delete from ledger_seals where day = '2026-11-24'`)
    // Without copies only a receipt that bears the root knows of it.
    expect(await verifyLedger(house.deps)).toMatchObject({
      fault: { what: 'receipt', problem: expect.stringContaining('bears a root of 2026-11-24') },
      sealed: [{ sealedTo: '2026-11-23', unsealed: 36 }],
    })
    expect(await fault(copies)).toMatchObject({
      what: 'seal',
      id: 'H56 2026-11-24',
      problem: expect.stringContaining('is gone'),
    })
    const [first = '', second = ''] = copies
    expect(await fault([first, `${second.slice(0, -8)}AAAAAAAA`])).toMatchObject({
      what: 'seal',
      id: 'H56 2026-11-24',
      problem: 'as it was kept elsewhere is not what was signed',
    })
  })

  test('agrees, says how far it is sealed, and misses even a day on which nothing was booked', async () => {
    expect(await verifyLedger(house.deps, { copies: await sealsText() })).toMatchObject({
      fault: null,
      entries: 11,
      sealed: [{ agencyCode: 'H56', places: 66n, sealedTo: '2026-11-24', timelinesFrom: '2026-11-23', unsealed: 6 }],
    })
    await pay()
    expect(await verifyLedger(house.deps)).toMatchObject({ fault: null, sealed: [{ places: 66n, unsealed: 12 }] })
    await rotateSigningKey(house.deps)
    house.deps.clock.advance(86_400)
    await sealDays(house.deps)
    expect(await verifyLedger(house.deps)).toMatchObject({
      fault: null,
      sealed: [{ sealedTo: '2026-11-25', unsealed: 6 }],
    })
    await chainRecords(house.deps, { reach: 'everything' })
    house.deps.clock.advance(4 * 86_400)
    await sealDays(house.deps)
    expect(await fault()).toBeNull()
    const [, empty] = await house.sql`select day::text from ledger_seals where last_place < first_place order by day`
    await tamper(`delete from ledger_seals where day = '${empty?.day}'`)
    expect(await fault()).toMatchObject({ what: 'seal', problem: expect.stringContaining('does not follow the day') })
  })
})
