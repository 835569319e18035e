// Reading a file holds up nothing else: callbacks of payments that come in meanwhile have their turn. Counted in turns of the event loop and not in time.
import { describe, expect, test } from 'vitest'
import { newTally } from '../../src/domain/statement-tally.ts'
import { bankHeader, goodFiles, type ReaderName, readers } from '../kit/hostile-statements.ts'
import { sheetRow, streamOf, workbookFile } from '../kit/workbook.ts'

const turnMax = 262_144
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Reads a file that is at hand, and answers how many turns others had meanwhile. */
const turnsOf = async (name: ReaderName, file: Uint8Array) => {
  let [turns, isOver] = [0, false]
  const turn = () => {
    turns += 1
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  const tally = newTally()
  const rejected = await readers[name](() => streamOf(file, file.length), { tally, write: () => undefined })
  isOver = true
  return { turns, rejected, tally }
}

const textOf = (name: ReaderName): string => new TextDecoder().decode(goodFiles[name])
const many = (name: ReaderName, part: RegExp, times: number): Uint8Array =>
  utf8(textOf(name).replace(part, (row) => row.repeat(times)))
const mt940Entry = /:61:2611241124.*\r\n:86:.*\r\n/

describe('others have their turn, again and again, while it is read:', () => {
  test.each<[string, ReaderName, Uint8Array]>([
    ['a CSV', 'bank csv', utf8(`${bankHeader}\n${'2026-11-24,5,F,a\n'.repeat(200_000)}`)],
    ['a CSV of broken rows', 'bank csv', utf8(`${bankHeader}\n${'"\n""x\n'.repeat(300_000)}`)],
    ['a file by a profile', 'profile', many('profile', /24\/11\/2026;;.*\n/, 100_000)],
    ['an MT940', 'mt940', many('mt940', mt940Entry, 40_000)],
    ['an MT940 of nothing but line ends', 'mt940', many('mt940', /\r\n/, 1_000_000)],
    ['a camt.053', 'camt053', many('camt053', /<Ntry>[\s\S]*?<\/Ntry>/, 5_000)],
  ])('%s', async (_name, reader, file) => {
    expect(file.length).toBeGreaterThan(4 * turnMax)
    const { turns } = await turnsOf(reader, file)
    expect(turns).toBeGreaterThan(file.length / turnMax)
  })

  test('a workbook that unpacks to a hundred times its size', async () => {
    const rows = Array.from({ length: 10_000 }, (_, at) => `<row r="${at + 2}">${'<c/>'.repeat(100)}</row>`).join('')
    const file = workbookFile({ rows: sheetRow(1, bankHeader.split(',')) + rows })
    expect(rows.length / file.length).toBeGreaterThan(60)
    const { turns, rejected } = await turnsOf('xlsx', file)
    expect(rejected).toBeNull()
    expect(turns).toBeGreaterThan(rows.length / turnMax)
  })

  test('an entry of a camt.053 that is twenty thousand payments', async () => {
    const payments = '<TxDtls><Amt Ccy="VND">1</Amt></TxDtls>'.repeat(20_000)
    const text = textOf('camt053')
      .replace('VND">5<', 'VND">20000<')
      .replace(/<TxDtls>[\s\S]*?<\/TxDtls>/, payments)
    const { turns, tally } = await turnsOf('camt053', utf8(text))
    expect(tally.accepted).toBe(20_002)
    expect(turns).toBeGreaterThan(20_002 / 1_000)
  })
})

test('a text of slashes costs no more than any other', async () => {
  const entry = `:61:261124C5,NTRFA-1\r\n:86:/EREF/a${'/'.repeat(1_900)}b\r\n`
  const started = performance.now()
  await turnsOf('mt940', utf8(textOf('mt940').replace(mt940Entry, entry.repeat(4_000))))
  // Looking at each slash anew from each other one takes 20 s.
  expect(performance.now() - started).toBeLessThan(8_000)
})
