// What stands in the database beside a signed close proves nothing by itself: an act needs a signature, a row its document, a version the one before.
import { beforeEach, describe, expect, test } from 'vitest'
import { readPeriodDocument } from '../../src/domain/period.ts'
import { countersignPeriod, reopenPeriod } from '../../src/flows/reopen-period.ts'
import { signDocument } from '../../src/flows/sign-document.ts'
import { verifyPeriods } from '../../src/flows/verify-periods.ts'
import { sha256Hex } from '../../src/lib/hmac.ts'
import { stringifySorted } from '../../src/lib/json.ts'
import { inScope } from '../../src/store/database.ts'
import type { Period } from '../../src/store/periods.ts'
import { checker, close } from '../kit/periods.ts'
import { payOrder, reconcile } from '../kit/reconciliation.ts'
import { lineFor, settlementDesk } from '../kit/settlement-desk.ts'

const desk = settlementDesk()
const day = '2026-11-23'

const closedMonday = async (): Promise<Period> => {
  const { deps, account } = desk.now()
  deps.clock.set('2026-11-23T02:00:00Z')
  await desk.listed(lineFor(await payOrder(deps, account)))
  deps.clock.set('2026-11-25T02:00:00Z')
  await reconcile(deps, account, { from: day, to: day })
  return close(deps, account, day)
}

/** What somebody does who may switch triggers off. */
const tamper = (...statements: string[]) =>
  desk.now().db.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    for (const statement of statements) await sql.unsafe(statement)
  })

const fault = async () => (await verifyPeriods(desk.now().deps)).fault

/** As the application itself may write it. */
const insertReopening = (period: Period, signature: string | null) => {
  const { deps } = desk.now()
  const act = { id: deps.newId('pac'), agencyCode: period.agencyCode, periodId: period.id, kind: 'reopened' }
  const said = { doneBy: 'cli_x', doneAt: deps.now(), reason: 'because', signature }
  return inScope(deps.db, '*', (sql) => [sql`insert into period_acts ${sql({ ...act, ...said })}`])
}

const forceUnsigned = ({ id, agencyCode }: Period) =>
  tamper(`insert into period_acts (id, agency_code, period_id, kind, done_by, done_at, reason)
    values ('pac_x', '${agencyCode}', '${id}', 'reopened', 'cli_x', '2026-11-25T03:00:00Z', 'because')`)

const doubled = (period: Period) =>
  `update postings set amount = amount * 2 where merchant_account_id = '${period.merchantAccountId}'`

// A fault of one test would be the first of the next.
beforeEach(() =>
  tamper(
    'delete from unsigned_reopenings',
    'delete from period_acts',
    'delete from periods',
    "delete from events where type like 'period.%'",
  ),
)

describe('a reopening', () => {
  test('that is only a row is refused, and opens nothing where somebody forces it in, and is a fault', async () => {
    const period = await closedMonday()
    await expect(insertReopening(period, null)).rejects.toMatchObject({ constraint_name: 'period_signed' })
    await forceUnsigned(period)
    const { db, account } = desk.now()
    expect(await db.sql`select lephi_closed_through(${account}) as day`).toMatchObject([{ day }])
    expect(await fault()).toMatchObject({ id: period.id, problem: 'its reopening is not signed by us' })
    // Nobody adds to those that are let pass, and with every right it is of no use for a close that was signed later.
    const listed = `insert into unsigned_reopenings
      select id, agency_code, encode(sha256(convert_to(json_build_array(id, agency_code, period_id, done_by, (extract(epoch from done_at) * 1000)::bigint, reason)::text, 'UTF8')), 'hex'),`
    await expect(db.sql.unsafe(`${listed} now() from period_acts`)).rejects.toThrow('append-only')
    await tamper(`${listed} '2026-11-20T00:00:00Z' from period_acts`)
    expect(await fault()).toMatchObject({ id: period.id, problem: 'its reopening is not signed by us' })
    // One that the migration found itself is told of, as long as it says what it said.
    await tamper(`update unsigned_reopenings set listed_at = '2026-11-26T00:00:00Z'`)
    expect(await verifyPeriods(desk.now().deps)).toEqual({ periods: 1, unsignedReopenings: [period.id], fault: null })
    expect(await db.sql`select lephi_closed_through(${account}) as day`).toMatchObject([{ day: null }])
    await tamper(`update period_acts set reason = 'another'`)
    expect(await fault()).toMatchObject({ id: period.id, problem: 'its reopening is not signed by us' })
  })

  test('that is signed for another reason, or is a signature of ours over something else, is a fault', async () => {
    const period = await closedMonday()
    await insertReopening(period, period.signature)
    expect((await fault())?.problem).toMatch('its reopening')
    await tamper(doubled(period))
    expect((await fault())?.problem).toMatch(/^its reopening is not signed by us; .* the postings add up to -300000 đ$/)
    await tamper('delete from period_acts', `update postings set amount = amount / 2`)
    const { deps, account } = desk.now()
    await reopenPeriod(deps, checker, { merchantAccountId: account, day, reason: 'a file came late' })
    expect(await fault()).toBeNull()
    await tamper(`update period_acts set reason = 'another'`)
    expect((await fault())?.problem).toMatch('its reopening')
  })

  test('that is signed lets the books of the day move on', async () => {
    const period = await closedMonday()
    const { deps, account } = desk.now()
    await reopenPeriod(deps, checker, { merchantAccountId: account, day, reason: 'a file came late' })
    await tamper(doubled(period))
    expect(await fault()).toBeNull()
  })
})

test('a countersignature that is only a name is a fault', async () => {
  const { id } = await closedMonday()
  const { deps, account, db } = desk.now()
  await countersignPeriod(deps, checker, { merchantAccountId: account, day })
  expect(await fault()).toBeNull()
  await db.sql`alter table period_acts drop constraint period_acts_said`
  await tamper('update period_acts set signature = null')
  expect(await fault()).toMatchObject({ id, problem: 'its countersignature is not one of ours over it' })
})

describe('a close', () => {
  test.each([
    ['closed_at', "closed_at - interval '1 hour'"],
    ['agency_code', "'H56.12'"],
    ['closed_by', "'cli_other'"],
  ])('whose row has another %s than its document is a fault', async (column, value) => {
    const { id } = await closedMonday()
    await tamper(`update periods set ${column} = ${value}`)
    expect(await fault()).toMatchObject({ id, problem: 'its row says something else than its document' })
  })

  test.each([
    ['type', (text: string, _: string) => text.replace('lephi.period.close/1', 'lephi.period.reopening/1')],
    ['id', (text: string, id: string) => text.replaceAll(id, `${id}x`)],
  ])('whose document was signed with another %s is a fault', async (_, change) => {
    const { id, document } = await closedMonday()
    const { deps, db } = desk.now()
    const other = change(document, id)
    const signed = { document: other, documentHash: sha256Hex(other), signature: await signDocument(deps, other) }
    await db.sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      await sql`update periods set ${sql(signed)} where id = ${id}`
    })
    expect(await fault()).toMatchObject({ id, problem: 'its row says something else than its document' })
  })

  test('signs every file and run, also those that it does not list', async () => {
    const { deps, db, account } = desk.now()
    deps.clock.set('2026-11-23T02:00:00Z')
    await desk.listed(lineFor(await payOrder(deps, account)))
    await db.sql`
      insert into statements select (jsonb_populate_record(null::statements, to_jsonb(original) || jsonb_build_object(
        'id', 'stm_z' || n, 'sha256', encode(sha256(n::text::bytea), 'hex')))).* from statements as original, generate_series(1, 1002) as n
      where original.merchant_account_id = ${account} and original.status = 'imported'`
    deps.clock.set('2026-11-25T02:00:00Z')
    await reconcile(deps, account, { from: day, to: day })
    const { document, id } = await close(deps, account, day)
    const said = readPeriodDocument(document)
    expect(said.evidence).toMatchObject({ statements: 1_003, reconciliations: said.reconciliations.length })
    expect(said.statements).toHaveLength(1_000)
    expect(await fault()).toBeNull()
    const [unlisted] =
      await db.sql`select id from statements where merchant_account_id = ${account} and not id = any(${said.statements.map((file) => file.id)}::text[]) limit 1`
    await tamper(`update statements set sha256 = repeat('0', 64) where id = '${unlisted?.id}'`)
    expect(await fault()).toMatchObject({ id, problem: `the statement ${unlisted?.id} is not the file that it was` })
    await tamper(`update periods set evidence = replace(evidence, '"items":', '"items": ')`)
    expect(await fault()).toMatchObject({ id, problem: 'its evidence is not what was signed' })
    await tamper(`delete from statements where id like 'stm_z%'`)
  })

  test('that signed without evidence is held against what it lists', async () => {
    const { id, document } = await closedMonday()
    const { deps, db } = desk.now()
    const { evidence: _, ...before } = JSON.parse(document)
    const other = stringifySorted(before)
    const signed = {
      document: other,
      documentHash: sha256Hex(other),
      evidence: null,
      signature: await signDocument(deps, other),
    }
    await db.sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      await sql`update periods set ${sql(signed)} where id = ${id}`
    })
    expect(await fault()).toBeNull()
    await tamper(`update statements set sha256 = reverse(sha256)`)
    expect((await fault())?.problem).toMatch(/^the statement stm_\w+ is not the file that it was$/)
  })

  test('of a second version is a fault without the first', async () => {
    const first = await closedMonday()
    const { deps, account } = desk.now()
    await reopenPeriod(deps, checker, { merchantAccountId: account, day, reason: 'a file came late' })
    const second = await close(deps, account, day)
    expect(await fault()).toBeNull()
    await tamper(
      'delete from period_acts',
      `delete from periods where id = '${first.id}'`,
      "delete from events where type like 'period.%'",
    )
    expect(await fault()).toMatchObject({
      id: second.id,
      problem: 'the version before it is not the one that it replaces',
    })
  })
})
