// Statements that are broken or mean harm, from upload to what is stored: a problem that names line and column, bounded memory, and nothing half imported.
import { zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StatementSource } from '../../src/domain/statement-columns.ts'
import { importStatement } from '../../src/flows/import-statement.ts'
import { spoolFile } from '../../src/flows/receive-statement.ts'
import { findStatement } from '../../src/store/statements.ts'
import { camtFile } from '../kit/camt.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { bankHeader, goodFiles, type ReaderName, readHostile } from '../kit/hostile-statements.ts'
import { seedAgencies, seedMerchantAccount } from '../kit/orders.ts'
import { reconcile } from '../kit/reconciliation.ts'
import {
  importFile,
  type ProviderRow,
  piecesOf,
  providerFile,
  providerHeader,
  providerRow,
  upload,
} from '../kit/statements.ts'
import { sheetRow, workbookFile } from '../kit/workbook.ts'

let db: TestDatabase
let deps: TestDeps
let account: string
beforeAll(async () => {
  db = await createTestDatabase()
  deps = createTestDeps(db.database)
  await seedAgencies(db.sql)
  account = await seedMerchantAccount(deps, db.sql, {
    provider: 'test',
  })
  await db.sql`update merchant_accounts set payee_account = payee_account || '{"number": "113366668888"}' where id = ${account}`
})
afterAll(() => db.drop())

const take = async (file: string | Uint8Array, source: StatementSource = 'bank') => {
  const statement = await importFile(deps, account, file, source)
  const lines =
    await db.sql`select line, amount, description from statement_lines where statement_id = ${statement.id} order by line`
  expect(statement.accepted).toBe(lines.length)
  return { ...statement, stored: lines }
}
const utf16 = (text: string, { mark = true, isBig = false } = {}): Uint8Array => {
  const letters = [...`${mark ? '\ufeff' : ''}${text}`]
  return Uint8Array.from(
    letters.flatMap((letter) => {
      const [low, high] = [letter.charCodeAt(0) & 0xff, letter.charCodeAt(0) >> 8]
      return isBig ? [high, low] : [low, high]
    }),
  )
}
const bank = (...rows: string[]): string => `${[bankHeader, ...rows].join('\n')}\n`
const row = (amount: string | number, text = 'a') => `2026-11-24,${amount},FT${amount},${text}`

describe('is refused whole, with its line', () => {
  const camt = new TextDecoder().decode(goodFiles.camt053)
  const mt940 = new TextDecoder().decode(goodFiles.mt940)
  const sheet = (xml: string) => workbookFile({ rows: '', more: { 'xl/worksheets/sheet1.xml': xml } })
  test.each<[string, string | Uint8Array, RegExp, StatementSource?]>([
    ['nothing', '', /is empty/],
    ['line ends alone', '\r\n\n\r', /is empty/],
    ['UTF-16 with its mark', utf16(bank(row(1))), /not UTF-8 text/],
    ['UTF-16 without its mark', utf16(bank(row(1)), { mark: false }), /not UTF-8 text/],
    ['UTF-16 with the large end first', utf16(bank(row(1)), { isBig: true }), /not UTF-8 text/],
    ['a million columns', `${bankHeader}${',x'.repeat(1_000_000)}\n${row(1)}\n`, /more than 60 cells|too long/],
    ['a NUL in its header', bank(row(1)).replace('amount', 'amo\0unt'), /not UTF-8 text/],
    [
      "a provider's file as a bank's",
      `${providerHeader}\n${providerRow({ amount: 5 })}\n`,
      /of a provider's statement/,
    ],
    ["a bank's file as a provider's", bank(row(1)), /no column line_type/, 'provider'],
    [
      'a document type',
      camt.replace('<Document', '<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document'),
      /DOCTYPE|document type/i,
    ],
    [
      'a bomb of entities',
      camt
        .replace('<Document', '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Document')
        .replace('Lệ phí', '&b;'),
      /DOCTYPE|document type/i,
    ],
    ['an entity from outside', camt.replace('Lệ phí', '&xxe;'), /not well-formed/],
    ['a statement of another account', camt.replace('113366668888', '999'), /another account/],
    ['MT940 of another account', mt940.replace('113366668888', '999'), /another account/],
    ['MT940 in dollars', mt940.replaceAll('VND', 'USD'), /USD/],
    ['a camt.053 that is cut off', camt.slice(0, -60), /cannot be read/],
    ['a workbook that is cut off', goodFiles.xlsx.slice(0, -30), /damaged or cut off/],
    [
      'a workbook with a document type',
      sheet('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'),
      /document type|cannot be read/i,
    ],
    ['a workbook within a zip', zipSync({ 'statement.xlsx': goodFiles.xlsx }), /workbook|damaged/],
    [
      'a zip of zips',
      zipSync({ 'a.zip': zipSync({ 'b.zip': zipSync({ c: new Uint8Array(9_000_000) }) }) }),
      /workbook|damaged/,
    ],
  ])('%s', async (_name, file, reason, source) => {
    const { status, problems, stored, ...told } = await take(file, source)
    expect([status, stored]).toEqual(['rejected', []])
    expect(told.reason).toMatch(reason)
    expect(problems[0]?.line).toBeGreaterThan(0)
    expect([told.credits, told.debits, told.fromDay, told.closes]).toEqual([0n, 0n, null, null])
  })
})

describe('costs its line alone', () => {
  test.each<[string, string, string | undefined, RegExp]>([
    ['31 February', '2026-02-31,5,F,a', 'value_date', /yyyy-MM-dd/],
    ['a day of 1900', '1900-01-01,5,F,a', 'value_date', /yyyy-MM-dd/],
    ['a NUL', '2026-11-24,5,F,a\0b', 'description', /not UTF-8 text/],
    ['no amount', '2026-11-24,,F,a', 'amount', /missing or 0/],
    ['minus zero', '2026-11-24,-0,F,a', 'amount', /missing or 0/],
    ['sixteen digits', `2026-11-24,${'1'.repeat(16)},F,a`, 'amount', /at most 15 digits/],
    ['a thousand digits', `2026-11-24,${'1'.repeat(1_000)},F,a`, 'amount', /at most 15 digits/],
    ['a number of Excel', '2026-11-24,1E+15,F,a', 'amount', /whole number/],
    ['full-width digits', '2026-11-24,１５０,F,a', 'amount', /whole number/],
    ['a formula for an amount', '2026-11-24,=1+1,F,a', 'amount', /whole number/],
    ['a quote that never closes', '2026-11-24,5,F,"a', undefined, /never closed/],
    ['text behind a quote', '2026-11-24,5,F,"a"b', undefined, /behind a closing quote/],
    ['a million columns', `2026-11-24,5,F,a${',x'.repeat(450_000)}`, undefined, /more than 60 cells|too long/],
    ['a cell without end', `2026-11-24,5,F,${'x'.repeat(20_000)}`, 'description', /more than 10000 characters/],
    ['a long reference', `2026-11-24,5,${'F'.repeat(300)},a`, 'bank_reference', /longer than 200/],
    ['too few cells', '2026-11-24,5', undefined, /has 2 cells/],
  ])('%s', async (_name, broken, column, message) => {
    const { status, problems, problemCount, stored, lines } = await take(bank(row(1), broken, row(3)))
    expect([status, lines, problemCount, stored.map(({ line, amount }) => [line, amount])]).toEqual([
      'imported',
      3,
      1,
      [
        [2, 1n],
        [4, 3n],
      ],
    ])
    expect([problems[0]?.line, problems[0]?.column]).toEqual([3, column])
    expect(problems[0]?.message).toMatch(message)
  })

  test('a row in windows-1258 among rows in UTF-8', async () => {
    const text = bank(row(1, 'Lệ phí'), row(2, '?'), row(3))
    const bytes = new TextEncoder().encode(text)
    bytes[bytes.indexOf(0x3f)] = 0xd0
    const { problems, stored } = await take(bytes)
    expect(problems).toEqual([{ line: 3, column: 'description', message: 'the row is not UTF-8 text' }])
    expect(stored.map(({ description }) => description)).toEqual(['Lệ phí', 'a'])
  })

  test('an impossible day in MT940 and in camt.053, with the line of its entry', async () => {
    const mt940 = new TextDecoder().decode(goodFiles.mt940).replace(':61:261125C9', ':61:260231C9')
    expect(await take(mt940)).toMatchObject({
      accepted: 2,
      closes: false,
      problems: [{ line: 9, message: 'the value date is no day' }, { line: 4 }],
    })
    const camt = camtFile({ opening: '0', closing: '158000', rows: [{}, { day: '2026-02-31' }] }).replaceAll(
      '<Dt>2026-11-22</Dt>',
      '<Dt>2026-02-31</Dt>',
    )
    const { problems, accepted } = await take(camt)
    expect([accepted, problems[0]]).toMatchObject([
      1,
      { column: 'ValDt', line: camt.slice(0, camt.lastIndexOf('<Ntry>')).split('\n').length },
    ])
  })

  test('what a workbook hides in its texts', async () => {
    const rows = ['_x0000_', '_xD83D_', '_xFFFD_'].map((text, at) =>
      sheetRow(at + 2, ['2026-11-24', 5n, `F${at}`, text]),
    )
    const { problems, stored } = await take(
      workbookFile({
        rows: [sheetRow(1, bankHeader.split(',')), ...rows, sheetRow(9, ['2026-11-24', 7n, 'F9', 'a'])].join(''),
      }),
    )
    expect(problems.map(({ line, column }) => [line, column])).toEqual([2, 3, 4].map((line) => [line, 'description']))
    expect(stored).toMatchObject([{ line: 9, amount: 7n }])
  })
})

test('line ends of all kinds in one file are line ends, and are text within quotes', async () => {
  const { stored, problems } = await take(
    `${bankHeader}\r${row(1)}\r\n${row(2, '"b\rc\r\nd\ne"')}\n${row(3)}\r\n\r${row('x')}\r`,
  )
  expect(stored).toMatchObject([{ line: 2 }, { line: 3, description: 'b\rc\r\nd\ne' }, { line: 7 }])
  expect(problems).toMatchObject([{ line: 9, column: 'amount' }])
})

test('a header alone is a statement without lines', async () => {
  expect(await take(`${bankHeader}\n`)).toMatchObject({ status: 'imported', lines: 0, accepted: 0, problems: [] })
})

test('what looks like a formula is kept as it stands: it is made harmless where it is written', async () => {
  const texts = ['=HYPERLINK("http://x")', '@SUM(A1)', '+84912', "-1+1|cmd' /C calc'!A0"]
  const { stored } = await take(bank(...texts.map((text, at) => row(at + 1, `"${text.replaceAll('"', '""')}"`))))
  expect(stored.map(({ description }) => description)).toEqual(texts)
})

test('of a million problems the first thousand are kept, and all are counted', async () => {
  const file = `${bankHeader}\n${'x\n'.repeat(1_000_000)}${row(7)}\n`
  const statement = await take(file)
  expect(statement).toMatchObject({ status: 'imported', lines: 1_000_001, accepted: 1, problemCount: 1_000_000 })
  expect([statement.problems.length, statement.problems.at(-1)?.line, statement.stored[0]?.line]).toEqual([
    1_000, 1_001, 1_000_002,
  ])
})

test('ten thousand lines with the largest amounts are told of each column, and the rest can be matched', async () => {
  const most = 999_999_999_999_999
  const many = (kind: string, count: number, row: Partial<ProviderRow>) =>
    Array.from({ length: count }, (_, at) => ({
      amount: 1,
      net: 0,
      payout: 'PO-1',
      reference: `s${kind}${at}`,
      providerReference: `t${kind}${at}`,
      ...row,
    }))
  const rows = [
    ...many('n', 9_300, { net: most }),
    ...many('a', 450, { amount: most, status: 'failed' }),
    ...many('f', 450, { fee: most }),
  ]
  const statement = await importFile(deps, account, providerFile(rows))
  expect(statement).toMatchObject({ status: 'imported', lines: 10_200, accepted: 27, credits: 18n })
  expect([...new Set(statement.problems.map(({ column }) => column))]).toEqual(['net_amount'])
  expect(statement.problemCount).toBe(10_173)
  const { classes } = await reconcile(deps, account)
  expect(classes.filter((name) => name === 'missing_here')).toHaveLength(18)
})

test('files that overlap keep the lines of both, so that matching can tell which are there twice', async () => {
  const [first, second] = [bank(row(11), row(12)), bank(row(12), row(13))]
  expect([(await take(first)).stored.length, (await take(second)).stored.length]).toEqual([2, 2])
})

test('a name of a file that no database takes is mended', async () => {
  const body = piecesOf(bank(row(99)))
  const spooled = await spoolFile(
    deps,
    { scope: 'H56', actor: 'a' },
    { fileName: `a\0b\r\n${'🎋'.repeat(300)}`, body, maxBytes: 1_000 },
  )
  expect(spooled.fileName).toBe(`ab${'🎋'.repeat(253)}`)
})

test('content that the database refuses ends the import, and leaves nothing of it', async () => {
  await db.sql`alter table statement_lines add constraint no_poison check (description <> 'poison')`
  const { id } = await upload(deps, account, bank(row(1), row(2, 'poison')), 'bank')
  expect(await importStatement(deps, id)).toBe(true)
  await db.sql`alter table statement_lines drop constraint no_poison`
  expect(await findStatement(deps.db, '*', id)).toMatchObject({
    status: 'rejected',
    reason: 'refused by the database: no_poison',
    accepted: 0,
  })
  expect(await db.sql`select from statement_lines where statement_id = ${id}`).toEqual([])
  expect((await upload(deps, account, bank(row(1), row(2, 'poison')), 'bank')).isDuplicate).toBe(false)
})

describe('of 200 MB in one line', () => {
  const piece = new Uint8Array(1_000_000).fill(0x78)
  const endless = (head: string, tail: string) => () => {
    let sent = -1
    return new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          sent += 1
          if (sent === 0) controller.enqueue(new TextEncoder().encode(head))
          else if (sent <= 200) controller.enqueue(piece)
          else if (sent === 201) controller.enqueue(new TextEncoder().encode(tail))
          else controller.close()
        },
      },
      { highWaterMark: 0 },
    )
  }
  const mt940 = new TextDecoder().decode(goodFiles.mt940)
  test.each<[string, ReaderName, string, string, number]>([
    ['a row', 'bank csv', `${bankHeader}\n2026-11-24,5,F,`, `\n${row(3)}\n`, 1],
    ['a cell in quotes', 'bank csv', `${bankHeader}\n2026-11-24,5,F,"`, `"\n${row(3)}\n`, 1],
    ['a header', 'bank csv', 'x', '\n', 0],
    [
      'the text of an entry',
      'mt940',
      mt940.replace('166?20EREF+A-1?32AN\r\n', ''),
      mt940.slice(mt940.indexOf('\r\n:61:261124DD')),
      2,
    ],
    ['an element', 'camt053', new TextDecoder().decode(goodFiles.camt053).split('Lệ phí')[0] ?? '', '</Ustrd>', 0],
  ])('%s is refused in flat memory', async (_name, reader, head, tail, kept) => {
    const cut = reader === 'mt940' ? head.slice(0, head.indexOf(':86:') + 4) : head
    const before = process.memoryUsage().rss
    const { lines, tally } = await readHostile(reader, endless(cut, tail))
    expect(lines.length).toBe(kept)
    expect(tally.problemCount).toBeGreaterThan(0)
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
  })
})

test('a workbook that lies about the sizes of its parts is refused, or read as it is', async () => {
  const whole = goodFiles.xlsx
  const good = await readHostile('xlsx', whole)
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength)
  for (let place = 0; place + 30 < whole.length; place++) {
    const signature = view.getUint32(place, true)
    if (signature !== 0x04034b50 && signature !== 0x02014b50) continue
    const sizes = signature === 0x04034b50 ? [18, 22] : [20, 24]
    for (const at of sizes) {
      for (const size of [0, 1, 0x7fff_ffff, 0xffff_ffff]) {
        const lying = whole.slice()
        new DataView(lying.buffer).setUint32(place + at, size, true)
        const { rejected, lines } = await readHostile('xlsx', lying)
        if (rejected === null) expect(lines).toEqual(good.lines)
        else expect(lines).toEqual([])
      }
    }
  }
})
