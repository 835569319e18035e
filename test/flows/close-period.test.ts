// Closing a business day: what keeps it open, what is signed, and where money goes that comes late.
import { compactVerify, createLocalJWKSet } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import { readPeriodDocument } from '../../src/domain/period.ts'
import { Refusal } from '../../src/domain/refusal.ts'
import { closePeriod } from '../../src/flows/close-period.ts'
import { countersignPeriod, reopenPeriod } from '../../src/flows/reopen-period.ts'
import { chainRecords, sealDays } from '../../src/flows/seal-ledger.ts'
import { publicKeySet } from '../../src/flows/signing-keys.ts'
import { verifyPeriods } from '../../src/flows/verify-periods.ts'
import { inScope } from '../../src/store/database.ts'
import { insertPeriod } from '../../src/store/periods.ts'
import type { TestDatabase } from '../kit/database.ts'
import type { TestDeps } from '../kit/deps.ts'
import { checker, close, maker, sumsByDay } from '../kit/periods.ts'
import { capture, payOrder, reconcile, startPayment } from '../kit/reconciliation.ts'
import { lineFor, settlementDesk } from '../kit/settlement-desk.ts'

const desk = settlementDesk()
const { listed, addRefund, refunded } = desk
const monday = '2026-11-23'
const tuesday = '2026-11-24'
let db: TestDatabase
let deps: TestDeps
let account: string
beforeEach(() => {
  ;({ db, deps, account } = desk.now())
  deps.clock.set('2026-11-23T02:00:00Z')
})

/** Monday 9:00: paid, listed and matched; it is Wednesday now. */
const matchedMonday = async () => {
  const attempt = await payOrder(deps, account)
  await listed(lineFor(attempt))
  deps.clock.set('2026-11-25T02:00:00Z')
  await reconcile(deps, account, { from: monday, to: monday })
  return attempt
}

const refusal = async (work: Promise<unknown>): Promise<Refusal> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error instanceof Refusal) return error
  throw error ?? new Error('it was not refused')
}

describe('a day closes', () => {
  test('when every line is matched, and the close is signed over ledger, files, matches and chain', async () => {
    await matchedMonday()
    const period = await close(deps, account, monday)
    const { payload } = await compactVerify(period.signature, createLocalJWKSet((await publicKeySet(deps)) as never))
    expect(new TextDecoder().decode(payload)).toBe(period.document)
    expect(readPeriodDocument(period.document)).toMatchObject({
      merchant_account: account,
      day: monday,
      covers: { from: null, to: monday },
      version: 1,
      closed_by: maker.actor,
      closed_at: '2026-11-25T09:00:00+07:00',
      ledger: {
        entries: 1,
        postings: 2,
        totals: { collected: -150_000, provider_receivable: 150_000 },
        root: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      statements: [{ source: 'provider', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      reconciliations: [{ items: 1, summary: { matched: { count: 1 } } }],
      carried_forward: [],
      not_due: { count: 0, amount: 0 },
      previous: null,
    })
    const [event] = await db.sql`select type, data from events where subject_id = ${period.id}`
    expect(event).toMatchObject({
      type: 'period.closed',
      data: { merchant_account: account, day: monday, version: 1, sha256: period.documentHash },
    })
  })

  test('with the newest seal of the whole ledger by its root', async () => {
    await matchedMonday()
    await chainRecords(deps, { reach: 'everything' })
    deps.clock.set('2026-11-26T02:00:00Z')
    await sealDays(deps)
    const { seal } = readPeriodDocument((await close(deps, account, monday)).document)
    const [stored] = await db.sql`select day, root from ledger_seals order by day desc limit 1`
    expect(seal).toEqual(stored)
    expect(await verifyPeriods(deps)).toMatchObject({ fault: null })
  })

  test('once: again, and by two at once, it is the same document', async () => {
    await matchedMonday()
    const both = await Promise.all([close(deps, account, monday), close(deps, account, monday)])
    const again = await close(deps, account, monday)
    expect(new Set([...both, again].map(({ id }) => id)).size).toBe(1)
  })

  test('without captures that are listed by the next cut-off, and says how many', async () => {
    await db.sql`update merchant_accounts set settlement_days = 3 where id = ${account}`
    await payOrder(deps, account)
    deps.clock.set('2026-11-24T02:00:00Z')
    await reconcile(deps, account, { from: monday, to: monday })
    const { not_due: notDue } = JSON.parse((await close(deps, account, monday)).document)
    expect(notDue).toEqual({ count: 1, amount: 150_000, due_before: '2026-11-19T00:00:00+07:00' })
  })

  test('with the days before it on which nothing was booked, and names the close before', async () => {
    await matchedMonday()
    const first = await close(deps, account, monday)
    deps.clock.set('2026-11-28T02:00:00Z')
    const second = await close(deps, account, '2026-11-26')
    expect(readPeriodDocument(second.document)).toMatchObject({
      covers: { from: tuesday, to: '2026-11-26' },
      previous: { id: first.id, sha256: first.documentHash },
    })
    expect((await close(deps, account, '2026-11-25')).id).toBe(second.id)
  })
})

describe('refuses', () => {
  test('a day that has not ended, with the clock of Vietnam', async () => {
    deps.clock.set('2026-11-23T16:59:59Z')
    expect(await refusal(close(deps, account, monday))).toMatchObject({ code: 'period_not_closable' })
    deps.clock.set('2026-11-23T17:00:00Z')
    expect(await close(deps, account, monday)).toMatchObject({ day: monday })
  })

  test('a line that is open and not carried by name, whatever it is, and names each', async () => {
    const unlisted = await payOrder(deps, account)
    const waiting = await startPayment(deps, account, { status: 'unknown' })
    const refund = await addRefund(unlisted, { status: 'unknown' })
    const [wrong] = [await payOrder(deps, account)]
    await listed(lineFor(wrong, { amount: 1 }))
    deps.clock.set('2026-11-24T02:00:00Z')
    const { only } = await reconcile(deps, account, { from: monday, to: monday })
    const [found] = await db.sql`select id from discrepancies where item_id = ${only('amount_mismatch').id}`
    const late = await startPayment(deps, account)
    await capture(deps, late, { occurredAt: new Date('2026-11-23T05:00:00Z') })
    const credit = deps.newId('qrn')
    const told = { provider: 'test', kind: 'unknown_credit', outcome: 'captured', callbackId: 'x', reference: credit }
    const when = { occurredAt: new Date('2026-11-23T05:00:00Z'), openedAt: deps.now(), amount: 7n, entryId: 'jrn_x' }
    await db.sql`insert into quarantine ${db.sql({ agencyCode: 'H56', id: credit, merchantAccountId: account, ...told, ...when })}`
    const refused = await refusal(close(deps, account, monday))
    expect(refused.code).toBe('period_has_open_lines')
    expect(refused.message).toBe('5 lines are open.')
    expect(refused.errors.map(({ pointer }) => pointer).toSorted()).toEqual(
      [
        `/attempt/${waiting.id}`,
        `/capture/${late.id}`,
        `/credit/${credit}`,
        `/discrepancy/${found?.id}`,
        `/refund/${refund.id}`,
      ].toSorted(),
    )
    const carried = [waiting.id, refund.id, String(found?.id), late.id, credit]
    expect(await refusal(close(deps, account, monday, carried.slice(1)))).toMatchObject({ message: '1 line is open.' })
    const byItem = carried.map((id) => (id === found?.id ? only('amount_mismatch').id : id))
    const period = await close(deps, account, monday, byItem)
    expect(readPeriodDocument(period.document).carried_forward.map(({ id }) => id)).toEqual(carried.toSorted())
    // Carried once, it stays on every later close until it is settled.
    deps.clock.set('2026-11-25T02:00:00Z')
    await db.sql`update discrepancies set status = 'resolved', difference = 0 where id = ${String(found?.id)}`
    // What was not due on Monday is due by now, and no run has looked for it.
    expect((await refusal(close(deps, account, tuesday))).errors).toMatchObject([
      { pointer: `/capture/${unlisted.id}` },
    ])
    const next = readPeriodDocument((await close(deps, account, tuesday, [unlisted.id])).document)
    expect(next.carried_forward.filter(({ id }) => id !== unlisted.id)).toMatchObject(
      carried
        .filter((id) => id !== found?.id)
        .toSorted()
        .map((id) => ({ id, reason: 'asked the provider', carried_by: maker.actor, since: monday })),
    )
  })

  test('a capture that came after the run, and one whose day no run has looked at', async () => {
    const attempt = await matchedMonday()
    const late = await startPayment(deps, account)
    deps.clock.advance(60)
    await capture(deps, late, { occurredAt: new Date('2026-11-23T16:00:00Z') })
    expect((await refusal(close(deps, account, monday))).errors).toMatchObject([{ pointer: `/capture/${late.id}` }])
    await reconcile(deps, account, { from: monday, to: tuesday })
    const refused = await refusal(close(deps, account, monday))
    expect(refused.errors.map(({ message }) => message)).toMatchObject([/^missing_at_provider, 150000 đ, 2026-11-23/])
    expect(attempt.id).not.toBe(late.id)
  })

  test('an earlier day with bookings, a statement being read and a run under way, which nobody can carry', async () => {
    await payOrder(deps, account)
    deps.clock.set('2026-11-25T02:00:00Z')
    const whose = { agencyCode: 'H56', merchantAccountId: account, createdBy: 'x', createdAt: deps.now() }
    const statement = deps.newId('stm')
    const run = deps.newId('rec')
    await db.sql`insert into statements ${db.sql({ ...whose, id: statement, source: 'provider', fileName: 'f', sha256: 'x', totalBytes: 1n, status: 'queued' })}`
    await db.sql`insert into reconciliations ${db.sql({ ...whose, id: run, fromDay: tuesday, toDay: tuesday, status: 'running' })}`
    const refused = await refusal(close(deps, account, tuesday))
    expect(refused.errors.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining([`/day/${monday}`, `/statement/${statement}`, `/reconciliation/${run}`]),
    )
    await db.sql`update statements set status = 'rejected' where id = ${statement}`
    await db.sql`update reconciliations set status = 'failed' where id = ${run}`
  })

  test('to carry what is not open', async () => {
    const attempt = await matchedMonday()
    expect(await refusal(close(deps, account, monday, [attempt.id]))).toMatchObject({
      code: 'invalid_input',
      errors: [{ pointer: '/carry_forward/0' }],
    })
  })
})

describe('what comes late', () => {
  test('is booked on the first open day, and stays a fact of its own day', async () => {
    await matchedMonday()
    await close(deps, account, monday)
    const before = await sumsByDay(db.sql, account)
    const late = await startPayment(deps, account)
    await capture(deps, late, { occurredAt: new Date('2026-11-23T09:00:00Z') })
    const sums = await sumsByDay(db.sql, account)
    expect(sums).toEqual({ ...before, [tuesday]: { collected: -150_000n, provider_receivable: 150_000n } })
    const [row] = await db.sql`
      select fact.business_day as fact_day, entry.business_day, entry.occurred_at from money_facts as fact join journal_entries as entry on entry.fact_id = fact.id
      where fact.attempt_id = ${late.id}`
    expect(row).toMatchObject({
      factDay: monday,
      businessDay: tuesday,
      occurredAt: new Date('2026-11-23T09:00:00Z'),
    })
    expect((await refusal(close(deps, account, tuesday))).errors).toMatchObject([{ pointer: `/capture/${late.id}` }])
  })

  test('is a refund on the day after a closed one, and the closed day keeps its figures', async () => {
    const attempt = await matchedMonday()
    const period = await close(deps, account, monday)
    const refund = await addRefund(attempt, { amount: 50_000n })
    await refunded(refund, { occurredAt: new Date('2026-11-24T03:00:00Z') })
    const backdated = await addRefund(attempt, { amount: 20_000n })
    await refunded(backdated, { occurredAt: new Date('2026-11-23T03:00:00Z') })
    expect(await sumsByDay(db.sql, account)).toEqual({
      [monday]: { collected: -150_000n, provider_receivable: 150_000n },
      [tuesday]: { collected: 70_000n, provider_receivable: -70_000n },
    })
    expect(await verifyPeriods(deps)).toMatchObject({ fault: null })
    expect((await close(deps, account, monday)).id).toBe(period.id)
  })

  test('is refused by the database when somebody names the closed day', async () => {
    await matchedMonday()
    await close(deps, account, monday)
    const post = (entryDay: string, day: string) =>
      inScope(deps.db, '*', (sql) => [
        sql`insert into journal_entries ${sql({ id: deps.newId('jrn'), agencyCode: 'H56', kind: 'adjustment', businessDay: entryDay, occurredAt: deps.now(), postedAt: deps.now(), memo: 'late' })}`,
        sql`
          insert into postings (entry_id, line_no, agency_code, account, merchant_account_id, amount, business_day)
          select max(id), line.no, 'H56', line.account, ${account}, line.amount, ${day}::date
          from journal_entries, (values (1, 'collected', 5), (2, 'suspense', -5)) as line (no, account, amount) where memo = 'late' group by 2, 4, 6`,
      ])
    await expect(post(monday, monday)).rejects.toMatchObject({ constraint_name: 'period_closed' })
    await expect(post(tuesday, '2026-11-25')).rejects.toMatchObject({ constraint_name: 'postings_day' })
    await expect(db.sql`delete from periods`).rejects.toThrow('append-only')
    await expect(db.sql`update period_acts set done_by = 'x'`).resolves.toEqual([])
  })
})

test('a close that says other sums than the postings have is refused by the database, also with their right number', async () => {
  await matchedMonday()
  const period = await close(deps, account, monday)
  await reopenPeriod(deps, checker, { merchantAccountId: account, day: monday, reason: 'again' })
  const { countersignedBy: _a, countersignedAt: _b, countersignature: _c, ...row } = period
  const { reopenedBy: _d, reopenedAt: _e, reopenReason: _f, reopening: _g, ...again } = row
  const document = period.document.replaceAll('150000', '15000')
  const said = { ...again, id: deps.newId('per'), version: 2, document, postings: 2, evidence: '{}' }
  const inserted = insertPeriod(deps.db, 'H56', { period: said, eventId: deps.newId('evt') })
  await expect(inserted).rejects.toThrow('the close counted 2 postings of 2')
})

describe('a second person', () => {
  test('who closes the day with another note or other lines is told so, and the same words again change nothing', async () => {
    await matchedMonday()
    const say = (note: string | null, id?: string) =>
      closePeriod(deps, checker, {
        merchantAccountId: account,
        day: monday,
        note,
        carryForward: id ? [{ id, reason: 'r', pointer: '/carry_forward/0' }] : [],
      })
    const first = await say('November')
    expect((await say('November')).id).toBe(first.id)
    expect((await say(null)).id).toBe(first.id)
    const lost = (pointer: string) => ({ code: 'already_exists', errors: [{ pointer }] })
    expect(await refusal(say('December'))).toMatchObject(lost('/note'))
    expect(await refusal(say(null, deps.newId('dsc')))).toMatchObject(lost('/carry_forward/0'))
  })

  test('signs the close too, and who closed it does not', async () => {
    await matchedMonday()
    const period = await close(deps, account, monday)
    const name = { merchantAccountId: account, day: monday }
    expect(await refusal(countersignPeriod(deps, maker, name))).toMatchObject({ code: 'period_four_eyes' })
    const signed = await countersignPeriod(deps, checker, name)
    expect(signed).toMatchObject({ id: period.id, countersignedBy: checker.actor, document: period.document })
    expect(await countersignPeriod(deps, checker, name)).toEqual(signed)
    expect(await verifyPeriods(deps)).toMatchObject({ fault: null })
  })

  test('opens the last closed day again, for everybody to see, and the next close is a new version', async () => {
    await matchedMonday()
    const first = await close(deps, account, monday)
    deps.clock.set('2026-11-26T02:00:00Z')
    await close(deps, account, tuesday)
    const name = { merchantAccountId: account, reason: 'a file came late' }
    expect(await refusal(reopenPeriod(deps, checker, { ...name, day: monday }))).toMatchObject({
      code: 'period_closed',
    })
    expect(await refusal(reopenPeriod(deps, maker, { ...name, day: tuesday }))).toMatchObject({
      code: 'period_four_eyes',
    })
    await reopenPeriod(deps, checker, { ...name, day: tuesday })
    const opened = await reopenPeriod(deps, checker, { ...name, day: monday })
    expect(opened).toMatchObject({ id: first.id, reopenedBy: checker.actor, reopenReason: 'a file came late' })
    expect(await refusal(reopenPeriod(deps, checker, { ...name, day: monday }))).toMatchObject({
      code: 'period_not_closed',
    })
    const again = await close(deps, account, monday)
    expect(readPeriodDocument(again.document)).toMatchObject({ version: 2, replaces: { sha256: first.documentHash } })
    const events = await db.sql`select type from events where subject_id = ${first.id} order by sequence`
    expect(events.map((row) => row.type)).toEqual(['period.closed', 'period.reopened'])
    expect(await verifyPeriods(deps)).toMatchObject({ fault: null })
  })
})

test('a close that was altered, or whose books were, is named by verify-periods', async () => {
  await matchedMonday()
  const { id } = await close(deps, account, monday)
  const altered = async (statement: string, undo: string) => {
    await db.sql.unsafe(`set session_replication_role = replica; ${statement}; set session_replication_role = default`)
    const { fault } = await verifyPeriods(deps)
    await db.sql.unsafe(`set session_replication_role = replica; ${undo}; set session_replication_role = default`)
    return fault?.id === id ? fault.problem : fault
  }
  const mine = `merchant_account_id = '${account}'`
  expect(
    await altered(
      `update postings set amount = amount * 2 where ${mine}`,
      `update postings set amount = amount / 2 where ${mine}`,
    ),
  ).toMatch('the postings add up to -300000')
  const entries = `journal_entries set memo = MEMO where id in (select entry_id from postings where ${mine})`
  expect(await altered(`update ${entries.replace('MEMO', "'x'")}`, `update ${entries.replace('MEMO', 'null')}`)).toBe(
    'a posting or its entry is not what it was',
  )
  const items = `reconciliation_items set amount_there = amount_there SIGN 1 where reconciliation_id in (select id from reconciliations where ${mine})`
  expect(await altered(`update ${items.replace('SIGN', '+')}`, `update ${items.replace('SIGN', '-')}`)).toMatch(
    'the items of',
  )
  const file = `statements set sha256 = reverse(sha256) where ${mine}`
  expect(await altered(`update ${file}`, `update ${file}`)).toMatch('is not the file')
  const said = (from: string, to: string) =>
    `periods set document = replace(document, '${from}', '${to}') where id = '${id}'`
  expect(
    await altered(`update ${said('"version":1', '"version":7')}`, `update ${said('"version":7', '"version":1')}`),
  ).toMatch('signature')
  expect(await verifyPeriods(deps)).toMatchObject({ fault: null })
  const next = await close(deps, account, tuesday)
  await altered(`delete from periods where id = '${id}'`, 'select 1')
  expect(await verifyPeriods(deps)).toMatchObject({
    fault: { id: next.id, problem: 'the close before it is not the one that it names' },
  })
  await altered(`delete from periods where id = '${next.id}'`, 'select 1')
  expect(await verifyPeriods(deps)).toMatchObject({ fault: { problem: 'the feed tells of it, and it is gone' } })
})
