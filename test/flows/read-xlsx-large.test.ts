// A large workbook: what reading it holds in memory does not grow with its rows.
import { expect, test } from 'vitest'
import { newTally } from '../../src/domain/statement-tally.ts'
import { readXlsxStatement } from '../../src/flows/read-xlsx.ts'
import { writeXlsx } from '../../src/lib/xlsx.ts'
import { streamOf } from '../kit/workbook.ts'

const header = ['value_date', 'amount', 'bank_reference', 'description']

// Seconds by itself; many times that on a machine that does other things too.
test('a hundred thousand rows in memory that stays flat', { timeout: 180_000 }, async () => {
  async function* rows() {
    for (let i = 0; i < 100_000; i++) yield ['2026-11-24', BigInt(i + 1), `FT${i}`, `NOP LE PHI ${i * 7919}`]
  }
  const columns = header.map((title) => ({ title, type: title === 'amount' ? 'amount' : 'text' }) as const)
  const bytes = await new Response(writeXlsx({ sheet: 'a', columns, rows: rows() })).bytes()
  const tally = newTally()
  const [before, started] = [process.memoryUsage().rss, performance.now()]
  let [most, count] = [0, 0]
  const write = () => {
    count += 1
    if (count % 1_000 === 0) most = Math.max(most, process.memoryUsage().rss)
    return undefined
  }
  const file = { parts: () => streamOf(bytes, 262_144), sheet: () => streamOf(bytes, 262_144) }
  expect(await readXlsxStatement(file, { tally, write, source: 'bank' })).toBeNull()
  const more = Math.round((most - before) / 1e6)
  console.info(`read ${count} rows in ${((performance.now() - started) / 1_000).toFixed(1)} s, ${more} MB more at most`)
  expect([tally.accepted, tally.problems]).toEqual([100_000, []])
  expect(more).toBeLessThan(300)
})
