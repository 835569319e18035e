// What many towns came to: everything that can happen is counted, and a long run in which something never did has failed.
import { describe, expect, test } from 'vitest'
import { answerOf } from '../../src/node/commands/simulate/many-towns.ts'
import { type Custom, customNames } from '../../src/simulation/customs.ts'
import { type FaultKind, faultNames } from '../../src/simulation/fault-kinds.ts'
import { type Happening, happeningNames } from '../../src/simulation/happenings.ts'
import { addTown, type Counted, noTotals, type Totals } from '../../src/simulation/report.ts'
import type { Ground } from '../../src/simulation/town.ts'

const unused: Ground = { open: () => Promise.reject(new Error('nothing is run')), turn: async () => undefined }
const each = <Name extends string, Value>(names: readonly Name[], value: Value) =>
  Object.fromEntries(names.map((name) => [name, value])) as Record<Name, Value>

const town = (but: readonly string[] = []): Counted => ({
  orders: 2,
  paid: 1,
  units: 300,
  compared: 150_000n,
  difference: 0n,
  faults: each<FaultKind, number>(
    faultNames.filter((name) => !but.includes(name)),
    1,
  ),
  happenings: each<Happening, number>(
    happeningNames.filter((name) => !but.includes(name)),
    1,
  ),
  customs: { ...each<Custom, boolean>(customNames, true), ...each(but, false) },
})

const totalsOf = (count: number, one: Counted): Totals => {
  const totals = noTotals()
  for (let seed = 1; seed <= count; seed += 1) addTown(totals, one, null)
  return totals
}

const answerTo = (totals: Totals, kinds: readonly FaultKind[] = faultNames) => {
  const many = { from: 1, count: totals.seeds, workers: 2, kinds, faults: 'all', isTwice: false }
  return answerOf(unused, many, { totals, broken: new Map(), seconds: 1, progress: () => undefined })
}

describe('a thousand towns', () => {
  test('are well when everything has happened, and each is counted in the line', async () => {
    const { exitCode, lines } = await answerTo(totalsOf(1_000, town()))
    expect(exitCode).toBe(0)
    expect(lines).toHaveLength(1)
    for (const name of [...faultNames, ...happeningNames, ...customNames]) expect(lines[0]).toContain(`${name} 1.000`)
  })

  test.for(['crash', 'opens_day_again', 'disputes'])('have failed when there was never %s', async (name) => {
    const { exitCode, lines } = await answerTo(totalsOf(1_000, town([name])))
    expect(exitCode).toBe(1)
    expect(lines.join('\n')).toContain(`NEVER HAPPENED in 1000 towns: ${name}`)
  })

  test('are not asked for kinds of faults that were not wished for', async () => {
    expect((await answerTo(totalsOf(1_000, town(['crash'])), ['callback_lost'])).exitCode).toBe(0)
  })
})

test('fewer towns may lack what seldom happens', async () => {
  expect((await answerTo(totalsOf(999, town(['crash'])))).exitCode).toBe(0)
})
