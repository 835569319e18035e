import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Mt940Entry, type Mt940Item, readMt940 } from '../../src/lib/mt940.ts'
import { packageRoot } from '../../src/node/migrations.ts'
import { streamOf } from '../kit/streams.ts'

const read = async (text: string | Uint8Array, size = 7): Promise<Mt940Item[]> => {
  const items: Mt940Item[] = []
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  for await (const item of readMt940(streamOf(bytes, size))) items.push(item)
  return items
}
const entriesOf = (items: Mt940Item[]): Mt940Entry[] => items.filter((item) => item.kind === 'entry')
const problemsOf = (items: Mt940Item[]): [number, string][] =>
  items.flatMap((item) => ('message' in item ? [[item.line, item.message]] : []))
/** Of each statement: opening, closing, and whether it closes. */
const balancesOf = (items: Mt940Item[]) =>
  items.flatMap((item) =>
    item.kind === 'statement' ? [[item.opening?.amount ?? null, item.closing?.amount ?? null, item.closes]] : [],
  )

const whole = `:20:STMT261122
:25:970415/113366668888
:28C:326/1
:60F:C261121VND19000000,
:61:2611221122CD79000,NTRFLP2611220001//FT26326123456789
SUPPLEMENT
:86:LP2611220001 NOP LE P
HI
:61:2611221122DD5000,00NCHGNONREF//FT26326123456790
:86:PHI DICH VU
:62F:C261122VND19074000,
:64:C261122VND19074000,
:86:ABOUT THE WHOLE STATEMENT
-
`
/** A statement in đồng with these entries, between 1,000,000 and the balance given. */
const withEntries = (entries: string, closing: string): string =>
  `:20:S\n:25:1\n:28C:1\n:60F:C261121VND1000000,\n${entries}\n:62F:${closing}\n-\n`
/** The one entry of such a statement. */
const entryOf = async (line: string) => entriesOf(await read(withEntries(line, 'C261121VND1000000,')))[0]

describe('reads', () => {
  it('a statement: entries with all that they say, balances, account, and that it closes', async () => {
    expect(await read(whole)).toEqual([
      {
        kind: 'entry',
        line: 5,
        account: '970415/113366668888',
        currency: 'VND',
        valueDate: '2026-11-22',
        entryDate: '2026-11-22',
        amount: 79_000n,
        isReversal: false,
        isOddFundsCode: false,
        transactionType: 'NTRF',
        customerReference: 'LP2611220001',
        bankReference: 'FT26326123456789',
        description: 'LP2611220001 NOP LE PHI',
        counterparty: null,
        reference: null,
        raw: ':61:2611221122CD79000,NTRFLP2611220001//FT26326123456789\nSUPPLEMENT\n:86:LP2611220001 NOP LE P\nHI',
      },
      expect.objectContaining({ line: 9, amount: -5_000n, customerReference: null, description: 'PHI DICH VU' }),
      {
        kind: 'statement',
        line: 4,
        account: '970415/113366668888',
        currency: 'VND',
        opening: { date: '2026-11-21', currency: 'VND', amount: 19_000_000n, isIntermediate: false },
        closing: { date: '2026-11-22', currency: 'VND', amount: 19_074_000n, isIntermediate: false },
        closes: true,
      },
    ])
  })

  it('the same from any frame, with any line ends, in pieces of any size', async () => {
    const plain = await read(whole)
    for (const size of [1, 2, 1_000]) expect(await read(whole, size)).toEqual(plain)
    expect(await read(whole.replaceAll('\n', '\r\n'))).toEqual(plain)
    expect(await read(`\ufeff${whole.replaceAll('I\n', 'I\r\n').replace(/-\n$/, '')}`)).toEqual(plain)
    const framed = [`\u0001\n${whole.slice(0, -1)}\u0003`, `:940:\n${whole}`, `940\n${whole}`]
    const blocks = `{1:F01BANKVNVXAXXX0000000000}{2:O9401200261122}{4:\n${whole.slice(0, -1)}}{5:{CHK:1}}\n`
    for (const text of [...framed, blocks, blocks.replace('{4:\n', '{4:')]) {
      expect(balancesOf(await read(text))).toEqual([[19_000_000n, 19_074_000n, true]])
      expect(problemsOf(await read(text))).toEqual([])
    }
    expect(balancesOf(await read(`${blocks}${blocks}`.replace('}}\n{1', '}}{1')))).toHaveLength(2)
  })

  it.each([
    ['C', 79_000n],
    ['D', -79_000n],
    ['CD', 79_000n],
    ['DD', -79_000n],
    ['RC', -79_000n],
    ['RD', 79_000n],
    ['RCD', -79_000n],
    ['RDD', 79_000n],
  ])('the mark %s', async (mark, amount) => {
    const entry = await entryOf(`:61:261121${mark}79000,NTRFX`)
    expect([entry?.amount, entry?.isReversal]).toEqual([amount, mark.startsWith('R')])
  })

  it.each([
    ['500,', 500n],
    ['500', 500n],
    ['500,0', 500n],
    ['500,00', 500n],
    ['000000000500,00', 500n],
    ['999999999999999,', 999_999_999_999_999n],
    ['500,01', undefined],
    ['500,000', undefined],
    ['500.00', undefined],
    ['5,0,0', undefined],
    ['0,', undefined],
    ['1000000000000000,', undefined],
  ])('the amount %s', async (text, amount) => {
    expect((await entryOf(`:61:261121C${text}NTRFX`))?.amount).toBe(amount)
  })

  it.each([
    ['2612310102', '2026-12-31', '2027-01-02'],
    ['2701021231', '2027-01-02', '2026-12-31'],
    ['2802290229', '2028-02-29', '2028-02-29'],
    ['791231', '2079-12-31', null],
    ['800101', '1980-01-01', null],
  ])('the days %s', async (text, valueDate, entryDate) => {
    expect(await entryOf(`:61:${text}C1,NTRFX`)).toMatchObject({ valueDate, entryDate })
  })

  it('a name in UTF-8, in windows-1252 and in UTF-16, whatever its neighbours are in', async () => {
    const utf8 = new TextEncoder().encode(withEntries(':61:261121C5,NTRFX\n:86:Lệ phí', 'C261121VND1000005,'))
    expect(entriesOf(await read(utf8))[0]?.description).toBe('Lệ phí')
    const text = withEntries(':61:261121C5,NTRFX\n:86:Müller – Sträter', 'C261121VND1000005,')
    const latin = Uint8Array.from(text, (letter) => (letter === '–' ? 0x96 : letter.charCodeAt(0)))
    for (const size of [1, 7, 1_000])
      expect(entriesOf(await read(latin, size))[0]?.description).toBe('Müller – Sträter')
    const mixed = Uint8Array.of(...latin, ...utf8)
    expect(entriesOf(await read(mixed)).map(({ description }) => description)).toEqual(['Müller – Sträter', 'Lệ phí'])
    for (const littleEndian of [true, false]) {
      const wide = new DataView(new ArrayBuffer(2 * text.length + 2))
      for (const [at, letter] of [...`\ufeff${text}`].entries())
        wide.setUint16(2 * at, letter.charCodeAt(0), littleEndian)
      expect(entriesOf(await read(new Uint8Array(wide.buffer), 3))[0]?.description).toBe('Müller – Sträter')
    }
  })

  it('a statement that comes again, with its entries, and names the first', async () => {
    const items = await read(whole + whole)
    expect(entriesOf(items)).toHaveLength(4)
    expect(problemsOf(items)).toEqual([[18, 'the statement repeats the one of line 4']])
    // The same movements of another day, or under another number, are another statement.
    expect(problemsOf(await read(whole + whole.replaceAll('2611', '2612')))).toEqual([])
    expect(problemsOf(await read(whole + whole.replace('326/1', '327/1')))).toEqual([])
  })

  it('references of all forms, and what the entry says where it has no text of its own', async () => {
    expect(await entryOf(':61:261121C1,NTRF29-07-2014 10:05//B4G2\nDETAILS')).toMatchObject({
      customerReference: '29-07-2014 10:05',
      bankReference: 'B4G2',
      description: 'DETAILS',
    })
    const bare = { customerReference: null, bankReference: null, description: null }
    expect(await entryOf(':61:261121C1,NTRFNONREF')).toMatchObject(bare)
  })

  it('a statement of several pages as one', async () => {
    const page = (number: number, opening: string, entry: string, closing: string) =>
      `:20:S\n:25:1\n:28C:7/${number}\n:60${opening}\n${entry}\n:62${closing}\n-\n`
    const first = page(1, 'F:C261121VND100,', ':61:261121C50,NTRFA', 'M:C261121VND150,')
    const last = page(3, 'M:C261121VND120,', ':61:261121C1,NTRFC', 'F:C261121VND121,')
    const pages = [first, page(2, 'M:C261121VND150,', ':61:261121D30,NTRFB', 'M:C261121VND120,'), last]
    const items = await read(pages.join(''))
    expect([balancesOf(items), problemsOf(items)]).toEqual([[[100n, 121n, true]], []])
    const torn = await read(`${first}${last}`)
    expect(balancesOf(torn)).toEqual([[100n, 121n, false]])
    expect(problemsOf(torn).map(([line]) => line)).toEqual([11, 4])
    expect(problemsOf(await read(first))).toEqual([[4, 'the last page of the statement is missing']])
  })

  it('balances of an overdrawn account, and a currency with hundredths', async () => {
    const text = ':20:S\n:25:1\n:60F:D261121EUR10,5\n:61:261121CR20,25NTRFX\n:62F:C261121EUR9,75\n'
    expect(balancesOf(await read(text))).toEqual([[-1_050n, 975n, true]])
  })
})

describe('tells', () => {
  it('what does not close, and what has no balance, and repairs neither', async () => {
    const wrong = await read(withEntries(':61:261121C5,NTRFX', 'C261121VND1000006,'))
    expect(balancesOf(wrong)).toEqual([[1_000_000n, 1_000_006n, false]])
    expect(problemsOf(wrong)).toEqual([[4, 'opening balance and entries do not add up to the closing balance']])
    const cut = await read(whole.slice(0, whole.indexOf(':62F')))
    expect(balancesOf(cut)).toEqual([[19_000_000n, null, null]])
    expect(entriesOf(cut)).toHaveLength(2)
    expect(balancesOf(await read(':61:261121C5,NTRFX\n:62F:C261121VND5,\n'))).toEqual([[null, 5n, null]])
    expect(await read('')).toEqual([])
  })

  it.each([
    ['no shape', ':61:garbage'],
    ['30 February', ':61:260230C5,NTRFX'],
    ['an entry date that is none', ':61:2611210230C5,NTRFX'],
    ['an expected entry', ':61:261121EC5,NTRFX'],
    ['a text without end', `:61:261121C5,NTRFX\n:86:${'x'.repeat(1_500)}\n${'x'.repeat(1_500)}`],
    ['a line without end', `:61:261121C5,NTRFX\n:86:${'x'.repeat(2_500)}`],
    ['a first line that is no text', ':61:261121C5,NTRF\0'],
    ['a first line without end', `:61:261121C5,NTRF${'x'.repeat(2_500)}`],
    ['a line that is no text', ':61:261121C5,NTRFX\n:86:a\0b'],
  ])('the line of an entry with %s, and loses no other', async (_name, broken) => {
    const items = await read(
      withEntries(`:61:261121C1,NTRFA\n${broken}\n:86:b\n:61:261121C2,NTRFB`, 'C261121VND1000003,'),
    )
    expect(entriesOf(items).map(({ amount }) => amount)).toEqual([1n, 2n])
    expect(problemsOf(items).map(([line]) => line)).toEqual([6, 4])
    // The entries that can be read happen to add up, but nobody can say so of all.
    expect(balancesOf(items)).toEqual([[1_000_000n, 1_000_003n, false]])
  })

  it('a funds code of another currency, and a balance that is none', async () => {
    const items = await read(withEntries(':61:261121CR5,NTRFX', 'C261121VND1000005,'))
    expect([entriesOf(items).length, problemsOf(items).map(([line]) => line)]).toEqual([1, [5]])
    const spoilt = await read(whole.replace('C261121VND19000000,', 'X'))
    expect(balancesOf(spoilt)).toEqual([[null, 19_074_000n, null]])
    expect(entriesOf(spoilt)).toHaveLength(2)
  })

  it('something of whatever it is given, and never throws', async () => {
    const bits = fc.constantFrom(
      ...whole.split('\n'),
      ':61:',
      '{4:',
      '-}',
      ':60M:C261121VND1,',
      ':62M:C261121VND1,',
      'x',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(bits, { maxLength: 30 }), async (lines) => {
        const items = await read(lines.join('\n'), 64)
        const entries = lines.filter((line) => /^:61:\d/.test(line)).length
        expect(entriesOf(items)).toHaveLength(entries)
      }),
      { numRuns: 200 },
    )
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => void (await read(bytes))))
  })
})

describe('what a payer writes makes no money', () => {
  const paid = ':61:261121C5,NTRFA//FT1\n:86:NOP LE PHI'
  const after = ':61:261121C7,NTRFB//FT2\n:86:NOP'
  const written = (memo: string, closing = 'C261121VND1000012,') => withEntries(`${paid}${memo}\n${after}`, closing)

  it.each([
    ['a message', '\n:20:S', 7],
    ['another account', '\n:25:970415/999', 7],
    ['a statement number', '\n:28C:9/1', 7],
    ['an opening balance', '\n:60F:C261121VND0,', 7],
    ['an available balance', '\n:64:C261121VND0,', 7],
    ['a closing balance that is none', '\n:62F:0', 7],
    ['the end of a message', '\n-\n:20:S\n-}', 8],
    ['an unknown field', '\n:99:x', 7],
  ])('%s in a text is text, and is told', async (_name, memo, line) => {
    const items = await read(written(memo))
    expect(problemsOf(items)).toEqual([[line, expect.stringMatching(/looks like a field/)]])
    expect(entriesOf(items).map(({ amount, account }) => [amount, account])).toEqual([
      [5n, '1'],
      [7n, '1'],
    ])
    expect(balancesOf(items)).toEqual([[1_000_000n, 1_000_012n, true]])
    expect(entriesOf(items)[0]?.description).toMatch(/^NOP LE PHI./)
  })

  it('a credit: the balances do not close, and the line is named', async () => {
    const items = await read(written('\n:61:261121C79000,NTRFX//FT9\n:86:ATT123'))
    expect(balancesOf(items)).toEqual([[1_000_000n, 1_000_012n, false]])
    expect(problemsOf(items)).toEqual([
      [4, 'opening balance and entries do not add up to the closing balance'],
      [7, expect.stringMatching(/without this entry the balances would close/)],
    ])
  })

  it('a credit and a closing balance to go with it', async () => {
    const items = await read(written('\n:61:261121C79000,NTRFX\n:62F:C261121VND1079005,'))
    expect(balancesOf(items)).toEqual([
      [1_000_000n, 1_079_005n, false],
      [null, 1_000_012n, null],
    ])
    expect(problemsOf(items)).toContainEqual([9, expect.stringMatching(/behind the closing balance/)])
  })

  it('a credit and debits that cancel it, cut to the start of a line by the width of the text', async () => {
    const full = 'x'.repeat(55)
    const pair = `${full}\n:61:261121C79000,NTRFX//FT9\n:61:261121D40000,NMSC\n:61:261121D39000,NMSC\nREST`
    const items = await read(written(pair))
    expect(entriesOf(items).map(({ amount }) => amount)).toEqual([5n, 7n])
    expect(balancesOf(items)).toEqual([[1_000_000n, 1_000_012n, false]])
    expect(items.flatMap((item) => (item.kind === 'broken_entry' ? [item.line] : []))).toEqual([7, 8, 9])
    // Behind a line that is not full they are the bank's: an account that is emptied into another one looks so.
    const swept = await read(written(pair.replace(full, '')))
    expect([entriesOf(swept).length, problemsOf(swept)]).toEqual([5, []])
  })

  it('is told from entries behind a full line that stay, in their order', async () => {
    const many = Array.from({ length: 20 }, (_, at) => `:61:261121C${at + 1},NTRF${at}\n:86:${'x'.repeat(65)}`)
    const items = await read(withEntries(many.join('\n'), 'C261121VND1000210,'))
    expect(entriesOf(items).map(({ amount }) => Number(amount))).toEqual(many.map((_, at) => at + 1))
    expect([balancesOf(items), problemsOf(items)]).toEqual([[[1_000_000n, 1_000_210n, true]], []])
    expect(items.at(-1)?.kind).toBe('statement')
  })

  it('a reference without end', async () => {
    for (const references of [`A//${'F'.repeat(201)}`, 'A'.repeat(201)]) {
      const items = await read(withEntries(`:61:261121C5,NTRF${references}`, 'C261121VND1000005,'))
      expect(problemsOf(items)[0]).toEqual([5, 'a reference is longer than 200 characters'])
    }
    const { reference } = (await entryOf(`:61:261121C5,NTRFA\n:86:166?20EREF+${'E'.repeat(201)}`)) ?? {}
    expect(reference).toBeNull()
  })
})

/** Samples of banks abroad lie beside the project on some machines, and are not ours to keep. In hundredths: net of the entries, and the balances. */
const samples: [string, [number, bigint], ReturnType<typeof balancesOf>][] = [
  ['mbank-mt940.sta', [3, 3n], [[40n, 43n, true]]],
  [
    'knab-mt940.sta',
    [3, -626_000n],
    [
      [0n, 50_000n, true],
      [305_898n, 79_898n, false],
    ],
  ],
  [
    'sepa-snippet-mt940.sta',
    [11, 35_859_391n - 250_191_730n],
    [
      [76_665_649n, 112_525_040n, true],
      [-197_043_187n, -447_204_909n, false],
    ],
  ],
]

const upwards = (folder: string): string[] =>
  dirname(folder) === folder ? [folder] : [folder, ...upwards(dirname(folder))]

it('reads what banks abroad have published, where it is at hand', async () => {
  const folders = upwards(packageRoot()).map((folder) => join(folder, 'shared', 'samples', 'statements'))
  const folder = folders.find((path) => existsSync(path))
  for (const [name, entries, balances] of folder ? samples : []) {
    const items = await read(readFileSync(join(folder ?? '', name)))
    const amounts = entriesOf(items).map(({ amount }) => amount)
    expect([name, amounts.length, amounts.reduce((sum, amount) => sum + amount, 0n)]).toEqual([name, ...entries])
    expect([name, balancesOf(items)]).toEqual([name, balances])
  }
  expect(balancesOf(await read(whole))).toEqual([[19_000_000n, 19_074_000n, true]])
})
