/** The looks at what must hold: after a day, at the end, and when every raw callback is read once more. */
import { replayCallbacks } from '../flows/replay-callbacks.ts'
import { verifyLedger } from '../flows/verify-ledger.ts'
import { verifyMatches } from '../flows/verify-matches.ts'
import { verifyPeriods } from '../flows/verify-periods.ts'
import type { Database } from '../store/database.ts'
import { digestTables } from '../store/table-digests.ts'
import { findUnexplained, readBooks, readImbalances } from '../store/town-books.ts'
import { readDeeds } from '../store/town-deeds.ts'
import type { Books, Broken, Moment } from './books.ts'
import { createCaller } from './caller.ts'
import type { GatewayProcess } from './gateway-process.ts'
import { agreeInSums, firstBroken } from './invariants.ts'
import { readFeed } from './portal.ts'
import type { Town } from './town.ts'
import { readTruth } from './truth.ts'
import { hour } from './world.ts'

/** Runs something in a living process, in its turn. */
export const inProcess = async <Value>(
  { world }: Town,
  work: (process: GatewayProcess) => Promise<Value>,
): Promise<Value> => {
  const [process] = world.cluster.living()
  if (!process) throw new Error('no process lives')
  const done: { value?: { is: Value } } = {}
  world.schedule.start('a check', async () => {
    done.value = { is: await work(process) }
  })
  for (let waited = 0; !done.value && waited < 48; waited += 1)
    await world.schedule.runUntil(new Date(world.schedule.now().getTime() + hour))
  if (!done.value) throw new Error('a check never ends')
  return done.value.is
}

/** The first thing that does not hold, with its rows; null when all do. */
export const check = async (town: Town, moment: Moment): Promise<Broken | null> => {
  const { owner } = town
  const { entries, paidTwice } = await readImbalances(owner)
  if (entries.length > 0)
    return { invariant: 'every entry sums to zero', what: `${entries.length} do not`, rows: entries }
  if (paidTwice.length > 0)
    return { invariant: 'an order is paid by at most one attempt', what: 'several attempts pay', rows: paidTwice }
  const broken = firstBroken(await booksOf(town, moment))
  if (broken || moment === 'day') return broken
  const unexplained = await findUnexplained(owner)
  if (unexplained.length > 0)
    return {
      invariant: 'reconciliation leaves no difference unexplained',
      what: `${unexplained.length} items`,
      rows: unexplained,
    }
  return verified(town)
}

/** Whether every payment and refund has the same sum at its provider and here, so that no file could tell of another one. */
export const sumsAgree = async (town: Town): Promise<boolean> => agreeInSums(await booksOf(town, 'end'))

const booksOf = async ({ world, owner }: Town, moment: Moment): Promise<Books> => {
  const orders = await readBooks(owner)
  return { moment, orders, deeds: await readDeeds(owner), truth: readTruth(world), seen: world.seen }
}

/** The gateway's own checks of its books find nothing. */
const verified = async (town: Town): Promise<Broken | null> => {
  const { fault } = await inProcess(town, ({ deps }) => verifyLedger(deps))
  if (fault)
    return {
      invariant: 'verify-ledger finds nothing',
      what: `${fault.what} ${fault.id} ${fault.problem}`,
      rows: [fault],
    }
  const periods = await inProcess(town, ({ deps }) => verifyPeriods(deps))
  if (periods.fault)
    return { invariant: 'every close is what was signed', what: periods.fault.problem, rows: [periods.fault] }
  if (!town.world.customs.verifiesMatches) return null
  const matches = await inProcess(town, ({ deps }) => verifyMatches(deps))
  return matches.fault
    ? { invariant: 'verify-matches finds nothing', what: matches.fault.problem, rows: [matches.fault] }
    : null
}

const everything = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2028-01-01T00:00:00Z') }

/** All raw callbacks once more: none may change anything, neither by its own word nor by the tables. */
export const replay = async (town: Town): Promise<Broken | null> => {
  const invariant = 'replay of all raw callbacks changes nothing'
  // What was still to be told of is told of first.
  const portal = createCaller(town.world, 'portal')
  await inProcess(town, () => readFeed(portal))
  const before = await moneyDigest(town.owner)
  const replayed = await inProcess(town, ({ deps }) => replayCallbacks(deps, everything))
  const faults = [...replayed.changed, ...replayed.readDifferently, ...replayed.caughtUp]
  if (faults.length > 0) return { invariant, what: `${faults.length} callbacks`, rows: [replayed] }
  const after = await moneyDigest(town.owner)
  const moved = after.filter(({ sha256 }, index) => sha256 !== before[index]?.sha256)
  return moved.length > 0 ? { invariant, what: 'tables differ', rows: moved } : null
}

/** What a replay must leave alone. Jobs go on meanwhile: leases, calls and places in chains are theirs. */
const ofMoney = [
  'attempts',
  'discrepancies',
  'journal_entries',
  'money_facts',
  'orders',
  'postings',
  'quarantine',
  'receipts',
  'refunds',
]
const moneyDigest = (owner: Database) => digestTables(owner, ofMoney)
