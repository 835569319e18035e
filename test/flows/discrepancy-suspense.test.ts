// Money behind open discrepancies: the books agree with what the provider lists, suspense holds exactly the difference, and nothing is booked twice.
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import {
  approveResolution,
  rejectResolution,
  reopenDiscrepancy,
  resolveDiscrepancy,
} from '../../src/flows/decide-discrepancy.ts'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { discrepancyAstray } from '../../src/store/discrepancy-bookings.ts'
import type { TestDatabase } from '../kit/database.ts'
import type { TestDeps } from '../kit/deps.ts'
import { seedMerchantAccount } from '../kit/orders.ts'
import { capture, payOrder, reconcile, startPayment } from '../kit/reconciliation.ts'
import { lineFor, refundLine, settlementDesk } from '../kit/settlement-desk.ts'
import { importFile, type ProviderRow, providerFile } from '../kit/statements.ts'

const desk = settlementDesk()
const { listed } = desk
let db: TestDatabase
let deps: TestDeps
let account: string
beforeEach(() => {
  ;({ db, deps, account } = desk.now())
})

const maker = { scope: 'H56', actor: 'cli_maker' }
const checker = { scope: 'H56', actor: 'cli_checker' }

/** What stands in an account of the ledger: all of it, or what a kind of entry put there. */
const stands = async (name: string, kind?: string): Promise<bigint> => {
  const [row] = await db.sql`
    select coalesce(sum(posting.amount), 0)::bigint as amount from postings as posting join journal_entries as entry on entry.id = posting.entry_id
    where posting.merchant_account_id = ${account} and posting.account = ${name} ${kind ? db.sql`and entry.kind = ${kind}` : db.sql``}`
  return BigInt(row?.amount)
}
/** `[what the provider owes by our books, what open discrepancies hold in suspense]`, after checking the books as a whole. */
const books = async (): Promise<[bigint, bigint]> => {
  expect((await verifyLedger(deps)).fault).toBeNull()
  return [await stands('provider_receivable'), await stands('suspense', 'discrepancy')]
}
const only = async () => {
  const [row, ...others] = await desk.discrepancies()
  if (!row || others.length > 0) throw new Error(`${others.length + 1} discrepancies`)
  return { id: String(row.id), status: String(row.status), difference: BigInt(row.difference) }
}

describe('while it is open', () => {
  test('missing_at_provider: what was captured here and is not listed is not owed by the provider', async () => {
    await payOrder(deps, account)
    await reconcile(deps, account)
    expect(await books()).toEqual([0n, 150_000n])
    expect(await stands('collected')).toBe(-150_000n)
  })

  test('missing_here: what nobody knows is owed, and held for whoever it belongs to', async () => {
    await listed(
      { reference: 'unheard', amount: 70_000 },
      { type: 'adjustment', amount: -5_000, providerReference: 'a1', fee: '', net: '' },
    )
    await reconcile(deps, account)
    expect(await books()).toEqual([65_000n, -65_000n])
  })

  test.each([
    ['amount_mismatch', { amount: 149_000 }, [149_000n, 1_000n]],
    ['amount_mismatch', { amount: 151_000 }, [151_000n, -1_000n]],
    ['status_mismatch', { status: 'failed' as const, fee: 0 }, [0n, 150_000n]],
    ['fee_mismatch', { fee: 2_000 }, [150_000n, 0n]],
    ['date_shift', { at: '2026-11-24T00:00:01+07:00' }, [150_000n, 0n]],
  ] as const)('%s with %j', async (name, more, expected) => {
    await listed(lineFor(await payOrder(deps, account), more))
    expect((await reconcile(deps, account)).classes).toEqual([name])
    expect(await books()).toEqual(expected)
  })

  test('status_mismatch: a success of what had no success here is owed and belongs to nobody yet', async () => {
    await listed(lineFor(await startPayment(deps, account, { status: 'failed' })))
    await reconcile(deps, account)
    expect(await books()).toEqual([150_000n, -150_000n])
  })

  test('refund_mismatch: by what the provider has given back beyond or below what is booked', async () => {
    const attempt = await payOrder(deps, account)
    const refund = await desk.addRefund(attempt)
    await desk.refunded(refund)
    await listed(lineFor(attempt), refundLine(refund, { amount: 60_000 }))
    await reconcile(deps, account)
    expect(await books()).toEqual([90_000n, 10_000n])
    await listed(refundLine({ merchantReference: 'none', amount: 1_000n }))
    await reconcile(deps, account)
    expect(await books()).toEqual([89_000n, 11_000n])
  })

  test('refund_mismatch: what was given back here and is not listed is still owed', async () => {
    const attempt = await payOrder(deps, account)
    await desk.refunded(await desk.addRefund(attempt))
    await listed(lineFor(attempt))
    await reconcile(deps, account)
    expect(await books()).toEqual([150_000n, -50_000n])
  })

  test('ambiguous: what was listed and what was not found leave the difference', async () => {
    for (const _ of [1, 2]) await payOrder(deps, account, { amount: 88_000n })
    await listed({ amount: 88_000, at: '2026-11-23T09:00:00+07:00', fee: '', net: '' })
    expect((await reconcile(deps, account)).classes).toEqual([
      'ambiguous',
      'missing_at_provider',
      'missing_at_provider',
    ])
    expect(await books()).toEqual([88_000n, 88_000n])
  })

  test('duplicate_line: the same money twice is booked once', async () => {
    const attempt = await payOrder(deps, account)
    await listed(lineFor(attempt), lineFor(attempt), { reference: 'x', amount: 5 }, { reference: 'x', amount: 5 })
    await reconcile(deps, account)
    expect(await books()).toEqual([150_005n, -5n])
  })
})

describe('money that the one door books', () => {
  test.each(['unknown', 'expired'] as const)(
    'is not held a second time when an attempt that was %s heals',
    async (status) => {
      await listed(lineFor(await startPayment(deps, account, { status })))
      for (const _ of [1, 2]) {
        await reconcile(deps, account)
        expect(await books()).toEqual([150_000n, 0n])
      }
      expect(
        await db.sql`select from journal_entries where kind = 'discrepancy' and agency_code = 'H56' and subject = ${`discrepancy:${(await only()).id}`}`,
      ).toHaveLength(0)
    },
  )

  test('stays in suspense once when the amount is wrong or it was paid twice', async () => {
    const attempt = await startPayment(deps, account, { status: 'unknown' })
    await listed(lineFor(attempt, { amount: 140_000, fee: '', net: '' }))
    for (const _ of [1, 2]) await reconcile(deps, account)
    expect(await books()).toEqual([140_000n, 0n])
    expect(await stands('suspense')).toBe(-140_000n)
  })
})

describe('when it closes', () => {
  test('as matched, the booking is taken back, and running again books nothing', async () => {
    const attempt = await payOrder(deps, account)
    await reconcile(deps, account)
    await listed(lineFor(attempt))
    for (const _ of [1, 2]) {
      await reconcile(deps, account)
      expect(await books()).toEqual([150_000n, 0n])
    }
    expect(
      await db.sql`select from journal_entries where subject = ${`discrepancy:${(await only()).id}`}`,
    ).toHaveLength(2)
  })

  test('over another amount than before, by the difference', async () => {
    const attempt = await payOrder(deps, account)
    await reconcile(deps, account)
    await applyOutcome(deps, {
      merchantAccountId: account,
      outcome: {
        status: 'reversed',
        merchantReference: attempt.merchantReference,
        providerReference: 'R',
        amount: 50_000n,
        occurredAt: deps.now(),
        code: '04',
      },
      source: 'callback',
    })
    await reconcile(deps, account)
    expect(await books()).toEqual([0n, 100_000n])
    expect(await only()).toMatchObject({ status: 'open', difference: -100_000n })
  })

  test('because its provider tells of the money after all, that stands in one place from the commit that books it', async () => {
    const attempt = await startPayment(deps, account, { status: 'failed' })
    await listed(lineFor(attempt))
    await reconcile(deps, account)
    expect(await books()).toEqual([150_000n, -150_000n])
    await capture(deps, attempt)
    expect(await books()).toEqual([150_000n, 0n])
    expect(await stands('collected')).toBe(-150_000n)
    expect(await only()).toMatchObject({ status: 'resolved', difference: 0n })
    await reconcile(deps, account)
    expect(await books()).toEqual([150_000n, 0n])
  })

  test('because the provider has taken all of it back, it closes by itself', async () => {
    const attempt = await payOrder(deps, account)
    await reconcile(deps, account)
    await applyOutcome(deps, {
      merchantAccountId: account,
      outcome: {
        status: 'reversed',
        merchantReference: attempt.merchantReference,
        providerReference: 'R',
        amount: 150_000n,
        occurredAt: deps.now(),
        code: '04',
      },
      source: 'callback',
    })
    await reconcile(deps, account)
    expect(await books()).toEqual([0n, 0n])
    expect(await only()).toMatchObject({ status: 'resolved' })
  })

  test('by two persons in own words it is taken back; opened again by two it is held again', async () => {
    await payOrder(deps, account)
    await reconcile(deps, account)
    const { id } = await only()
    await resolveDiscrepancy(deps, maker, { id, resolution: 'đã đối chiếu', note: 'n' })
    expect(await books()).toEqual([0n, 150_000n])
    await approveResolution(deps, checker, { id, note: 'n' })
    expect(await books()).toEqual([150_000n, 0n])
    await reconcile(deps, account)
    expect(await books()).toEqual([150_000n, 0n])
    await reopenDiscrepancy(deps, checker, { id, note: 'n' })
    expect(await books()).toEqual([150_000n, 0n])
    await approveResolution(deps, maker, { id, note: 'n' })
    expect(await books()).toEqual([0n, 150_000n])
  })

  test('by two persons who accept the provider’s figure it stays, until both sides agree after all', async () => {
    const attempt = await payOrder(deps, account)
    await reconcile(deps, account)
    const { id } = await only()
    await resolveDiscrepancy(deps, maker, { id, resolution: 'accept_provider_figure', note: 'n' })
    expect(await books()).toEqual([0n, 150_000n])
    await approveResolution(deps, checker, { id, note: 'n' })
    await reconcile(deps, account)
    expect(await books()).toEqual([0n, 150_000n])
    await listed(lineFor(attempt))
    await reconcile(deps, account)
    expect(await books()).toEqual([150_000n, 0n])
    expect(await only()).toMatchObject({ status: 'resolved', difference: 0n })
  })

  test('no single person can leave money in suspense behind it', async () => {
    await payOrder(deps, account)
    await reconcile(deps, account)
    const { id } = await only()
    await expect(
      db.sql`update discrepancies set status = 'resolved', resolved_by = 'cli_maker', resolved_at = now() where id = ${id}`,
    ).rejects.toThrow('discrepancies_kept')
  })

  test('a disagreement that comes back is opened again, not lost', async () => {
    const attempt = await payOrder(deps, account)
    await reconcile(deps, account)
    await db.sql`update discrepancies set status = 'resolved', resolved_by = 'lephi', resolution = 'matched', difference = 0 where merchant_account_id = ${account}`
    await db.sql`delete from statement_lines where merchant_reference = ${attempt.merchantReference}`
    await reconcile(deps, account)
    expect(await only()).toMatchObject({ status: 'open', difference: -150_000n })
  })
})

test('the books say which discrepancy does not hold what it says', async () => {
  await payOrder(deps, account)
  await reconcile(deps, account)
  const { id } = await only()
  await db.sql`update discrepancies set difference = -149_999 where id = ${id}`
  expect((await verifyLedger(deps)).fault).toMatchObject({ what: 'discrepancy', id })
  await db.sql`update discrepancies set difference = -150_000 where id = ${id}`
})

describe('after any sequence of payments, files, runs and decisions', () => {
  const payment = fc.record({
    amount: fc.integer({ min: 1_000, max: 900_000 }),
    state: fc.constantFrom('paid' as const, 'unknown' as const, 'failed' as const),
    line: fc.constantFrom(
      'right' as const,
      'other amount' as const,
      'failed' as const,
      'none' as const,
      'twice' as const,
    ),
  })
  const step = fc.oneof(
    { weight: 3, arbitrary: payment.map((of) => ({ do: 'pay' as const, of })) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 99_999 }).map((amount) => ({ do: 'stray' as const, amount })) },
    { weight: 2, arbitrary: fc.constant({ do: 'run' as const }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('decide' as const),
        which: fc.nat(20),
        how: fc.constantFrom(
          'words' as const,
          'propose' as const,
          'approve' as const,
          'reject' as const,
          'reopen' as const,
        ),
      }),
    },
  )
  type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

  /** Takes a step and answers what the provider lists more than before. */
  const take = async (each: Step, number: number): Promise<bigint> => {
    if (each.do === 'run') await reconcile(deps, account)
    if (each.do === 'decide') await decide(each)
    if (each.do === 'stray') {
      await importFile(
        deps,
        account,
        providerFile([{ reference: `stray${number}`, amount: each.amount, fee: '', net: '' }]),
      )
      return BigInt(each.amount)
    }
    if (each.do !== 'pay') return 0n
    const amount = BigInt(each.of.amount)
    const attempt =
      each.of.state === 'paid'
        ? await payOrder(deps, account, { amount })
        : await startPayment(deps, account, { amount, status: each.of.state })
    const right = lineFor(attempt, { fee: '', net: '' })
    const rows: Record<typeof each.of.line, ProviderRow[]> = {
      right: [right],
      'other amount': [{ ...right, amount: amount + 7n }],
      failed: [{ ...right, status: 'failed' }],
      none: [],
      twice: [right, right],
    }
    if (rows[each.of.line].length > 0) await importFile(deps, account, providerFile(rows[each.of.line]))
    return { right: amount, twice: amount, 'other amount': amount + 7n, failed: 0n, none: 0n }[each.of.line]
  }

  const decide = async ({
    which,
    how,
  }: {
    which: number
    how: 'words' | 'propose' | 'approve' | 'reject' | 'reopen'
  }) => {
    const rows =
      await db.sql`select id from discrepancies where merchant_account_id = ${account} and source = 'reconciliation' order by id`
    const id = String(rows[which % Math.max(1, rows.length)]?.id)
    const deeds = {
      words: () =>
        resolveDiscrepancy(deps, maker, { id, resolution: which % 2 ? 'provider_corrected' : 'words', note: 'n' }),
      propose: () => resolveDiscrepancy(deps, maker, { id, resolution: 'written_off', note: 'n' }),
      approve: () => approveResolution(deps, checker, { id, note: 'n' }),
      reject: () => rejectResolution(deps, checker, { id, note: 'n' }),
      reopen: () => reopenDiscrepancy(deps, maker, { id, note: 'n' }),
    }
    // What its state does not allow is refused, and must leave everything as it is.
    await deeds[how]().catch((error: unknown) => {
      if (!(error instanceof Error && error.name === 'Refusal')) throw error
    })
  }

  test('suspense is what the open discrepancies say and the door holds, and the provider owes what it lists', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        account = await seedMerchantAccount(deps, db.sql, { provider: 'test' })
        let listedTotal = 0n
        for (const [number, each] of steps.entries()) listedTotal += await take(each, number)
        // Once to find and heal, once to see that it is healed.
        for (const _ of [1, 2]) await reconcile(deps, account)
        const [held] = await db.sql`
          select coalesce(sum(case when holds_difference then difference else 0 end), 0)::bigint as held,
            coalesce(sum(case when holds_difference then 0 else difference end), 0)::bigint as taken_back
          from discrepancies where merchant_account_id = ${account} and source = 'reconciliation'`
        expect(await discrepancyAstray(deps.db)).toBeNull()
        const receivable = await stands('provider_receivable')
        const inSuspense = await stands('suspense', 'discrepancy')
        expect(inSuspense).toBe(-BigInt(held?.held))
        expect(receivable + BigInt(held?.takenBack)).toBe(listedTotal)
        const [door] = await db.sql`
          select coalesce(sum(amount) filter (where source = 'door' and status <> 'resolved'), 0)::bigint as amount from discrepancies where merchant_account_id = ${account}`
        expect(await stands('suspense')).toBe(inSuspense - BigInt(door?.amount))
        expect((await stands('suspense')) + (await stands('collected')) + receivable).toBe(0n)
      }),
      { numRuns: 10, endOnFailure: true },
    )
  }, 180_000)
})
