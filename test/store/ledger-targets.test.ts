// What is booked under a subject follows what should stand there, and nothing else.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { everyAgency, interactively, queryInScope } from '../../src/store/database.ts'
import { bookTargets, stageTargets } from '../../src/store/ledger-targets.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

const now = new Date('2026-11-25T03:00:00Z')
let run = 0

const book = (rows: readonly { subject: string; account: string; amount: bigint }[]): Promise<number> =>
  interactively(db.database, everyAgency, async (sql) => {
    await stageTargets(sql)
    for (const row of rows)
      await sql`insert into ledger_target ${sql({ agencyCode: 'H56', merchantAccountId: 'mac_1', businessDay: '2026-11-25', ...row })}`
    run += 1
    return bookTargets(sql, { kind: 'settlement', now, idBody: `0000000000000000000${run}` })
  })

const balances = async (subject: string): Promise<Record<string, bigint>> => {
  const rows = await queryInScope(
    db.database,
    everyAgency,
    (sql) => sql`
      select posting.account, sum(posting.amount)::bigint as amount from postings as posting join journal_entries as entry on entry.id = posting.entry_id
      where entry.subject = ${subject} group by posting.account having sum(posting.amount) <> 0`,
  )
  return Object.fromEntries(rows.map((row) => [String(row.account), BigInt(row.amount)]))
}

it('books the difference once, moves it when the target moves, and takes it back when nothing should stand', async () => {
  const paid = [
    { subject: 'payout:1', account: 'bank', amount: 990n },
    { subject: 'payout:1', account: 'provider_fee', amount: 10n },
    { subject: 'payout:1', account: 'provider_receivable', amount: -1_000n },
  ]
  expect(await book(paid)).toBe(1)
  expect(await book(paid)).toBe(0)
  expect(await balances('payout:1')).toEqual({ bank: 990n, provider_fee: 10n, provider_receivable: -1_000n })
  const short = [
    ...paid.slice(1),
    { subject: 'payout:1', account: 'bank', amount: 900n },
    { subject: 'payout:1', account: 'suspense', amount: 90n },
  ]
  expect(await book(short)).toBe(1)
  expect(await balances('payout:1')).toEqual({
    bank: 900n,
    provider_fee: 10n,
    suspense: 90n,
    provider_receivable: -1_000n,
  })
  expect(await book([{ subject: 'payout:1', account: 'bank', amount: 0n }])).toBe(1)
  expect(await balances('payout:1')).toEqual({})
})

it('refuses a target that does not balance, and books nothing then', async () => {
  await expect(book([{ subject: 'payout:2', account: 'bank', amount: 5n }])).rejects.toMatchObject({ code: '23514' })
  expect(await balances('payout:2')).toEqual({})
})
