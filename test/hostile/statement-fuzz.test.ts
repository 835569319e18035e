// Every reader of statements against files that were cut, changed and put together anew: it tells what is wrong, keeps what it can, and ends.
import fc from 'fast-check'
import { unzipSync, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { goodFiles, type HostileReading, type ReaderName, readers, readHostile } from '../kit/hostile-statements.ts'

const names = Object.keys(readers) as ReaderName[]
const secondsMax = 5

/** What holds of every reading, whatever the file. */
const check = ({ rejected, tally, lines }: HostileReading): void => {
  expect(rejected === null || rejected.length > 0).toBe(true)
  expect(tally.accepted).toBe(lines.length)
  expect(tally.accepted).toBeLessThanOrEqual(tally.lines)
  expect(tally.problems.length).toBe(Math.min(tally.problemCount, 1_000))
  if (rejected) expect(tally.problemCount).toBeGreaterThan(0)
  for (const { line, message } of tally.problems) {
    expect([Number.isInteger(line) && line > 0, message.length > 0 && message.length < 300]).toEqual([true, true])
  }
  // What is stored: a line of its own for each, whole money, and text that a database takes.
  lines.forEach((each, at) => {
    expect(each.line).toBeGreaterThan(lines[at - 1]?.line ?? 0)
    expect(each.amount !== 0n || each.lineType !== null).toBe(true)
    for (const text of [each.merchantReference, each.bankReference, each.description, each.counterparty]) {
      expect(text === null || (!text.includes('\0') && text.length <= 2_500)).toBe(true)
    }
  })
  const moved = lines.filter(({ lineType }) => lineType === null).reduce((sum, { amount }) => sum + amount, 0n)
  if (lines.every(({ lineType }) => lineType === null)) expect(tally.credits - tally.debits).toBe(moved)
}

const readChecked = async (name: ReaderName, bytes: Uint8Array, size?: number): Promise<HostileReading> => {
  const started = performance.now()
  const reading = await readHostile(name, bytes, size)
  expect(performance.now() - started).toBeLessThan(secondsMax * 1_000)
  check(reading)
  return reading
}

const tokens = [
  ...[
    '"',
    "'",
    '\r',
    '\n',
    '\r\n',
    ',',
    ';',
    '\t',
    '\0',
    '\u001f',
    '-',
    '-0',
    '=',
    '9'.repeat(40),
    '31/02/2026',
    '\ufeff',
    '\ufffd',
  ],
  ...[
    '<',
    '>',
    '</',
    '<!DOCTYPE a>',
    '<![CDATA[',
    ']]>',
    '<!--',
    '&amp;',
    '&x;',
    '&#0;',
    '<Ntry>',
    '</Ntry>',
    '</Stmt>',
    '_x0000_',
    '_xD800_',
  ],
  ...[
    ':61:',
    ':86:',
    ':20:',
    ':60F:',
    ':62M:C261123VND1,',
    '{4:',
    '-}',
    '/EREF/',
    '?20',
    '?32',
    'PK\u0003\u0004',
    'PK\u0001\u0002',
    'PK\u0005\u0006',
  ],
].map((token) => new TextEncoder().encode(token))

type Mutation = (bytes: Uint8Array) => Uint8Array
const place = fc.double({ min: 0, max: 1, noNaN: true })
const at = (bytes: Uint8Array, where: number) => Math.floor(where * bytes.length)
const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]))

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(
    ([where, bits]): Mutation =>
      (bytes) => {
        const changed = bytes.slice()
        changed[at(bytes, where)] = (bytes[at(bytes, where)] ?? 0) ^ bits
        return changed
      },
  ),
  fc.tuple(place, fc.constantFrom(...tokens)).map(
    ([where, token]): Mutation =>
      (bytes) =>
        joined(bytes.subarray(0, at(bytes, where)), token, bytes.subarray(at(bytes, where))),
  ),
  fc.tuple(place, place).map(
    ([from, to]): Mutation =>
      (bytes) =>
        joined(bytes.subarray(0, at(bytes, Math.min(from, to))), bytes.subarray(at(bytes, Math.max(from, to)))),
  ),
  fc.tuple(place, place).map(
    ([from, to]): Mutation =>
      (bytes) =>
        joined(bytes.subarray(0, at(bytes, Math.max(from, to))), bytes.subarray(at(bytes, Math.min(from, to)))),
  ),
)

describe.each(names)('%s', (name) => {
  const good = goodFiles[name]

  test('is read whole as it stands', async () => {
    const { rejected, tally, lines } = await readChecked(name, good)
    expect([rejected, tally.problems, lines.length]).toEqual([null, [], 3])
  })

  test('cut off anywhere keeps whole lines or nothing, and never says that it closes', async () => {
    const { lines: all } = await readHostile(name, good)
    const step = Math.max(1, Math.floor(good.length / 150))
    for (let end = 0; end < good.length; end += step) {
      const { rejected, lines, tally } = await readChecked(name, good.subarray(0, end))
      if (name === 'xlsx' || (name === 'camt053' && end < good.length - 20))
        expect([end, typeof rejected]).toEqual([end, 'string'])
      if (name === 'mt940' && end < good.length - 10) expect([end, tally.closes]).not.toEqual([end, true])
      // Only the last line can be another one than it was.
      for (const [place, line] of lines.slice(0, -1).entries()) expect(line).toEqual(all[place])
    }
  })

  test('changed anywhere is refused by name or read as far as it goes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(3, 64, 10_007),
        async (mutations, size) => {
          await readChecked(name, mutations.reduce((bytes, change) => change(bytes), good).subarray(0, 100_000), size)
        },
      ),
      { numRuns: name === 'xlsx' ? 40 : 150 },
    )
  })

  test('of any other format is refused or has no line', async () => {
    for (const other of names) {
      const { rejected, lines } = await readChecked(name, goodFiles[other])
      if (other !== name) expect([other, rejected !== null || lines.length === 0]).toEqual([other, true])
    }
  })
})

test('a workbook whose parts were changed before they were packed is refused by name or read as far as it goes', async () => {
  const parts = unzipSync(goodFiles.xlsx)
  const paths = [
    'xl/worksheets/sheet1.xml',
    'xl/sharedStrings.xml',
    'xl/styles.xml',
    'xl/workbook.xml',
    'xl/_rels/workbook.xml.rels',
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...paths),
      async (mutations, path) => {
        const part: Uint8Array = parts[path] ?? new Uint8Array()
        const changed = mutations.reduce((bytes, change) => change(bytes), part)
        await readChecked('xlsx', zipSync({ ...parts, [path]: changed.subarray(0, 100_000) }, { level: 1 }))
      },
    ),
    { numRuns: 200 },
  )
})
