// Receipts of payments that come all at once: a process issues them one after another, and loses none.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { chaseReceipts } from '../../src/flows/chase-receipts.ts'
import { issueReceipts } from '../../src/flows/issue-receipts.ts'
import { issueReceiptsLater } from '../../src/flows/receipt-line.ts'
import { type Job, jobs, runJobs } from '../../src/flows/run-jobs.ts'
import { numberEvents } from '../../src/store/events.ts'
import { findUnreceipted } from '../../src/store/unreceipted.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createClock, createTestDeps, type TestDeps } from '../kit/deps.ts'
import { addAttempt, placeTestOrder, seedAgencies, seedMerchantAccount } from '../kit/orders.ts'
import { captured } from '../kit/scripted-provider.ts'

let database: TestDatabase
let deps: TestDeps
let account: string

beforeAll(async () => {
  database = await createTestDatabase({ max: 20 })
  await seedAgencies(database.sql)
  await database.sql`update agencies set tax_code = '2800123456' where agency_code in ('H56.12.03', 'H56.14')`
})
afterAll(() => database.drop())
beforeEach(async () => {
  deps = createTestDeps(database.database, { clock: createClock('2026-11-23T02:00:00Z') })
  account = await seedMerchantAccount(deps, database.sql, { provider: 'vnpay' })
})

let dossiers = 0
/** An order, and how it is paid, and no more: as if the process had ended before it could issue receipts. */
const payable = async (agencyCode = 'H56.12.03') => {
  dossiers += 1
  const orderId = await placeTestOrder(deps, {
    agencyCode,
    dossierCode: `${agencyCode}-261122-${4_000 + dossiers}`,
  })
  const { merchantReference, amount } = await addAttempt(deps, orderId, account, { provider: 'vnpay' })
  const outcome = captured(merchantReference, amount)
  const isEnded = { ...deps, defer: () => undefined, db: { ...database.database }, box: { ...deps.box } }
  const newToken = () => {
    throw new Error('the process has ended')
  }
  const pay = () => applyOutcome({ ...isEnded, newToken }, { merchantAccountId: account, outcome, source: 'callback' })
  return { orderId, pay }
}
const paid = async (): Promise<string> => {
  const { orderId, pay } = await payable()
  await pay()
  return orderId
}

describe('receipts of payments that come all at once', () => {
  const unreceipted = async (count: number) => Promise.all(Array.from({ length: count }, () => paid()))
  const receipted = async (ids: readonly string[]) => {
    const rows = await database.sql`select distinct order_id from receipts where order_id in ${database.sql(ids)}`
    return rows.length
  }

  it('are caught up on apart while requests are served, and no more of them once the process ends', async () => {
    const ids = await unreceipted(6)
    const catchUp = (more: Partial<TestDeps>) => chaseReceipts({ ...deps, ...more }, { limit: 100, everything: true })
    const turns = [false, false]
    expect(await catchUp({ isEnding: () => turns.pop() ?? true })).toBe(2)
    expect(await receipted(ids)).toBe(2)
    const beganAt = performance.now()
    expect(await catchUp({ isServing: () => true })).toBe(4)
    // Timers may ring a millisecond early.
    expect(performance.now() - beganAt).toBeGreaterThan(4 * 19)
    expect(await receipted(ids)).toBe(6)
  })

  it('are issued one after another, so that they hold one connection', async () => {
    const ids = await unreceipted(6)
    let [underWay, most, pieces] = [0, 0, 0]
    const newToken: TestDeps['newToken'] = (bytes) => {
      most = Math.max(most, underWay)
      return deps.newToken(bytes)
    }
    const counted = new Proxy(database.database.sql, {
      get: (sql, name) => {
        if (name !== 'reserve') return Reflect.get(sql, name)
        return async () => {
          const connection = await sql.reserve()
          underWay += 1
          const { release } = connection
          return Object.assign(connection, {
            release: () => {
              underWay -= 1
              connection.release = release
              release.call(connection)
            },
          })
        }
      },
    })
    const defer: TestDeps['defer'] = (work) => {
      pieces += 1
      deps.defer(work)
    }
    const own = { ...deps, db: { ...database.database, sql: counted }, newToken, defer }
    for (const id of ids) issueReceiptsLater(own, id)
    await deps.settled()
    expect(await receipted(ids)).toBe(6)
    expect([most, pieces]).toEqual([1, 1])
  })

  it('do not wait for one that fails, and one that comes when the line has ended begins another', async () => {
    const [first = '', broken = '', last = ''] = await unreceipted(3)
    const newToken = () => {
      throw new Error('no token')
    }
    issueReceiptsLater(deps, first)
    issueReceiptsLater({ ...deps, newToken }, broken)
    issueReceiptsLater(deps, last)
    await deps.settled()
    expect(await receipted([first, broken, last])).toBe(2)
    issueReceiptsLater(deps, broken)
    await deps.settled()
    expect(await receipted([broken])).toBe(1)
  })

  it('are left to the jobs where too many wait', async () => {
    const ids = await unreceipted(4)
    // The line is full of orders that are nobody's.
    issueReceiptsLater(deps, ids[0] ?? '')
    for (let at = 1; at < 200; at += 1) issueReceiptsLater(deps, `ord_nobody_${at}`)
    for (const id of ids.slice(1)) issueReceiptsLater(deps, id)
    await deps.settled()
    expect(await receipted(ids)).toBe(1)
    await chaseReceipts(deps, { limit: 1_000, everything: true })
    expect(await receipted(ids)).toBe(4)
  })

  it('make room for others once they are issued, also in a line that never ends', async () => {
    const [last = '', next = ''] = await unreceipted(2)
    for (let at = 1; at < 200; at += 1) issueReceiptsLater(deps, `ord_nobody_${at}`)
    // The 200th; when its turn comes, those before it are gone.
    const newToken: TestDeps['newToken'] = (bytes) => {
      issueReceiptsLater(deps, next)
      return deps.newToken(bytes)
    }
    issueReceiptsLater({ ...deps, newToken }, last)
    await deps.settled()
    expect(await receipted([last, next])).toBe(2)
  })

  it('are not tried by the jobs as well while they wait for their turn', async () => {
    // Of another agency, so that who waits holds no series that the others take numbers of.
    const { orderId: first, pay } = await payable('H56.14')
    await pay()
    const [second = '', other = ''] = await unreceipted(2)
    const blocker = await database.sql.reserve()
    await blocker`begin`
    await blocker`select from orders where id = ${first} for update`
    issueReceiptsLater(deps, first)
    issueReceiptsLater(deps, second)
    const newToken = () => {
      throw new Error('no token')
    }
    // With connections of their own, as background work has.
    const background = { ...deps, db: { ...database.database }, newToken }
    expect(await chaseReceipts(background, { limit: 100, everything: true })).toBe(3)
    const tried = async () =>
      (await database.sql`select order_id from receipt_tries order by order_id`).map(({ orderId }) => orderId)
    expect(await tried()).toEqual([other])
    // A line that stands still for long is not waited for.
    deps.clock.advance(10)
    const atOnce = chaseReceipts(background, { limit: 100, everything: true })
    await vi.waitFor(async () => expect(await tried()).toContain(second))
    await blocker`rollback`
    blocker.release()
    await Promise.all([deps.settled(), atOnce])
    expect(await receipted([first, second, other])).toBe(2)
    deps.clock.advance(60)
    await chaseReceipts(deps, { limit: 100, everything: false })
    expect(await receipted([first, second, other])).toBe(3)
  })

  it('are found by a process that looks at what is new alone, until they have their receipts, and what it passed by within a minute', async () => {
    const search = (limit = 100) => findUnreceipted(deps.db, { limit, everything: false, now: deps.now() })
    const found = async (ids: readonly string[]) =>
      (await search()).map(({ id }) => id).filter((id) => ids.includes(id))
    const ids = await unreceipted(3)
    // Later than whatever was looked at before.
    deps.clock.advance(600)
    expect(await found(ids)).toEqual(ids)
    expect(await found(ids)).toEqual(ids)
    const [first = '', second = '', third = ''] = ids
    // Unpaid for a moment, as far as the search can see.
    const say = (status: string) => database.sql`update orders set status = ${status} where id = ${first}`
    await say('open')
    await issueReceipts(deps, second)
    expect(await found(ids)).toEqual([third])
    await issueReceipts(deps, third)
    expect(await found(ids)).toEqual([])
    await say('paid')
    expect(await found(ids)).toEqual([])
    const more = await unreceipted(1)
    expect(await found([...ids, ...more])).toEqual(more)
    deps.clock.advance(60)
    expect(await found([...ids, ...more])).toEqual([first, ...more])
    await chaseReceipts(deps, { limit: 100, everything: false })
    expect(await receipted([first, ...more])).toBe(2)
    // Of two that are paid the other way round the earlier one is found first, and the other one all the same.
    const [earlier, later] = [await payable(), await payable()]
    await later.pay()
    await numberEvents(deps.db)
    await earlier.pay()
    expect((await search(1)).map(({ id }) => id)).toEqual([earlier.orderId])
    expect(await found([earlier.orderId, later.orderId])).toEqual([earlier.orderId, later.orderId])
    await chaseReceipts(deps, { limit: 100, everything: false })
  })

  it('are issued pass after pass by the jobs, also when so much has happened since that only the hourly search finds them', async () => {
    const ids = await unreceipted(5)
    await database.sql`select lephi_number_events()`
    await placeTestOrder(deps, { dossierCode: 'H56.12.03-261122-3999' })
    await database.sql`update events set position = (select max(position) from events) + 20000 where position is null`
    const issue = { issue_receipts: jobs.issue_receipts as Job }
    for (const issued of [2, 4, 5]) {
      await runJobs(deps, { limit: 2, run: issue })
      expect(await receipted(ids)).toBe(issued)
    }
    // The search is over, and the next one is in an hour.
    const [late] = await unreceipted(1)
    await database.sql`select lephi_number_events()`
    await placeTestOrder(deps, { dossierCode: 'H56.12.03-261122-3998' })
    await database.sql`update events set position = (select max(position) from events) + 20000 where position is null`
    await runJobs(deps, { limit: 2, run: issue })
    expect(await receipted([late ?? ''])).toBe(0)
    deps.clock.advance(3_600)
    await runJobs(deps, { limit: 2, run: issue })
    expect(await receipted([late ?? ''])).toBe(1)
  })
})
