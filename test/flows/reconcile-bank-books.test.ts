// The third leg: what the bank's lines book, that the books agree with the statement to the đồng, and that no order of anything changes it.
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { bookCredit } from '../../src/store/credits.ts'
import type { TestDatabase } from '../kit/database.ts'
import type { TestDeps } from '../kit/deps.ts'
import { payOrder, type RanReconciliation, reconcile, startPayment } from '../kit/reconciliation.ts'
import { lineFor, settlementDesk } from '../kit/settlement-desk.ts'
import { type BankRow, bankFile, importFile, type ProviderRow, providerFile } from '../kit/statements.ts'

const desk = settlementDesk()
const { discrepancies, listed, setTariff } = desk
let db: TestDatabase
let deps: TestDeps
let account: string
beforeEach(() => {
  ;({ db, deps, account } = desk.now())
})

const banked = (...rows: BankRow[]) => importFile(deps, account, bankFile(rows), 'bank')

/** What stands in each account of the ledger after the whole of it was checked; nothing is left out. */
const books = async (): Promise<Record<string, bigint>> => {
  expect((await verifyLedger(deps)).fault).toBeNull()
  const rows = await db.sql`
    select account, sum(amount)::bigint as amount from postings where merchant_account_id = ${account} group by account having sum(amount) <> 0 order by account`
  return Object.fromEntries(rows.map((row) => [String(row.account), BigInt(row.amount)]))
}
const entries = async () =>
  Number((await db.sql`select count(*)::int as count from journal_entries where kind = 'settlement'`)[0]?.count)

const tariff = { basis_points: 110, fixed: 0, vat_basis_points: 1000, netted: true }
/** The payout of these payments, as the contract prices them. */
const payoutOf = (attempts: readonly Awaited<ReturnType<typeof payOrder>>[], payout: string): ProviderRow[] =>
  attempts.map((attempt) => lineFor(attempt, { payout }))

describe('the books', () => {
  test('move a payout from what the provider owes to the bank, and the kept fees to their account', async () => {
    await setTariff(tariff)
    await listed(...payoutOf([await payOrder(deps, account), await payOrder(deps, account)], 'PO-1'))
    await banked({ amount: 2 * 148_185, text: 'PO-1' })
    await reconcile(deps, account)
    const after = { bank: 296_370n, collected: -300_000n, provider_fee: 3_630n }
    expect(await books()).toEqual(after)
    const count = await entries()
    await reconcile(deps, account)
    expect(await books()).toEqual(after)
    expect(await entries()).toBe(count)
  })

  test('hold what is short in suspense until the rest comes, in another period', async () => {
    await setTariff(tariff)
    await listed(...payoutOf([await payOrder(deps, account)], 'PO-1'))
    await banked({ amount: 148_000, text: 'PO-1' })
    await reconcile(deps, account)
    expect(await books()).toEqual({ bank: 148_000n, collected: -150_000n, provider_fee: 1_815n, suspense: 185n })
    await banked({ amount: 185, text: 'bu PO-1', valueDate: '2026-12-03' })
    const { items } = await reconcile(deps, account, { from: '2026-12-01', to: '2026-12-05' })
    expect(items.map((item) => [item.class, item.amountHere, item.amountThere])).toEqual([['matched', 185n, 185n]])
    expect(await books()).toEqual({ bank: 148_185n, collected: -150_000n, provider_fee: 1_815n })
    expect((await discrepancies()).map((row) => [row.class, row.status, row.resolution])).toEqual([
      ['short_settled', 'resolved', 'matched'],
    ])
  })

  test('hold what is over, and what nobody knows, in suspense; a line listed twice books nothing', async () => {
    await setTariff(tariff)
    await listed(...payoutOf([await payOrder(deps, account)], 'PO-1'))
    await banked(
      { amount: 148_190, reference: 'a', text: 'PO-1' },
      { amount: 40, text: 'x' },
      { amount: -70, text: 'y' },
    )
    await banked({ amount: 148_190, reference: 'a', text: 'PO-1' })
    await reconcile(deps, account)
    expect(await books()).toEqual({
      bank: 148_160n,
      collected: -150_000n,
      provider_fee: 1_815n,
      suspense: -5n - 40n + 70n,
    })
  })

  test('take back a link that no longer stands, by the difference', async () => {
    await setTariff({})
    await banked({ amount: 500, text: 'khong ten' })
    await reconcile(deps, account)
    expect(await books()).toEqual({ bank: 500n, suspense: -500n })
    await listed({ amount: 500, reference: 'r1', payout: 'PO-1', fee: 0 })
    expect((await reconcile(deps, account)).items.find((item) => item.source === 'bank')?.class).toBe('matched')
    expect(await books()).toEqual({ bank: 500n, suspense: -500n })
    await listed({ amount: 500, reference: 'r2', payout: 'PO-2', fee: 0 })
    const bank = (await reconcile(deps, account)).items.find((item) => item.source === 'bank')
    expect(bank).toMatchObject({ class: 'ambiguous', candidates: ['PO-1', 'PO-2'] })
    expect(await books()).toEqual({ bank: 500n, provider_receivable: 1_000n, suspense: -1_500n })
  })

  test('find an entry that says other than the statement', async () => {
    await banked({ amount: 500, text: 'x' })
    await reconcile(deps, account)
    await db.sql`update reconciliation_items set amount_there = 501 where source = 'bank' and amount_there = 500`
    expect((await verifyLedger(deps)).fault).toMatchObject({ what: 'settlement' })
    await db.sql`update reconciliation_items set amount_there = 500 where amount_there = 501`
  })
})

describe('a credit on the agency’s own account', () => {
  test('is its own payout: by the capture’s reference, or by ours in its text', async () => {
    await setTariff({})
    const [one, other] = [await payOrder(deps, account), await payOrder(deps, account, { amount: 20_000n })]
    await banked(
      { amount: 150_000, reference: `p-${one.merchantReference}`, text: 'x' },
      { amount: 20_000, text: `IBFT ${other.merchantReference.toUpperCase()} nop le phi` },
    )
    const { items } = await reconcile(deps, account)
    expect(items.map((item) => [item.class, item.source, item.attemptId, item.proof.rule])).toEqual([
      ['matched', 'bank', other.id, 'reference+amount'],
      ['matched', 'bank', one.id, 'provider_reference+amount'],
    ])
    expect(await books()).toEqual({ bank: 170_000n, collected: -170_000n })
  })

  test('of another amount is not that payment', async () => {
    await setTariff({})
    const attempt = await payOrder(deps, account)
    await banked({ amount: 149_000, reference: `p-${attempt.merchantReference}`, text: attempt.merchantReference })
    expect((await reconcile(deps, account)).classes).toEqual(['missing_at_provider', 'unknown_credit'])
  })

  test('that comes twice for one capture is ambiguous, twice', async () => {
    await setTariff({})
    const attempt = await payOrder(deps, account)
    const text = `nop ${attempt.merchantReference}`
    await banked({ amount: 150_000, text }, { amount: 150_000, text: `${text} lan 2` })
    const { classes, items } = await reconcile(deps, account)
    expect(classes).toEqual(['ambiguous', 'ambiguous', 'missing_at_provider'])
    expect(items.flatMap((item) => item.candidates)).toEqual([attempt.id, attempt.id])
  })

  test('that nobody told of heals its payment, and is matched from then on', async () => {
    await setTariff({})
    const attempt = await startPayment(deps, account, { status: 'unknown' })
    const other = await startPayment(deps, account, { status: 'pending' })
    await banked(
      { amount: 150_000, reference: 'FT9', text: `nop ${attempt.merchantReference}` },
      { amount: 149_999, reference: 'FT8', text: other.merchantReference },
    )
    const first = await reconcile(deps, account)
    expect(first.only('missing_here')).toMatchObject({ attemptId: attempt.id, source: 'bank', amountThere: 150_000n })
    expect(first.only('unknown_credit')).toMatchObject({ attemptId: null, amountThere: 149_999n })
    expect(await desk.stateOf(attempt)).toEqual(['paid', 150_000n, 'captured'])
    expect(await books()).toEqual({ bank: 299_999n, collected: -150_000n, suspense: -149_999n })
    expect((await reconcile(deps, account)).only('matched')).toMatchObject({
      attemptId: attempt.id,
      amountHere: 150_000n,
    })
    expect(await books()).toEqual({ bank: 299_999n, collected: -150_000n, suspense: -149_999n })
    expect((await discrepancies()).map((row) => [row.class, row.status])).toEqual([
      ['unknown_credit', 'open'],
      ['missing_here', 'resolved'],
    ])
  })

  test('that a payer wrote into the text of a transfer pays nothing', async () => {
    const [own, other] = [await startPayment(deps, account), await startPayment(deps, account)]
    const entry = (amount: number, reference: string) => `:61:261123C${amount},NTRF${reference}\n:86:nop`
    const statement = (closing: number) =>
      [
        ':20:S\n:25:113366668888\n:28C:1\n:60F:C261122VND0,',
        entry(5_000, 'A'),
        entry(150_000, own.merchantReference),
        entry(150_000, other.merchantReference),
        `:62F:C261123VND${closing},\n-`,
      ].join('\n')
    await db.sql`update merchant_accounts set payee_account = payee_account || '{"number": "113366668888"}' where id = ${account}`
    const lied = await importFile(deps, account, statement(155_000), 'bank')
    expect(lied).toMatchObject({ status: 'imported', closes: false, problemCount: 3 })
    expect((await reconcile(deps, account)).classes).toEqual(['unknown_credit', 'unknown_credit', 'unknown_credit'])
    for (const attempt of [own, other]) expect((await desk.stateOf(attempt))[0]).toBe('open')
    expect(await importFile(deps, account, statement(305_000), 'bank')).toMatchObject({ closes: true })
    await reconcile(deps, account)
    for (const attempt of [own, other]) expect((await desk.stateOf(attempt))[0]).toBe('paid')
  })

  test('that quarantine has booked is not booked again', async () => {
    await setTariff({})
    await bookCredit(
      deps.db,
      {
        entry: {
          id: deps.newId('qua'),
          agencyCode: 'H56',
          merchantAccountId: account,
          provider: 'test',
          kind: 'unknown_credit',
          outcome: 'captured',
          callbackId: 'cbk_1',
          reference: 'FT77',
          merchantReference: null,
          providerReference: 'FT77',
          amount: 90n,
          text: 'x',
          occurredAt: deps.now(),
          candidates: [],
          openedAt: deps.now(),
          entryId: deps.newId('jrn'),
          discrepancyId: deps.newId('dsc'),
        },
        mismatchId: deps.newId('dsc'),
        eventId: deps.newId('evt'),
        unknown: { policy: 'person_decides', dueOn: '2026-11-24' },
        mismatch: { policy: 'person_decides', dueOn: '2026-11-24' },
        verdicts: { booked: 'a', known: 'b', differs: 'c' },
      },
      () => [],
    )
    expect(await books()).toEqual({ provider_receivable: 90n, suspense: -90n })
    await banked({ amount: 90, reference: 'FT77', text: 'x' })
    expect((await reconcile(deps, account)).only('unknown_credit')).toMatchObject({ amountThere: 90n })
    expect(await books()).toEqual({ bank: 90n, suspense: -90n })
  })
})

/** What a run says, apart from ids. */
const essence = ({ items }: RanReconciliation): string[] =>
  items
    .filter((item) => item.source === 'bank')
    .map((item) =>
      [item.class, item.payoutReferences, item.amountHere, item.amountThere, item.candidates, item.proof.rule].join(
        '|',
      ),
    )
    .toSorted()

test('whatever the order of lines and files, every run says and books the same, and the bank account is the statement', async () => {
  const small = fc.integer({ min: 1, max: 6 })
  const name = fc.constantFrom('PO-1', 'PO-12', 'VNP20261123A', 'VNP20261124B', 'Q-7')
  const text = fc.oneof(
    name,
    name.map((each) => each.slice(0, 9)),
    name.map((each) => each.toLowerCase().replace('-', ' ')),
    fc.constant('CK'),
  )
  const lines = fc.array(
    fc.record({ amount: small, payout: name, type: fc.constantFrom('capture', 'capture', 'refund') }),
    { minLength: 3, maxLength: 6 },
  )
  const credits = fc.array(
    fc.record({ amount: fc.oneof(small, fc.constant(-2)), text, reference: fc.constantFrom('', '', 'FT1') }),
    { minLength: 3, maxLength: 7 },
  )
  await setTariff({})
  await fc.assert(
    fc.asyncProperty(lines, credits, fc.nat(), async (listedRows, bankRows, salt) => {
      const rows: ProviderRow[] = listedRows.map((row, at) => ({
        ...row,
        type: row.type as 'capture',
        reference: `r${at}`,
        fee: 0,
      }))
      const said: string[][] = []
      for (const turn of [0, 1]) {
        const target = (
          await db.sql`insert into merchant_accounts (id, agency_code, provider, title, settings, payee_account, provider_fee)
          select ${deps.newId('mac')}, agency_code, provider, title, settings, payee_account, provider_fee from merchant_accounts where id = ${account} returning id`
        )[0]
        const id = String(target?.id)
        const mixed = <Row>(all: readonly Row[]): Row[] =>
          turn === 0
            ? [...all]
            : all
                .map((row, at) => ({ row, key: ((at + 1) * 7919 + salt) % 101 }))
                .toSorted((a, b) => a.key - b.key)
                .map(({ row }) => row)
        const files = mixed(rows)
        await importFile(deps, id, providerFile(files.slice(0, 2)))
        await importFile(deps, id, providerFile(files.slice(2)))
        await importFile(deps, id, bankFile(mixed(bankRows)), 'bank')
        const ran = await reconcile(deps, id)
        const bank = ran.items.filter((item) => item.source === 'bank' && item.statementId)
        expect(bank).toHaveLength(bankRows.length)
        const [booked] =
          await db.sql`select coalesce(sum(amount), 0)::bigint as amount from postings where merchant_account_id = ${id} and account = 'bank'`
        const paid = bank
          .filter((item) => item.class !== 'duplicate_line')
          .reduce((sum, item) => sum + (item.amountThere ?? 0n), 0n)
        expect(BigInt(booked?.amount)).toBe(paid)
        said.push(essence(ran))
      }
      expect(said[1]).toEqual(said[0])
    }),
    { numRuns: 6, endOnFailure: true },
  )
}, 180_000)
