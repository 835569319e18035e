// Bank statements in camt.053: what is read, what is a problem of one entry, and what is refused whole.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isSameAccount } from '../../src/domain/statement-account.ts'
import { type CamtItem, CamtRefusal, createCamtReader } from '../../src/domain/statement-camt.ts'
import { camtDocument, camtFile, camtStatement } from '../kit/camt.ts'

const read = (text: string, size = text.length) => {
  const reader = createCamtReader()
  const items: CamtItem[] = []
  for (let at = 0; at < text.length; at += size) items.push(...reader.write(text.slice(at, at + size)))
  items.push(...reader.end())
  return {
    entries: items.flatMap((item) => (item.kind === 'entry' ? [item.entry] : [])),
    problems: items.flatMap((item) => ('problem' in item ? [item.problem] : [])),
    statements: items.flatMap((item) => (item.kind === 'statement' ? [item.statement] : [])),
  }
}
const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length
const refusal = (text: string): CamtRefusal => {
  try {
    read(text)
  } catch (error) {
    if (error instanceof CamtRefusal) return error
    throw error
  }
  throw new Error('it is read')
}

describe('an entry', () => {
  it.each([
    ['02', ''],
    ['02', 'n'],
    ['08', ''],
    ['08', 'camt'],
  ] as const)('of version %s with prefix "%s" is read with everything it says', (version, prefix) => {
    const rows = [
      { amount: '79000', reference: 'FT1', endToEndId: 'PO-1', text: 'NOP LE PHI', name: 'Lê Thị Lan' },
      { amount: '5000.00', sign: 'DBIT', text: 'PHI', name: 'NGAN HANG' },
    ]
    const text = camtFile({ version, prefix, opening: '19000000', closing: '19074000', rows })
    const { entries, problems, statements } = read(text)
    expect(problems).toEqual([])
    expect(entries).toMatchObject([
      {
        line: lineOf(text, `<${prefix === '' ? '' : `${prefix}:`}Ntry>`),
        bookingDate: '2026-11-22',
        valueDate: '2026-11-23',
        currency: 'VND',
        amount: 79_000n,
        bankReference: 'FT1',
        endToEndId: 'PO-1',
        description: 'NOP LE PHI',
        counterparty: 'Lê Thị Lan',
        isBatch: false,
      },
      { amount: -5_000n, bankReference: null, endToEndId: null, description: 'PHI', counterparty: 'NGAN HANG' },
    ])
    expect(statements).toMatchObject([
      { account: '113366668888', currency: 'VND', closes: true, credits: 79_000_00000n, debits: 5_000_00000n },
    ])
  })

  it('that is a reversal keeps the sign of CdtDbtInd, which has it already', () => {
    const { entries } = read(camtFile({ rows: [{ sign: 'DBIT', reversal: true }, { reversal: true }] }))
    expect(entries.map(({ amount, isReversal }) => [amount, isReversal])).toEqual([
      [-79_000n, true],
      [79_000n, true],
    ])
  })

  it.each([
    ['2026-11-23', '2026-11-23'],
    ['2026-11-23T23:30:00', '2026-11-23'],
    ['2026-11-23T18:30:00Z', '2026-11-24'],
    ['2026-11-23T01:00:00+09:00', '2026-11-22'],
    ['2026-11-23+07:00', '2026-11-23'],
  ])('of %s is of the Vietnamese day %s', (written, day) => {
    const text = camtFile({ rows: [{ day: 'HERE' }] }).replace('<Dt>HERE</Dt>', `<DtTm>${written}</DtTm>`)
    expect(read(text).entries).toMatchObject([{ valueDate: day }])
  })

  it.each([
    ['an amount with a comma', { amount: '79000,5' }],
    ['an amount with an exponent', { amount: '1e5' }],
    ['a negative amount', { amount: '-5' }],
    ['an amount of 0', { amount: '0.00' }],
    ['a part of a đồng', { amount: '79000.5' }],
    ['a very long amount', { amount: '9'.repeat(19) }],
    ['more đồng than there are', { amount: '1'.repeat(16) }],
    ['a very long reference', { reference: 'x'.repeat(201) }],
    ['no currency', { currency: '' }],
    ['another sign', { sign: 'CREDIT' }],
    ['an unreal day', { day: '2026-02-30' }],
    ['a state that is not booked', { status: 'PDNG' }],
    ['bytes that are no text', { text: 'a\ufffdb' }],
  ])('with %s is a problem of its line, and the others are read', (_, broken) => {
    const text = camtFile({ opening: '0', closing: '158000', rows: [{}, { reference: 'BAD', ...broken }, {}] })
    const { entries, problems, statements } = read(text)
    expect(entries.map(({ amount }) => amount)).toEqual([79_000n, 79_000n])
    expect(problems).toHaveLength(1)
    const second = text.indexOf('<Ntry>', text.indexOf('<Ntry>') + 1)
    expect(problems[0]?.line).toBe(text.slice(0, second).split('\n').length)
    expect(statements).toMatchObject([{ closes: true, entries: 3 }])
  })
})

describe('a batch', () => {
  const detail = (amount: string, reference: string) =>
    `<TxDtls><Refs><AcctSvcrRef>${reference}</AcctSvcrRef></Refs><AmtDtls><TxAmt><Amt Ccy="VND">${amount}</Amt></TxAmt></AmtDtls></TxDtls>`

  it('is one row for each transaction when they add up', () => {
    const details = detail('29000', 'A') + detail('50000', 'B')
    const { entries, statements } = read(camtFile({ opening: '1', closing: '79001', rows: [{ details }] }))
    expect(entries.map(({ amount, bankReference }) => [amount, bankReference])).toEqual([
      [29_000n, 'A'],
      [50_000n, 'B'],
    ])
    expect(new Set(entries.map(({ cells }) => cells.join())).size).toBe(2)
    expect(statements).toMatchObject([{ closes: true }])
  })

  it.each([
    ['do not add up', detail('29000', 'A') + detail('50001', 'B')],
    ['have no amounts', '<TxDtls><Refs/></TxDtls><TxDtls><Refs/></TxDtls>'],
    ['are only counted', '<Btch><NbOfTxs>20</NbOfTxs></Btch>'],
  ])('is one row when its transactions %s', (_, details) => {
    const { entries } = read(camtFile({ rows: [{ details, reference: 'FT9' }] }))
    expect(entries).toMatchObject([{ amount: 79_000n, isBatch: true, bankReference: 'FT9' }])
  })
})

describe('a statement', () => {
  const one = (more: object) => camtFile({ opening: '100', closing: '79100', rows: [{}], ...more })

  it('that does not close says so, with what it holds', () => {
    const { entries, problems, statements } = read(one({ closing: '79101' }))
    expect(entries).toHaveLength(1)
    expect(statements).toMatchObject([{ closes: false, opening: 10_000_000n, closing: 7_910_100_000n }])
    expect(problems).toMatchObject([{ message: expect.stringContaining('do not close') }])
  })

  it('without a balance, or with money in a currency that says nothing of its own, is not checkable', () => {
    expect(read(one({ opening: null })).statements).toMatchObject([{ closes: null }])
    expect(read(one({ closing: null })).statements).toMatchObject([{ closes: null }])
    expect(read(one({ rows: [{ currency: 'USD' }] })).statements).toMatchObject([{ closes: null }])
  })

  it('takes PRCD where there is no OPBD, and an overdrawn balance as negative', () => {
    expect(read(one({}).replace('OPBD', 'PRCD')).statements).toMatchObject([{ closes: true }])
    expect(read(one({ opening: '-100', closing: '78900' })).statements).toMatchObject([{ closes: true }])
  })

  it('is one of several in a file, each with its account and balances', () => {
    const text = camtDocument(
      camtStatement({ opening: '0', closing: '79000', rows: [{}] }) +
        camtStatement({ id: 'S2', account: '2', opening: '79000', closing: '1', rows: [{ sign: 'DBIT' }] }),
    )
    expect(read(text).statements).toMatchObject([
      { id: 'S1', account: '113366668888', closes: true },
      { id: 'S2', account: '2', closes: false },
    ])
  })

  it('is told when it announces other counts or sums, or is a copy', () => {
    const more =
      '<CpyDplctInd>DUPL</CpyDplctInd><TxsSummry><TtlNtries><NbOfNtries>35</NbOfNtries></TtlNtries><TtlCdtNtries><Sum>1</Sum></TtlCdtNtries></TxsSummry>'
    expect(read(one({ more })).problems).toHaveLength(3)
    expect(read(one({ more })).statements).toMatchObject([{ isCopy: true, closes: true }])
  })

  it.each(['COPY', 'CODU', 'DUPL'])('is told when the bank marks it %s', (mark) => {
    const { problems, entries } = read(one({ more: `<CpyDplctInd>${mark}</CpyDplctInd>` }))
    expect([problems.length, problems[0]?.message, entries.length]).toEqual([1, expect.stringContaining('copy'), 1])
  })

  it('is told when it repeats one before it, and its entries as well', () => {
    const statement = camtStatement({ opening: '0', closing: '79000', rows: [{}] })
    const text = camtDocument(`${statement}\n${statement}`)
    const { entries, problems, statements } = read(text)
    expect([entries.length, statements.length]).toEqual([2, 2])
    expect(problems).toEqual([
      {
        line: text.slice(0, text.lastIndexOf('<Stmt>')).split('\n').length,
        message: `the statement repeats the one of line ${lineOf(text, '<Stmt>')}`,
      },
    ])
    const other = camtStatement({ id: 'S2', opening: '0', closing: '79000', rows: [{}] })
    expect(read(camtDocument(statement + other)).problems).toEqual([])
  })

  it('is told when it is one page of several', () => {
    const pagesOf = (head: string) =>
      read(one({}).replace('</MsgId>', `</MsgId><MsgPgntn>${head}</MsgPgntn>`)).problems.map(({ message }) => message)
    expect(pagesOf('<PgNb>1</PgNb><LastPgInd>true</LastPgInd>')).toEqual([])
    expect(pagesOf('<PgNb>1</PgNb><LastPgInd>false</LastPgInd>')).toEqual([
      expect.stringContaining('not the last page'),
    ])
    expect(pagesOf('<PgNb>2</PgNb><LastPgInd>true</LastPgInd>')).toEqual([expect.stringContaining('this is page 2')])
    const own = read(one({ more: '<StmtPgntn><PgNb>3</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>' })).problems
    expect(own).toHaveLength(2)
  })

  it('is the same whatever the pieces', () => {
    const text = camtFile({ version: '08', opening: '0', closing: '158000', rows: [{ text: 'Lệ phí 🎋' }, {}] })
    const whole = read(text)
    for (const size of [1, 2, 13, 100]) expect(read(text, size)).toEqual(whole)
  })

  it('of many entries holds none of them, and none is lost', () => {
    const [head = '', tail = ''] = camtFile({ opening: '0', rows: [], more: '<!-- here -->' }).split('<!-- here -->')
    const entry = camtFile({ rows: [{}] }).match(/<Ntry>[\s\S]*<\/Ntry>/)?.[0] ?? ''
    const reader = createCamtReader()
    let [read, most] = [0, 0]
    reader.write(head)
    for (let piece = 0; piece < 500; piece++) {
      const items = [...reader.write(`\n   ${entry}`.repeat(100))]
      read += items.length
      most = Math.max(most, items.length)
    }
    expect([read, most]).toEqual([50_000, 100])
    expect([...reader.write(tail), ...reader.end()]).toMatchObject([
      { kind: 'statement', statement: { entries: 50_000 } },
    ])
  })
})

describe('refuses whole', () => {
  const good = camtFile({ rows: [{}] })
  it.each([
    ['a document type', good.replace('<Document', '<!DOCTYPE Document [<!ENTITY x "y">]><Document')],
    ['an entity that nobody declared', good.replace('NOTPROVIDED', '&xxe;')],
    ['a file that is cut off', good.slice(0, -40)],
    ['what is nested too deep', good.replace('<Refs>', `${'<Refs>'.repeat(70)}`)],
    ['an element without end', good.replace('NOTPROVIDED', 'x'.repeat(20_000))],
    ['an entry without end', good.replace('<TxDtls>', '<TxDtls/>'.repeat(50_000))],
    ['another message of the same shape', good.replace('camt.053', 'camt.052')],
    ['a report of another message', good.replaceAll('BkToCstmrStmt', 'BkToCstmrAcctRpt')],
    ['HTML', '<!doctype html><html></html>'],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(refusal(text).line).toBeGreaterThan(0)
  })

  it('and names the line', () => {
    expect(refusal(good.replace('</Sts>', '</St>')).line).toBe(lineOf(good, '</Sts>'))
  })
})

describe('files of other banks', () => {
  // Public samples with their expected figures may lie beside the project; they belong to others and are no part of it.
  const folder = join(import.meta.dirname, '..', '..', '..', ...['shared', 'samples', 'statements'])
  const near = join(import.meta.dirname, '..', '..', '..', '..', ...['shared', 'samples', 'statements'])
  const sample = (name: string): string | null => {
    const path = [folder, near].map((each) => join(each, name)).find((each) => existsSync(each))
    return path === undefined ? null : readFileSync(path, 'utf8')
  }
  const outcome = (text: string) =>
    read(text).statements.map(({ currency, opening, credits, debits, closing, closes }) => {
      const whole = (units: bigint | null) => (units === null ? null : units / 1_000n)
      return [currency, whole(opening), whole(credits - debits), whole(closing), closes]
    })
  const own = (currency: string, rows: Parameters<typeof camtFile>[0]['rows'], opening: string, closing: string) =>
    camtStatement({ currency, rows: rows.map((row) => ({ currency, ...row })), opening, closing })

  it('give in hundredths what was worked out by hand, also where they do not close', () => {
    const several =
      own('EUR', [{ amount: '8.85' }], '18.15', '27') + own('EUR', [{ amount: '7', sign: 'DBIT' }], '27', '20')
    expect(outcome(sample('genkgo-camt053-v2-multi-statement.xml') ?? camtDocument(several))).toEqual([
      ['EUR', 1_815n, 885n, 2_700n, true],
      ['EUR', 2_700n, -700n, 2_000n, true],
    ])
    const large = own(
      'SEK',
      [{ amount: '105678.50' }, { amount: '200000', sign: 'DBIT' }, { amount: '30000' }],
      '500000',
      '435678.50',
    )
    expect(outcome(sample('bankstatementparser-camt053-v2.xml') ?? camtDocument(large))).toEqual([
      ['SEK', 50_000_000n, -6_432_150n, 43_567_850n, true],
    ])
    const trimmed = own(
      'CHF',
      [{ amount: '474.4' }, { amount: '88.85' }, { amount: '19.69', sign: 'DBIT' }],
      '82721.95',
      '84515.25',
    )
    expect(outcome(sample('viafintech-camt053-v8.xml') ?? camtDocument(trimmed))).toEqual([
      ['CHF', 8_272_195n, 54_356n, 8_451_525n, false],
    ])
  })
})

it('a number without a digit that counts is no account’s, not even one written so', () => {
  for (const none of ['', '0000', '--', 'VND']) expect([none, isSameAccount(none, none)]).toEqual([none, false])
  expect(isSameAccount('970436-0001234567-VND', '1234567')).toBe(true)
})
