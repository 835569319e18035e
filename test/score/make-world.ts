// A province-month from one seed.
import { clockOf, makeAccounts, monthOf } from './accounts.ts'
import { addBankLines } from './bank.ts'
import { daysFrom, isWorked } from './calendar.ts'
import { addDay, countOf } from './payments.ts'
import { addNegativeBatch, addTwinBatches, payoutsOf, settledDays } from './payouts.ts'
import { addRefunds } from './refunds.ts'
import { type Account, type AccountMonth, createMaker, type Maker, type World } from './world.ts'

/** About `lines` lines of settlement files in all, over `accounts` merchant accounts. */
export const makeWorld = ({
  seed,
  lines,
  accounts = 5,
  without = [],
  isDense = false,
}: {
  seed: number
  lines: number
  accounts?: number
  without?: readonly string[]
  isDense?: boolean
}): World & { clock: Date } => {
  const period = monthOf(seed)
  const maker = createMaker(seed, period, { without, isDense })
  const months = makeAccounts(maker, accounts).map((account) => makeMonth(maker, account, lines / accounts))
  return { seed, period, months, clock: clockOf(period) }
}

const makeMonth = (maker: Maker, account: Account, lines: number): AccountMonth => {
  const month: AccountMonth = {
    account,
    payments: [],
    payouts: new Map(),
    providerLines: [],
    bankLines: [],
    unlisted: new Map(),
    either: new Set(),
  }
  const { first, last } = settledDays(maker.period)
  const days = daysFrom(first, last)
  const average = lines / days.filter(isWorked).length / 1.45
  for (const day of days) addDay(maker, month, { day, count: countOf(maker, day, average) })
  addRefunds(maker, month, maker.isDense ? 4 : 20)
  // Where provider fees come apart the contract does not say whose they are when two payouts tie.
  if (account.tariff.netted) {
    addTwinBatches(maker, month, 1)
    addNegativeBatch(maker, month, 1)
  }
  month.payouts = payoutsOf(maker, month)
  addBankLines(maker, month)
  return month
}
