// A run as a whole: a partition, the same in any order and as often as it is run, and whole after a crash.
import { beforeEach, describe, expect, test } from 'vitest'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { runReconciliation, runWaitingReconciliations, startReconciliation } from '../../src/flows/reconcile.ts'
import { findReconciliation } from '../../src/store/reconciliations.ts'
import type { TestDatabase } from '../kit/database.ts'
import type { TestDeps } from '../kit/deps.ts'
import { seedMerchantAccount } from '../kit/orders.ts'
import { capture, payOrder, reconcile, startPayment } from '../kit/reconciliation.ts'
import { lineFor, settlementDesk } from '../kit/settlement-desk.ts'
import { importFile, type ProviderRow, providerFile } from '../kit/statements.ts'

const desk = settlementDesk()
const { discrepancies, listed, setTariff, stateOf } = desk
let db: TestDatabase
let deps: TestDeps
let account: string
beforeEach(() => {
  ;({ db, deps, account } = desk.now())
})

describe('a run', () => {
  /** A day with every kind of trouble; answers the rows of its file. */
  const troubledDay = async (): Promise<ProviderRow[]> => {
    const paid = []
    for (let index = 0; index < 6; index += 1)
      paid.push(await payOrder(deps, account, { amount: 150_000n + BigInt(index) }))
    const open = await startPayment(deps, account, { status: 'failed' })
    const [a, b, c, d, e] = paid.map((attempt) => lineFor(attempt, { fee: '', net: '' }))
    if (!a || !b || !c || !d || !e) throw new Error('no payments')
    return [
      a,
      a,
      { ...a, amount: 1 },
      b,
      { ...c, amount: 9 },
      { ...d, status: 'failed' },
      { ...e, at: '2026-11-24T09:00:00+07:00' },
      { reference: 'x', amount: 5 },
      { reference: 'x', amount: 6 },
      lineFor(open),
      { reference: '', amount: 150_005, fee: '', net: '', at: '2026-11-23T09:00:00+07:00' },
    ]
  }
  const essence = (items: Awaited<ReturnType<typeof reconcile>>['items']) =>
    items
      .map((item) => [item.class, item.attemptId, item.merchantReference, item.amountHere, item.amountThere].join())
      .toSorted()

  test('has one item per line of the period and one per due payment without a line', async () => {
    const rows = await troubledDay()
    await setTariff({})
    const { items, id } = await reconcile(deps, account)
    expect(items.filter((item) => item.class === 'missing_at_provider')).toHaveLength(6)
    await listed(...rows)
    const run = await reconcile(deps, account)
    expect(run.items.filter((item) => item.statementId)).toHaveLength(rows.length)
    expect(new Set(run.items.map((item) => item.id)).size).toBe(run.items.length)
    const done = await findReconciliation(deps.db, 'H56', run.id)
    const counted = Object.values(done?.summary ?? {}).reduce((sum, each) => sum + each.count, 0)
    expect(counted).toBe(run.items.length)
    expect(done?.progress).toMatchObject({ phase: 'done', items: run.items.length })
    expect(await findReconciliation(deps.db, 'H56.14', id)).toBeNull()
  })

  test('gives the same whatever the order of rows and of files', async () => {
    await setTariff({})
    const rows = await troubledDay()
    await listed(...rows)
    const expected = essence((await reconcile(deps, account)).items)
    for (let turn = 1; turn <= 3; turn += 1) {
      await db.sql`delete from statement_lines where merchant_account_id = ${account}`
      const shuffled = rows
        .map((row, index) => ({ row, key: (index * 7 + turn * 5) % rows.length }))
        .toSorted((x, y) => x.key - y.key)
        .map(({ row }) => row)
      await listed({ amount: turn, reference: 'out of period', at: '2025-01-01T00:00:00Z' }, ...shuffled.slice(0, 4))
      await listed(...shuffled.slice(4), { amount: turn + 9, reference: 'out of period', at: '2025-01-01T00:00:00Z' })
      expect(essence((await reconcile(deps, account)).items)).toEqual(expected)
    }
  })

  test('opens nothing twice and changes nothing when it is run again', async () => {
    await setTariff({})
    await listed(...(await troubledDay()))
    const first = await reconcile(deps, account)
    const opened = await discrepancies()
    expect(opened).toHaveLength(first.items.filter((item) => item.class !== 'matched').length)
    const again = await reconcile(deps, account)
    expect(essence(again.items)).toEqual(essence(first.items))
    expect(await discrepancies()).toEqual(opened)
  })

  test('tells of itself in events, numbered without gaps', async () => {
    await listed({ reference: 'unheard', amount: 5 })
    const { id } = await reconcile(deps, account)
    const events = await db.sql`select type, sequence, data from events where subject_id = ${id} order by sequence`
    expect(events.map(({ type, sequence }) => [type, sequence])).toEqual([
      ['discrepancy.opened', 1],
      ['reconciliation.completed', 2],
    ])
    expect(events[0]?.data).toMatchObject({ class: 'missing_here', status: 'open', amount: 5 })
    expect(events[1]?.data).toMatchObject({
      id,
      summary: { missing_here: { count: 1, amount_here: 0, amount_there: 5 } },
    })
  })

  test('that was cut off while it healed goes on and is neither matched nor healed twice', async () => {
    const attempts = []
    for (let index = 0; index < 3; index += 1) attempts.push(await startPayment(deps, account, { status: 'unknown' }))
    await listed(...attempts.map((attempt) => lineFor(attempt)))
    const { id } = await startReconciliation(
      deps,
      { scope: 'H56', actor: 'a' },
      { merchantAccountId: account, from: '2026-11-23', to: '2026-11-23' },
    )
    let calls = 0
    const dying: TestDeps = {
      ...deps,
      newId: (prefix) => {
        if (prefix === 'jrn') calls += 1
        // As the driver says when the line to the database is cut.
        if (calls === 2) throw Object.assign(new Error('killed'), { code: 'CONNECTION_CLOSED' })
        return deps.newId(prefix)
      },
    }
    await expect(runReconciliation(dying, id)).rejects.toThrow('killed')
    expect(await findReconciliation(deps.db, '*', id)).toMatchObject({
      status: 'running',
      progress: { phase: 'healing', written: { missing_here: { count: 3 } } },
    })
    // As runs were before they noted what they had written: the items say it then.
    await db.sql`update reconciliations set progress = progress - 'written' where id = ${id}`
    await runWaitingReconciliations(deps, 10)
    expect(await findReconciliation(deps.db, '*', id)).toMatchObject({
      status: 'completed',
      summary: { missing_here: { count: 3 } },
    })
    for (const attempt of attempts) expect(await stateOf(attempt)).toEqual(['paid', 150_000n, 'captured'])
    const [facts] = await db.sql`select count(*)::int as count from money_facts where merchant_account_id = ${account}`
    expect(facts?.count).toBe(3)
  })

  const startDay = () =>
    startReconciliation(
      deps,
      { scope: 'H56', actor: 'a' },
      { merchantAccountId: account, from: '2026-11-23', to: '2026-11-23' },
    )

  test('goes on behind a line that the door cannot take, and the next run tries that one again', async () => {
    const attempts = []
    for (let index = 0; index < 3; index += 1) attempts.push(await startPayment(deps, account, { status: 'unknown' }))
    await listed(...attempts.map((attempt) => lineFor(attempt)))
    const { id } = await startDay()
    let calls = 0
    const faulty: TestDeps = {
      ...deps,
      newId: (prefix) => {
        if (prefix === 'jrn') calls += 1
        if (prefix === 'jrn' && calls === 2) throw new Error('a fault')
        return deps.newId(prefix)
      },
    }
    await runReconciliation(faulty, id)
    expect(await findReconciliation(deps.db, '*', id)).toMatchObject({
      status: 'completed',
      summary: { missing_here: { count: 3 } },
    })
    const states = await Promise.all(attempts.map(async (attempt) => (await stateOf(attempt))[0]))
    expect(states.toSorted()).toEqual(['open', 'paid', 'paid'])
    await runReconciliation(deps, (await startDay()).id)
    for (const attempt of attempts) expect(await stateOf(attempt)).toEqual(['paid', 150_000n, 'captured'])
  })

  test('that cannot be carried through ends as a failure, and says why', async () => {
    await listed({ reference: 'unheard', amount: 5 })
    const { id } = await startDay()
    const broken: TestDeps = {
      ...deps,
      newId: (prefix) => {
        if (prefix === 'evt') throw new Error('a fault')
        return deps.newId(prefix)
      },
    }
    expect(await runWaitingReconciliations(broken, 10)).toBe(1)
    expect(await findReconciliation(deps.db, '*', id)).toMatchObject({
      status: 'failed',
      failure: 'an error of the gateway, see its log',
      completedAt: deps.now(),
    })
    expect(await runWaitingReconciliations(deps, 10)).toBe(0)
  })

  test('ignores the lines of other merchant accounts, and takes a bank line for none of the provider’s', async () => {
    const attempt = await payOrder(deps, account)
    const other = await seedMerchantAccount(deps, db.sql, { provider: 'test' })
    await importFile(deps, other, providerFile([lineFor(attempt)]))
    await importFile(deps, account, 'value_date,amount,description\n2026-11-23,150000,x\n', 'bank')
    expect((await reconcile(deps, account)).classes).toEqual(['missing_at_provider', 'unknown_credit'])
    expect((await reconcile(deps, other)).classes).toEqual(['missing_here'])
  })

  test('takes a payment that was wholly reversed for nothing', async () => {
    const attempt = await payOrder(deps, account)
    await applyOutcome(deps, {
      merchantAccountId: account,
      outcome: {
        status: 'reversed',
        merchantReference: attempt.merchantReference,
        providerReference: 'rev',
        amount: 150_000n,
        occurredAt: deps.now(),
        code: '04',
      },
      source: 'query',
    })
    expect((await reconcile(deps, account)).classes).toEqual([])
    await listed(lineFor(attempt))
    expect((await reconcile(deps, account)).only('amount_mismatch')).toMatchObject({ amountHere: 0n })
  })

  test('of a period that ends before it begins, or of a foreign account, is refused', async () => {
    const start = (scope: string, from: string, to: string) =>
      startReconciliation(deps, { scope, actor: 'a' }, { merchantAccountId: account, from, to })
    await expect(start('H56', '2026-11-24', '2026-11-23')).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(start('H56', '2025-11-23', '2026-11-24')).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(start('H56.14', '2026-11-23', '2026-11-23')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('takes no time by the square once the database has counted its rows', async () => {
    const lost = Array.from({ length: 4_000 }, (_, index) => ({ reference: `lost-${index}`, amount: 1, fee: 0 }))
    await listed(lineFor(await payOrder(deps, account)), ...lost)
    const timed = async () => {
      const begun = performance.now()
      await reconcile(deps, account)
      return performance.now() - begun
    }
    const first = await timed()
    await db.sql.unsafe('analyze')
    // The first has opened what the second finds again.
    expect(await timed()).toBeLessThan(3 * first)
  })

  test('counts two captures of one attempt as two', async () => {
    const attempt = await payOrder(deps, account)
    await capture(deps, attempt, { providerReference: 'second' })
    await listed(lineFor(attempt))
    expect((await reconcile(deps, account)).classes).toEqual(['matched', 'missing_at_provider'])
  })
})
