// Statements come in whole or not at all, row by row checked, in memory that does not grow.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importStatement, importWaiting } from '../../src/flows/import-statement.ts'
import { receiveStatement, spoolFile } from '../../src/flows/receive-statement.ts'
import { findStatement } from '../../src/store/statements.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { seedAgencies, seedMerchantAccount } from '../kit/orders.ts'
import { importFile, piecesOf, providerFile, providerHeader, providerRow, upload, uploader } from '../kit/statements.ts'

let db: TestDatabase
let deps: TestDeps
let account: string

beforeAll(async () => {
  db = await createTestDatabase()
  deps = createTestDeps(db.database)
  await seedAgencies(db.sql)
})
afterAll(() => db.drop())

const newAccount = async () => {
  account = await seedMerchantAccount(deps, db.sql, { provider: 'test' })
  return account
}
const linesOf = (id: string) => db.sql`select * from statement_lines where statement_id = ${id} order by line`
const good = { reference: 'att1', providerReference: '14226112', amount: 150_000, fee: 1_815, payout: 'PO-1' }

describe('a statement', () => {
  test('is imported line by line with its sums and days', async () => {
    const file = providerFile([
      { ...good, payout: 'PO-1' },
      { type: 'refund', reference: 'rfd1', amount: 50_000, at: '24/11/2026 00:30:00' },
    ])
    const statement = await importFile(deps, await newAccount(), file)
    expect(statement).toMatchObject({
      status: 'imported',
      format: 'canonical-csv',
      lines: 2,
      accepted: 2,
      problemCount: 0,
      credits: 150_000n,
      debits: 50_000n,
      fromDay: '2026-11-23',
      toDay: '2026-11-24',
      closes: null,
      currency: 'VND',
      readBytes: BigInt(file.length),
    })
    expect(await linesOf(statement.id)).toMatchObject([
      {
        line: 2,
        lineType: 'capture',
        occurredAt: new Date('2026-11-23T03:00:00Z'),
        businessDay: '2026-11-23',
        merchantReference: 'att1',
        providerReference: '14226112',
        amount: 150_000n,
        providerFee: 1_815n,
        netAmount: 148_185n,
        status: 'success',
        payoutReference: 'PO-1',
        valueDate: '2026-11-24',
        agencyCode: 'H56',
      },
      {
        line: 3,
        lineType: 'refund',
        occurredAt: new Date('2026-11-23T17:30:00Z'),
        businessDay: '2026-11-24',
        providerReference: null,
      },
    ])
  })

  test('may have semicolons, a byte order mark, CRLF, quotes, other columns and another order', async () => {
    const text = [
      '\ufeffNote;AMOUNT; status ;merchant_reference;line_type;occurred_at',
      '"a ""b"";\r\nc";150000;Success;att1;Capture;23/11/2026 10:00:00',
      ';200000;success;att2;capture;2026-11-23T10:00:00Z',
    ].join('\r\n')
    const statement = await importFile(deps, await newAccount(), text)
    expect(statement).toMatchObject({ status: 'imported', accepted: 2, problemCount: 0 })
    expect(
      (await linesOf(statement.id)).map(({ line, amount, merchantReference }) => [line, amount, merchantReference]),
    ).toEqual([
      [2, 150_000n, 'att1'],
      [4, 200_000n, 'att2'],
    ])
  })

  test('keeps tabs, backslashes and line ends of its cells', async () => {
    const text = 'value_date,amount,bank_reference,description,counterparty\n2026-11-23,-5000,\\N,"a\tb\\.\nc",\\\\\n'
    const statement = await importFile(deps, await newAccount(), text, 'bank')
    expect(statement).toMatchObject({ status: 'imported', credits: 0n, debits: 5_000n, fromDay: '2026-11-23' })
    expect(await linesOf(statement.id)).toMatchObject([
      { amount: -5_000n, bankReference: '\\N', description: 'a\tb\\.\nc', counterparty: '\\\\', source: 'bank' },
    ])
  })

  test('lists each broken row with its physical line and keeps the rest', async () => {
    const rows = [
      providerRow(good),
      providerRow({ ...good, amount: 0 }),
      providerRow({ ...good, at: '31/02/2026 10:00:00' }),
      'capture,2026-11-23T10:00:00+07:00,att1',
      providerRow(good).replace(',150000,', ',150.000,'),
      providerRow(good).replace('success', 'ok'),
      `"capture,${'x'.repeat(20)}`,
      providerRow({ ...good, reference: 'a\ufffdb' }),
      providerRow({ ...good, reference: 'last' }),
    ]
    const statement = await importFile(deps, await newAccount(), `${providerHeader}\n${rows.join('\n')}\n`)
    expect(statement).toMatchObject({ status: 'imported', lines: 9, accepted: 2, problemCount: 7 })
    expect(statement.problems.map(({ line, column }) => [line, column])).toEqual([
      [3, 'amount'],
      [4, 'occurred_at'],
      [5, undefined],
      [6, 'amount'],
      [7, 'status'],
      [8, undefined],
      [9, 'merchant_reference'],
    ])
    expect((await linesOf(statement.id)).map((row) => row.line)).toEqual([2, 10])
  })

  test('lists a row with the empty date of another system, and keeps the rest', async () => {
    const empty = ['01/01/1900 00:00:00', '1900-01-01T00:00:00+07:00', '01/01/1970 07:00:00', '31/12/9999 00:00:00']
    const rows = empty.map((at, i) => ({ ...good, reference: `e${i}`, providerReference: `N${i}`, at }))
    const statement = await importFile(deps, await newAccount(), providerFile([good, ...rows]))
    expect(statement).toMatchObject({ status: 'imported', lines: 5, accepted: 1, fromDay: '2026-11-23' })
    expect(statement.problems.map(({ line, column }) => [line, column])).toEqual(
      empty.map((_, i) => [i + 3, 'occurred_at']),
    )
  })

  test('keeps the first thousand problems and counts them all', async () => {
    const rows = Array.from({ length: 1_200 }, () => providerRow({ ...good, at: 'never' }))
    const statement = await importFile(
      deps,
      await newAccount(),
      [providerHeader, ...rows, providerRow(good)].join('\n'),
    )
    expect(statement).toMatchObject({ status: 'imported', accepted: 1, problemCount: 1_200 })
    expect(statement.problems).toHaveLength(1_000)
  })

  test('is a no-op the second time, and answers the first import', async () => {
    const file = providerFile([good])
    const first = await upload(deps, await newAccount(), file)
    const again = await upload(deps, account, file)
    expect(again).toMatchObject({ id: first.id, isDuplicate: true })
    expect(first.isDuplicate).toBe(false)
    const [left] =
      await db.sql`select count(*)::int as count from statement_chunks where statement_id <> ${first.id} and statement_id not in (select id from statements)`
    expect(left?.count).toBe(0)
    expect((await upload(deps, account, 'value_date,amount\n2026-11-23,1\n', 'bank')).isDuplicate).toBe(false)
  })

  test('that was rejected is tried again by the same bytes, each time anew', async () => {
    const file = 'value_date,amount,currency\n2026-11-23,5,EUR\n'
    const first = await importFile(deps, await newAccount(), file, 'bank')
    const second = await importFile(deps, account, file, 'bank')
    expect([first.status, second.status, second.id === first.id]).toEqual(['rejected', 'rejected', false])
  })

  test('that was rejected and is uploaded twenty times at once becomes one', async () => {
    const file = 'value_date,amount,currency\n2026-11-24,5,EUR\n'
    const { id } = await importFile(deps, await newAccount(), file, 'bank')
    const answers = await Promise.all(Array.from({ length: 20 }, () => upload(deps, account, file, 'bank')))
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1)
    expect(answers[0]?.id).not.toBe(id)
    expect(answers.filter(({ isDuplicate }) => !isDuplicate)).toHaveLength(1)
  })

  test('whose sums nobody could be told has a problem where they become so', async () => {
    const rows = Array.from({ length: 12 }, (_, at) => `2026-11-2${at % 9},-999999999999999`)
    const statement = await importFile(deps, await newAccount(), `value_date,amount\n${rows.join('\n')}\n`, 'bank')
    expect(statement).toMatchObject({ status: 'imported', lines: 12, accepted: 9, debits: 8_999_999_999_999_991n })
    expect(statement.problems.map(({ line, column }) => [line, column])).toEqual(
      [11, 12, 13].map((line) => [line, 'amount']),
    )
  })

  test('that is uploaded twenty times at once becomes one', async () => {
    const file = providerFile([{ ...good, reference: 'many' }])
    await newAccount()
    const answers = await Promise.all(Array.from({ length: 20 }, () => upload(deps, account, file)))
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    expect(answers.filter(({ isDuplicate }) => !isDuplicate)).toHaveLength(1)
  })

  test('is imported once by twenty processes', async () => {
    const { id } = await upload(deps, await newAccount(), providerFile([good]))
    await Promise.all(Array.from({ length: 20 }, () => importStatement({ ...deps }, id)))
    expect(await linesOf(id)).toHaveLength(1)
  })
})

describe('refuses', () => {
  const reasonOf = async (file: string | Uint8Array) => {
    const statement = await importFile(deps, await newAccount(), file)
    expect(await linesOf(statement.id)).toHaveLength(0)
    return [statement.status, statement.reason]
  }

  test('a file whose header says nothing of money', async () => {
    expect(await reasonOf('a,b\n1,2\n')).toEqual([
      'rejected',
      'the header row has no column line_type, occurred_at, merchant_reference, amount, status',
    ])
  })
  test('a file with one column twice', async () => {
    expect((await reasonOf(`${providerHeader},amount\n`))[1]).toBe('the column amount comes twice in the header row')
  })
  test('a file in another currency, whole', async () => {
    const text = `${providerHeader},currency\n${providerRow(good)},VND\n${providerRow(good)},USD\n`
    expect(await reasonOf(text)).toEqual(['rejected', 'the file is not in đồng (VND)'])
  })
  test('a file in another currency, also when that shows only behind what is stored already', async () => {
    const text = `${providerHeader},currency\n${`${providerRow(good)},VND\n`.repeat(25_000)}${providerRow(good)},USD\n`
    expect(await reasonOf(text)).toEqual(['rejected', 'the file is not in đồng (VND)'])
  })
  test('a file without one readable line', async () => {
    expect(await reasonOf(`${providerHeader}\n${providerRow({ ...good, at: 'never' })}\n`)).toEqual([
      'rejected',
      'no line of the file could be read',
    ])
  })
  test('bytes that are no text', async () => {
    expect((await reasonOf(Uint8Array.from({ length: 60_000 }, (_, at) => 128 + ((at * 31) % 127))))[0]).toBe(
      'rejected',
    )
  })
  test('UTF-16', async () => {
    const bytes = new Uint8Array([...providerFile([good])].flatMap((char) => [char.charCodeAt(0), 0]))
    expect((await reasonOf(bytes))[0]).toBe('rejected')
  })
  test.each([
    ['mt940', ':20:STMT261122\n:25:1'],
    ['camt053', '<?xml version="1.0"?><Document/>'],
  ])('%s, by name', async (format, text) => {
    await expect(upload(deps, await newAccount(), text)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(format),
    })
  })
  test('a merchant account of another agency, and keeps nothing of the file', async () => {
    await newAccount()
    const stranger = { scope: 'H56.14', actor: 'cli_other' }
    const spooled = await spoolFile(deps, stranger, { fileName: 'f', body: piecesOf('x'), maxBytes: 10 })
    const form = { source: 'provider' as const, merchantAccountId: account }
    await expect(receiveStatement(deps, stranger, { spooled, form })).rejects.toMatchObject({ code: 'not_found' })
    expect(await db.sql`select from statement_chunks where statement_id = ${spooled.statementId}`).toHaveLength(0)
  })
  test('a file that is too long, and keeps nothing of it', async () => {
    const before = await db.sql`select from statement_chunks`
    const body = piecesOf(new Uint8Array(600_000), 1_000)
    await expect(spoolFile(deps, uploader, { fileName: 'f', body, maxBytes: 599_999 })).rejects.toMatchObject({
      code: 'body_too_large',
    })
    expect(await db.sql`select from statement_chunks`).toHaveLength(before.length)
  })
  test('to drop the file of a statement', async () => {
    const { id } = await upload(deps, await newAccount(), providerFile([good]))
    await expect(db.sql`delete from statement_chunks where statement_id = ${id}`).rejects.toThrow('is evidence')
  })
})

describe('survives', () => {
  test('a crash in the middle of an import without half an import', async () => {
    const file = providerFile(Array.from({ length: 20_000 }, (_, index) => ({ ...good, reference: `c${index}` })))
    const { id } = await upload(deps, await newAccount(), file)
    let opened = 0
    const failing: TestDeps = {
      ...deps,
      box: {
        ...deps.box,
        open: async (sealed, context) => {
          opened += 1
          if (opened === 7) {
            // The server ends the session that stores the lines, as it does when it restarts; the first of them are stored already.
            await db.sql`select pg_terminate_backend(pid) from pg_stat_activity where query like '%statement_intake%' and pid <> pg_backend_pid() and datname = current_database()`
          }
          return deps.box.open(sealed, context)
        },
      },
    }
    await expect(importStatement(failing, id)).rejects.toThrow()
    expect(opened).toBeGreaterThan(6)
    expect(await linesOf(id)).toHaveLength(0)
    expect(await findStatement(deps.db, '*', id)).toMatchObject({ status: 'processing' })
    await importWaiting(deps, 10)
    expect(await findStatement(deps.db, '*', id)).toMatchObject({ status: 'imported', accepted: 20_000 })
    expect(await linesOf(id)).toHaveLength(20_000)
  })

  test('a file that cannot be opened, and imports it when it can', async () => {
    const { id } = await upload(deps, await newAccount(), providerFile([good]))
    const broken = { ...deps, box: { ...deps.box, open: () => Promise.reject(new Error('no key')) } }
    await expect(importStatement(broken, id)).rejects.toThrow('no key')
    await importWaiting(deps, 10)
    expect(await findStatement(deps.db, '*', id)).toMatchObject({ status: 'imported' })
  })

  test('a file whose import always fails: after five tries, further and further apart, it is rejected and holds no period open', async () => {
    const { id } = await upload(deps, await newAccount(), providerFile([good]))
    let tried = 0
    const faulty = {
      ...deps,
      box: {
        ...deps.box,
        open: () => {
          tried += 1
          return Promise.reject(new TypeError('a bug'))
        },
      },
    }
    const tell = () => findStatement(deps.db, '*', id)
    for (const [waited, tries] of [
      [0, 1],
      [0, 2],
      [59, 2],
      [1, 3],
      [300, 4],
      [1_799, 4],
    ]) {
      deps.clock.advance(waited ?? 0)
      await importWaiting(faulty, 10)
      expect([tried, await tell()]).toMatchObject([tries, { tries, status: 'queued' }])
    }
    deps.clock.advance(1)
    await importWaiting(faulty, 10)
    expect(await tell()).toMatchObject({ status: 'rejected', tries: 5, reason: expect.stringMatching(/in 5 tries/) })
    expect((await upload(deps, account, providerFile([good]))).isDuplicate).toBe(false)
  })

  test('a database that is away ten times without giving a file up', async () => {
    const { id } = await upload(deps, await newAccount(), providerFile([good]))
    const full = async () => {
      await db.sql.unsafe("do $$ begin raise exception 'too many' using errcode = '53300'; end $$")
      return new Uint8Array()
    }
    const away = { ...deps, box: { ...deps.box, open: full } }
    for (let at = 0; at < 10; at += 1) await expect(importStatement(away, id)).rejects.toThrow('too many')
    expect(await findStatement(deps.db, '*', id)).toMatchObject({ tries: 0, tryAt: null })
    // A process that ends in the middle of it five times never says so.
    await db.sql`update statements set tries = 5, try_at = ${new Date(deps.now().getTime() + 1_000)} where id = ${id}`
    expect(await importStatement(deps, id)).toBe(false)
    expect(await findStatement(deps.db, '*', id)).toMatchObject({ status: 'queued' })
    await db.sql`update statements set try_at = ${deps.now()} where id = ${id}`
    await importWaiting(deps, 10)
    expect(await findStatement(deps.db, '*', id)).toMatchObject({
      status: 'rejected',
      reason: expect.stringMatching(/never came to an end/),
    })
  })

  test('a hundred thousand lines in memory that stays flat', async () => {
    const lines = 100_000
    async function* file() {
      yield* piecesOf(`${providerHeader}\n`)
      for (let at = 0; at < lines; at += 1_000) {
        const rows = Array.from({ length: 1_000 }, (_, i) =>
          providerRow({ ...good, reference: `m${at + i}`, providerReference: `p${at + i}` }),
        )
        yield* piecesOf(`${rows.join('\n')}\n`)
      }
    }
    const started = performance.now()
    const { id } = await upload(deps, await newAccount(), file())
    const uploaded = performance.now()
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss)
    }, 20)
    const before = process.memoryUsage().rss
    await importStatement(deps, id)
    clearInterval(watch)
    const seconds = (performance.now() - uploaded) / 1_000
    console.info(
      `upload ${Math.round(uploaded - started)} ms; import ${lines} lines in ${seconds.toFixed(1)} s, ${Math.round(lines / seconds)} lines/s, ${Math.round((most - before) / 1e6)} MB more at most`,
    )
    expect(await findStatement(deps.db, '*', id)).toMatchObject({ status: 'imported', accepted: lines })
  })
})
