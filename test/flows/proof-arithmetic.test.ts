// What an item's proof says of the line's net: the same as the provider does, or nothing.
import { expect, test } from 'vitest'
import { presentItem } from '../../src/domain/present-reconciliation.ts'
import { readTariff } from '../../src/store/settlement-terms.ts'
import { payOrder, reconcile } from '../kit/reconciliation.ts'
import { lineFor, refundLine, settlementDesk } from '../kit/settlement-desk.ts'

const desk = settlementDesk()

test('the net of every kind of line is told with its sign, and not of lines that carry none', async () => {
  const { deps, account } = desk.now()
  const [paid, failed] = [await payOrder(deps, account), await payOrder(deps, account)]
  await desk.listed(
    lineFor(paid),
    lineFor(paid, { at: '2026-11-23T09:00:01+07:00' }),
    lineFor(failed, { status: 'failed', fee: 0 }),
    refundLine({ merchantReference: 'no-refund-of-ours', amount: 5_000n }),
    { type: 'adjustment', reference: 'less', amount: -3_000, at: '2026-11-23T11:00:00+07:00' },
    { type: 'adjustment', reference: 'more', amount: 3_000, at: '2026-11-23T11:00:00+07:00' },
    { type: 'fee', reference: 'monthly', amount: 2_000, net: -2_000, at: '2026-11-23T11:00:00+07:00' },
    { reference: 'unknown', amount: 66_000, fee: 799, at: '2026-11-23T11:00:00+07:00' },
  )
  const tariff = readTariff({ basis_points: 110, fixed: 0, vat_basis_points: 1000, netted: true })
  const { items } = await reconcile(deps, account)
  const told = items.map((item) => {
    const { class: name, merchant_reference: reference, proof } = presentItem(item, tariff)
    return [name, reference, 'arithmetic' in proof ? proof.arithmetic : null]
  })
  expect(told.toSorted()).toEqual(
    [
      ['matched', paid.merchantReference, '150000 - 1650 - 165 = 148185'],
      ['duplicate_line', paid.merchantReference, null],
      ['status_mismatch', failed.merchantReference, null],
      ['refund_mismatch', 'no-refund-of-ours', '0 - 5000 - 0 = -5000'],
      ['missing_here', 'less', null],
      ['missing_here', 'more', null],
      ['fee_mismatch', 'monthly', null],
      ['missing_here', 'unknown', '66000 - 726 - 73 = 65201'],
    ].toSorted(),
  )
})
