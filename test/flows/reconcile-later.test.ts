// What a run has found stays found in later runs over other days: nothing that was linked by anything but its whole references is missing there.
import { beforeEach, expect, test } from 'vitest'
import type { TestDeps } from '../kit/deps.ts'
import { payOrder, reconcile, startPayment } from '../kit/reconciliation.ts'
import { lineFor, refundLine, settlementDesk } from '../kit/settlement-desk.ts'
import { bankFile, importFile } from '../kit/statements.ts'

const desk = settlementDesk()
const { addRefund, discrepancies, listed, refunded, setTariff } = desk
let deps: TestDeps
let account: string
beforeEach(async () => {
  ;({ deps, account } = desk.now())
  await setTariff({})
})

const bare = { fee: 0, net: '' } as const
/** The classes of a run over the day, and of runs over later days. */
const runs = async () => [
  (await reconcile(deps, account, { from: '2026-11-23', to: '2026-11-24' })).classes,
  (await reconcile(deps, account, { from: '2026-11-27', to: '2026-11-30' })).classes,
  (await reconcile(deps, account, { from: '2027-03-01', to: '2027-03-05' })).classes,
]
const everRight = async (...classes: string[]) => {
  expect(await runs()).toEqual([classes, [], []])
  expect(await discrepancies()).toEqual([])
}

test('a payment whose line has a damaged reference is not missing in a later run', async () => {
  const attempt = await payOrder(deps, account)
  await listed(lineFor(attempt, { ...bare, reference: attempt.merchantReference.toUpperCase(), providerReference: '' }))
  await everRight('matched')
})

test('a payment whose line has no reference at all is not missing in a later run', async () => {
  const attempt = await payOrder(deps, account)
  await listed(lineFor(attempt, { ...bare, reference: '', providerReference: '' }))
  await everRight('matched')
})

test('a refund whose line has a damaged reference is not missing in a later run', async () => {
  const attempt = await payOrder(deps, account)
  const refund = await addRefund(attempt)
  await refunded(refund)
  await listed(
    lineFor(attempt, bare),
    refundLine(refund, { reference: refund.merchantReference.toUpperCase(), providerReference: '' }),
  )
  await everRight('matched', 'matched')
})

test('a refund whose line repeats the reference of the payment is not missing in a later run', async () => {
  const attempt = await payOrder(deps, account)
  const refund = await addRefund(attempt)
  await refunded(refund)
  await listed(
    lineFor(attempt, bare),
    refundLine(refund, { reference: attempt.merchantReference, providerReference: '' }),
  )
  await everRight('matched', 'matched')
})

test('a payment that only a credit on the bank’s statement told of is not missing in a later run', async () => {
  const attempt = await startPayment(deps, account, { status: 'pending' })
  await importFile(
    deps,
    account,
    bankFile([{ amount: attempt.amount, reference: 'FT1', text: attempt.merchantReference }]),
    'bank',
  )
  const [first, ...later] = await runs()
  expect([first, later]).toEqual([['missing_here'], [[], []]])
})

test('a payment that is a credit on the bank’s statement is not missing in a later run', async () => {
  const attempt = await payOrder(deps, account)
  await importFile(
    deps,
    account,
    bankFile([{ amount: attempt.amount, reference: 'FT1', text: attempt.merchantReference }]),
    'bank',
  )
  await everRight('matched')
})
