// A close and a booking at the same moment, held at the point where it matters.
import { beforeEach, expect, test } from 'vitest'
import { readPeriodDocument } from '../../src/domain/period.ts'
import { interactively } from '../../src/store/database.ts'
import { bookTargets, stageTargets } from '../../src/store/ledger-targets.ts'
import type { TestDatabase } from '../kit/database.ts'
import type { TestDeps } from '../kit/deps.ts'
import { seedMerchantAccount } from '../kit/orders.ts'
import { close, sumsByDay } from '../kit/periods.ts'
import { capture, startPayment } from '../kit/reconciliation.ts'
import { settlementDesk } from '../kit/settlement-desk.ts'

const desk = settlementDesk()
const monday = '2026-11-23'
const tuesday = '2026-11-24'
let db: TestDatabase
let deps: TestDeps
let account: string
beforeEach(() => {
  ;({ db, deps, account } = desk.now())
  deps.clock.set('2026-11-23T02:00:00Z')
})

/** A close that is inserted and not committed yet, as `work` sees it. */
const whileClosing = (day: string, work: () => Promise<void>) =>
  db.sql.begin(async (sql) => {
    const [row] =
      await sql`select count(*)::int as postings from postings where merchant_account_id = ${account} and business_day = ${day}`
    const said = { document: '{}', documentHash: '', signature: '', closedBy: 'x', closedAt: deps.now() }
    await sql`insert into periods ${sql({ ...said, id: deps.newId('per'), agencyCode: 'H56', merchantAccountId: account, day, version: 1, postings: row?.postings })}`
    await work()
  })
const isWaiting = async () => {
  const [row] =
    await db.sql`select count(*)::int as waiting from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`
  return row?.waiting > 0
}
const until = async (condition: () => Promise<boolean>) => {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve))
}

test('a capture that read before the close committed is booked on the next day, and does not fail', async () => {
  const attempt = await startPayment(deps, account)
  deps.clock.set('2026-11-24T02:00:00Z')
  const told = { occurredAt: new Date('2026-11-23T05:00:00Z') }
  let booked: Promise<void> | null = null
  await whileClosing(monday, async () => {
    booked = capture(deps, attempt, told)
    await until(isWaiting)
  })
  await booked
  expect(Object.keys(await sumsByDay(db.sql, account))).toEqual([tuesday])
})

test('a booking under way holds a close up, which then counts it', async () => {
  deps.clock.set('2026-11-24T02:00:00Z')
  let closed: Promise<unknown> | null = null
  await db.sql.begin(async (sql) => {
    const entry = deps.newId('jrn')
    await sql`insert into journal_entries ${sql({ id: entry, agencyCode: 'H56', kind: 'adjustment', businessDay: monday, occurredAt: deps.now(), postedAt: deps.now() })}`
    for (const [lineNo, amount] of [5n, -5n].entries())
      await sql`insert into postings ${sql({ entryId: entry, lineNo, agencyCode: 'H56', account: 'suspense', merchantAccountId: account, amount, businessDay: monday })}`
    closed = close(deps, account, monday)
    await until(isWaiting)
  })
  expect(await closed).toMatchObject({ day: monday })
  expect(readPeriodDocument((await close(deps, account, monday)).document).ledger).toMatchObject({ postings: 2 })
})

test('what several accounts share, and what no order owns, stands on the first day that is open to all', async () => {
  deps.clock.set('2026-11-25T02:00:00Z')
  const other = await seedMerchantAccount(deps, db.sql, { provider: 'test' })
  await close(deps, account, monday)
  await close(deps, other, tuesday)
  const [row] =
    await db.sql`select lephi_open_day(array[${account}, ${other}], ${monday}::date) as both, lephi_open_day(${account}::text, ${monday}::date) as one`
  expect(row).toEqual({ both: '2026-11-25', one: tuesday })
  await interactively(db.database, '*', async (sql) => {
    await stageTargets(sql)
    for (const [name, amount] of [
      ['bank', 5n],
      ['suspense', -5n],
    ] as const)
      await sql`insert into ledger_target ${sql({ subject: `discrepancy:${other}`, agencyCode: 'H56', merchantAccountId: other, businessDay: monday, account: name, amount })}`
    await bookTargets(sql, { kind: 'discrepancy', now: deps.now(), idBody: '00000000000000000000' })
  })
  expect(await sumsByDay(db.sql, other)).toEqual({ '2026-11-25': { bank: 5n, suspense: -5n } })
})
