// A bank's MT940 as it becomes a statement: its lines stored, its balances told, and what is refused whole.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/lib/hmac.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { seedAgencies, seedMerchantAccount } from '../kit/orders.ts'
import { importFile } from '../kit/statements.ts'

let db: TestDatabase
let deps: TestDeps

beforeAll(async () => {
  db = await createTestDatabase()
  deps = createTestDeps(db.database)
  await seedAgencies(db.sql)
})
afterAll(() => db.drop())

const importMt940 = async (text: string) =>
  importFile(deps, await seedMerchantAccount(deps, db.sql, { provider: 'test' }), text, 'bank')

type Page = { account?: string; opening: string; entries?: string; closing: string }
const page = ({ account = '970436/0123456789', opening, entries = '', closing }: Page): string =>
  `:20:S\r\n:25:${account}\r\n:28C:1/1\r\n:60F:${opening}\r\n${entries}:62F:${closing}\r\n-\r\n`
const credit = ':61:2611241124CD79000,NTRFPO-1//FT1\r\n:86:TT PHI\r\n'
const debit = ':61:261125DD5000,00NCHGNONREF//FT2\r\n'
const day = page({ opening: 'C261123VND1000000,', entries: credit + debit, closing: 'C261125VND1074000,' })

test('is stored line by line, with its balances, its account and that it closes', async () => {
  const statement = await importMt940(day)
  expect(statement).toMatchObject({
    status: 'imported',
    format: 'mt940',
    lines: 2,
    accepted: 2,
    problems: [],
    openingBalance: 1_000_000n,
    closingBalance: 1_074_000n,
    credits: 79_000n,
    debits: 5_000n,
    closes: true,
    account: '970436/0123456789',
    currency: 'VND',
    fromDay: '2026-11-24',
    toDay: '2026-11-25',
  })
  expect(await db.sql`select * from statement_lines where statement_id = ${statement.id} order by line`).toMatchObject([
    {
      line: 5,
      source: 'bank',
      valueDate: '2026-11-24',
      businessDay: '2026-11-24',
      amount: 79_000n,
      bankReference: 'FT1',
      description: 'PO-1 TT PHI',
      rowHash: sha256Hex(credit.trimEnd().replace('\r', '')),
    },
    { line: 7, amount: -5_000n, bankReference: 'FT2', description: null },
  ])
})

describe('of several statements', () => {
  const next = page({
    account: '123456789VND',
    opening: 'C261125VND1074000,',
    entries: credit,
    closing: 'C261126VND1153000,',
  })
  test('closes when each does and opens where the last one closed', async () => {
    expect(await importMt940(day + next)).toMatchObject({
      openingBalance: 1_000_000n,
      closingBalance: 1_153_000n,
      closes: true,
      problemCount: 0,
    })
  })
  test('does not close with a gap between them, or a wrong or missing balance in one', async () => {
    expect(await importMt940(day + day.replace('1/1', '2/1'))).toMatchObject({
      closes: false,
      problems: [{ line: 13 }],
      accepted: 4,
    })
    expect(await importMt940(day.replace('1074000', '1074001') + next)).toMatchObject({ closes: false, accepted: 3 })
    expect(await importMt940(day + next.replace(/:62F.*/s, ''))).toMatchObject({ closes: null, closingBalance: null })
  })
})

test('that stands in the file twice keeps the lines of both, says so, and does not close', async () => {
  const statement = await importMt940(day + day)
  expect(statement).toMatchObject({ status: 'imported', closes: false, lines: 4, accepted: 4 })
  expect(statement.problems[0]).toEqual({ line: 13, message: 'the statement repeats the one of line 4' })
})

test('tells who paid and by which reference where the bank writes its text in parts', async () => {
  const entries = [
    ':61:2611241124CD79000,NTRFNONREF//FT1',
    ':86:166?00GHI CO?20EREF+LP2611240001?21SVWZ+NOP LE?22 PHI?30VCBVVNVX?310123?32NGUYEN VAN?33 AN',
    ':61:2611241124CD1000,NTRFNONREF',
    ':86:/TRTP/CHUYEN TIEN/IBAN/VN1/NAME/TRAN THI BINH/REMI/NOP PHI/EREF/LP2611240002',
    '',
  ].join('\r\n')
  const { id } = await importMt940(page({ opening: 'C261123VND0,', entries, closing: 'C261125VND80000,' }))
  expect(await db.sql`select * from statement_lines where statement_id = ${id} order by line`).toMatchObject([
    { bankReference: 'FT1', description: 'EREF+LP2611240001 SVWZ+NOP LE PHI', counterparty: 'NGUYEN VAN AN' },
    { bankReference: 'LP2611240002', description: 'LP2611240002 NOP PHI', counterparty: 'TRAN THI BINH' },
  ])
})

test('sums that nobody could be told are a problem of the line that makes them so', async () => {
  const many = Array.from({ length: 12 }, (_, at) => `:61:261124C999999999999999,NTRFX//F${at}\r\n`).join('')
  const statement = await importMt940(page({ opening: 'C261123VND0,', entries: many, closing: 'C261124VND0,' }))
  expect(statement).toMatchObject({ status: 'imported', lines: 12, accepted: 9, credits: 8_999_999_999_999_991n })
  expect(statement.problems[0]).toEqual({
    line: 14,
    column: 'amount',
    message: 'with this amount the sum of the file is beyond 2^53 đồng',
  })
})

test('loses only the entry that is broken, and then does not close', async () => {
  const statement = await importMt940(day.replace('2611241124', '2602301124'))
  expect(statement).toMatchObject({ status: 'imported', lines: 2, accepted: 1, closes: false, debits: 5_000n })
  expect(statement.problems).toEqual([
    { line: 5, message: 'the value date is no day' },
    { line: 4, message: 'opening balance and entries do not add up to the closing balance' },
  ])
})

test('without any entry is a statement all the same', async () => {
  const quiet = page({ opening: 'C261123VND5,', closing: 'C261123VND5,' })
  expect(await importMt940(quiet)).toMatchObject({ status: 'imported', lines: 0, closes: true })
})

describe('is refused whole', () => {
  test.each([
    ['in another currency', day.replaceAll('VND', 'EUR'), { currency: 'EUR', reason: expect.stringContaining('EUR') }],
    [
      'with a later statement in another currency',
      day + page({ opening: 'C261125USD1,', closing: 'C261125USD1,' }),
      { currency: 'USD', reason: expect.stringContaining('USD') },
    ],
    [
      'of another account',
      day.replace('0123456789', '0123456780'),
      { reason: 'the statement is of another account than the merchant account names' },
    ],
    [
      'with a later statement of another account',
      day + page({ account: '0123456780', opening: 'C261125VND1074000,', closing: 'C261125VND1074000,' }),
      { reason: 'the statement is of another account than the merchant account names' },
    ],
    ['with nothing to read', ':20:X\nnothing', { reason: 'the file has no statement that could be read' }],
    [
      'with nothing but broken entries',
      day.replaceAll(':61:26', ':61:x'),
      { reason: 'no line of the file could be read' },
    ],
  ])('%s', async (_name, text, told) => {
    const statement = await importMt940(text)
    expect(statement).toMatchObject({ status: 'rejected', accepted: 0, credits: 0n, closes: null, ...told })
    expect(await db.sql`select from statement_lines where statement_id = ${statement.id}`).toHaveLength(0)
  })
})
