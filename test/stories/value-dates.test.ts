// Settlement that shifts across days: a payment before Tết 2027 is late only after its value date, whatever its provider's file says and when it comes.
import { beforeEach, describe, expect, test } from 'vitest'
import { expectedOn } from '../../src/domain/settlement-due.ts'
import { addWorkingDays, isWorkingDay } from '../../src/domain/working-days.ts'
import { addDays } from '../../src/lib/time.ts'
import type { TestDatabase } from '../kit/database.ts'
import type { TestDeps } from '../kit/deps.ts'
import { payOrder, reconcile } from '../kit/reconciliation.ts'
import { lineFor, settlementDesk } from '../kit/settlement-desk.ts'

const desk = settlementDesk()
const { discrepancies, listed } = desk
let db: TestDatabase
let deps: TestDeps
let account: string
beforeEach(() => {
  ;({ db, deps, account } = desk.now())
})

const setCalendar = (cutoff: string, settlementDays: number) =>
  db.sql`update merchant_accounts set cutoff = ${cutoff}, settlement_days = ${settlementDays} where id = ${account}`

/** The `n`-th working day after a day, or before it where `n` is negative. */
const shifted = (day: string, n: number): string => {
  if (n >= 0) return n === 0 ? day : addWorkingDays(day, n)
  let at = day
  for (let left = -n; left > 0; ) {
    at = addDays(at, -1)
    if (isWorkingDay(at)) left -= 1
  }
  return at
}

describe('a payment before Tết 2027', () => {
  // Days off: Friday 05/02 to Thursday 11/02, and the weekend behind them.
  test.each([
    ['of the last working day, before the cut-off', '16:30', 1, '2027-02-04T16:29:59+07:00', '2027-02-12'],
    ['of the last working day, after the cut-off', '16:30', 1, '2027-02-04T16:30:00+07:00', '2027-02-12'],
    ['of the day before, after the cut-off', '16:30', 2, '2027-02-03T20:00:00+07:00', '2027-02-15'],
    ['of giao thừa, paid the same day by contract', '00:00', 0, '2027-02-05T23:59:59+07:00', '2027-02-12'],
    ['with three days to pay', '00:00', 3, '2027-02-02T09:00:00+07:00', '2027-02-12'],
  ])('%s is missing at the provider only after its value date', async (_name, cutoff, settlementDays, at, expected) => {
    await setCalendar(cutoff, settlementDays)
    expect(expectedOn({ cutoff, settlementDays }, new Date(at))).toBe(expected)
    const attempt = await payOrder(deps, account, { at })
    for (const to of [-8, -2, -1].map((days) => addDays(expected, days))) {
      expect([to, (await reconcile(deps, account, { from: '2027-01-25', to })).classes]).toEqual([to, []])
    }
    expect(await discrepancies()).toEqual([])
    const late = (await reconcile(deps, account, { from: '2027-01-25', to: expected })).only('missing_at_provider')
    expect(late).toMatchObject({ attemptId: attempt.id, expectedOn: expected })
    expect(await discrepancies()).toMatchObject([{ class: 'missing_at_provider', status: 'open' }])
  })

  test('whose line is shifted by −2 … +10 working days is found, its lateness ends, and nothing counts twice', async () => {
    await setCalendar('16:30', 1)
    const day = '2027-02-03'
    const period = { from: '2027-01-25', to: '2027-02-26' }
    for (const shift of [-2, -1, 0, 1, 2, 3, 5, 8, 10]) {
      const attempt = await payOrder(deps, account, { at: `${day}T10:00:00+07:00` })
      const name = `${shift} working days`
      const before = await reconcile(deps, account, period)
      expect([name, before.items.find((item) => item.attemptId === attempt.id)?.class]).toEqual([
        name,
        'missing_at_provider',
      ])
      const lineDay = shifted(day, shift)
      await listed(lineFor(attempt, { at: `${lineDay}T10:00:00+07:00`, payout: `PO-${shift}` }))
      const after = await reconcile(deps, account, period)
      const items = after.items.filter((item) => item.attemptId === attempt.id)
      expect([name, items.map((item) => item.class)]).toEqual([name, [shift === 0 ? 'matched' : 'date_shift']])
      expect(items[0]?.expectedOn).toBe(addWorkingDays(lineDay, 1))
      const open = (await discrepancies()).filter((row) => row.attemptId === attempt.id && row.status !== 'resolved')
      expect([name, open.map((row) => row.class)]).toEqual([name, shift === 0 ? [] : ['date_shift']])
    }
  }, 60_000)

  test('is not missed by a run over another window: a line behind the period still names it', async () => {
    await setCalendar('16:30', 1)
    const attempt = await payOrder(deps, account, { at: '2027-02-03T10:00:00+07:00' })
    await listed(lineFor(attempt, { at: '2027-02-17T10:00:00+07:00' }))
    expect((await reconcile(deps, account, { from: '2027-02-01', to: '2027-02-12' })).classes).toEqual([])
    expect((await reconcile(deps, account, { from: '2027-02-17', to: '2027-02-17' })).classes).toEqual(['date_shift'])
  })
})
