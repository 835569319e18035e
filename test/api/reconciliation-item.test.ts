// One item with what stands around it: the row of the file, the payment, the bank's line of its payout, and the discrepancy that a later run finds again.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { seedMerchantAccount } from '../kit/orders.ts'
import { payOrder, reconcile } from '../kit/reconciliation.ts'
import { fee, lineFor } from '../kit/settlement-desk.ts'
import { bankFile, importFile, providerFile } from '../kit/statements.ts'

let gateway: TestApp
let token: string
let account: string
beforeAll(async () => {
  gateway = await startTestApp()
  token = await gateway.token(['reconciliation:read'])
  account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test' })
  const tariff = { basis_points: 110, fixed: 0, vat_basis_points: 1000, netted: true }
  await gateway.sql`update merchant_accounts set provider_fee = ${gateway.sql.json(tariff)} where id = ${account}`
})
afterAll(() => gateway.close())

const read = async (run: string, item: string) => {
  const answer = await gateway.request(`/v1/reconciliations/${run}/items/${item}`, { token })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

test('an item is read with its row, its payment, the bank’s line and its discrepancy, which a later run finds again', async () => {
  const at = '2026-11-23T09:00:00+07:00'
  const [agreed, less] = [await payOrder(gateway.deps, account, { at }), await payOrder(gateway.deps, account, { at })]
  const lines = [lineFor(agreed, { payout: 'P-1' }), lineFor(less, { amount: 130_000, fee: 1_573, payout: 'P-1' })]
  await importFile(gateway.deps, account, providerFile(lines))
  const net = 150_000 - fee + 130_000 - 1_573
  await importFile(gateway.deps, account, bankFile([{ amount: net, reference: 'FT1', text: 'TT P-1' }]), 'bank')
  const [first, second] = [await reconcile(gateway.deps, account), await reconcile(gateway.deps, account)]
  const provider = (run: typeof first) =>
    run.items.find(({ class: name, source }) => name === 'matched' && source === 'provider')
  const matched = await read(second.id, provider(second)?.id ?? '')
  expect(matched).toMatchObject({
    status: 200,
    body: {
      row: { line: 2, amount: 150_000, net_amount: 150_000 - fee, file_name: 'file.csv', occurred_at: at },
      payment: { merchant_reference: agreed.merchantReference, status: 'captured', amount: 150_000 },
      bank: [{ reconciliation: second.id, amount: net, bank_reference: 'FT1', payout_references: ['P-1'] }],
      refunded: null,
      discrepancy: null,
    },
  })
  const opened =
    await gateway.sql`select id, item_id from discrepancies where merchant_account_id = ${account} and class = 'amount_mismatch'`
  expect(opened).toMatchObject([{ itemId: first.only('amount_mismatch').id }])
  for (const run of [first, second])
    expect(await read(run.id, run.only('amount_mismatch').id)).toMatchObject({ body: { discrepancy: opened[0]?.id } })
  // An item of another run is none of this one.
  expect((await read(first.id, provider(second)?.id ?? '')).status).toBe(404)
})
