// Reconciliation on the console: a run is begun, its classes are summed up, its items are listed.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { linkRules } from '../../../src/domain/match-proof.ts'
import { ruleOf, ruleWords } from '../../../src/pages/console/reconciliations/proof-words.ts'
import { startTestApp, type TestApp } from '../../kit/app.ts'
import { type Person, signIn } from '../../kit/console.ts'
import { seedMerchantAccount } from '../../kit/orders.ts'
import { payOrder, reconcile } from '../../kit/reconciliation.ts'
import { fee, lineFor } from '../../kit/settlement-desk.ts'
import { bankFile, importFile, providerFile } from '../../kit/statements.ts'

let town: TestApp
let account: string
let accountant: Person
beforeAll(async () => {
  town = await startTestApp()
  accountant = await signIn(town, 'accountant')
})
afterAll(() => town.close())
beforeEach(async () => {
  account = await seedMerchantAccount(town.deps, town.sql, { provider: 'test' })
  const tariff = { basis_points: 110, fixed: 0, vat_basis_points: 1000, netted: true }
  await town.sql`update merchant_accounts set provider_fee = ${town.sql.json(tariff)} where id = ${account}`
})

const at = '2026-11-23T09:00:00+07:00'

/** One payment that matches and one that is listed with 20,000 đ less. */
const settled = async () => {
  const [agreed, less] = [await payOrder(town.deps, account, { at }), await payOrder(town.deps, account, { at })]
  const lines = [lineFor(agreed), lineFor(less, { amount: 130_000, fee: 1_573 })]
  await importFile(town.deps, account, providerFile(lines))
  return { agreed, less, run: await reconcile(town.deps, account) }
}

describe('a run', () => {
  test('is begun by an accountant, and leads to its own page', async () => {
    const form = { act: 'start', start: account, from: '2026-11-23', to: '2026-11-24', once: 'k'.repeat(22) }
    const sent = await accountant.send('/reconciliations', form)
    expect(sent.status).toBe(303)
    await town.deps.settled()
    const rows =
      await town.sql`select id, from_day::text, created_by from reconciliations where merchant_account_id = ${account}`
    expect(rows).toMatchObject([{ fromDay: '2026-11-23', createdBy: accountant.staff.subject }])
    expect((await accountant.follow(sent)).text).toContain('Đã bắt đầu đối soát.')
  })
  test('keeps what was typed when the API refuses it', async () => {
    const form = { act: 'start', start: account, from: '2026-11-24', to: '2026-11-23' }
    const refused = await accountant.send('/reconciliations', form)
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('Chưa thực hiện được')
    expect(refused.html).toContain('value="2026-11-24"')
    expect(refused.html).toMatch(new RegExp(`value="${account}" selected`))
  })
  test('is not begun by an auditor, whatever they send', async () => {
    const auditor = await signIn(town, 'auditor')
    expect((await auditor.open('/reconciliations')).html).not.toContain('id="start-account"')
    await auditor.send('/reconciliations', { act: 'start', start: account, from: '2026-11-23', to: '2026-11-24' })
    expect(await town.sql`select from reconciliations where merchant_account_id = ${account}`).toHaveLength(0)
  })
  test('sums up each class in words, and leads to its items', async () => {
    const { run, less } = await settled()
    const page = await accountant.open(`/reconciliations/${run.id}`)
    expect(page.text).toContain('Lệch số tiền')
    expect(page.text).toContain('−20.000')
    expect(page.text).toMatch(/50,0 %/)
    expect(page.text).toContain('Tổng cộng')
    const items = await accountant.open(`/reconciliations/${run.id}?class=amount_mismatch`)
    expect(items.html).toContain(less.merchantReference)
    expect(items.text).toContain('130.000')
    expect((await accountant.open('/reconciliations')).html).toContain(run.id)
    expect(fee).toBe(1_815)
  })
})

describe('an item', () => {
  test('is shown side by side, with its proof in words and what differs marked', async () => {
    const { run, agreed, less } = await settled()
    const matched = await accountant.open(`/reconciliations/${run.id}/items/${run.only('matched').id}`)
    expect(matched.text).toContain(`Khớp theo mã tham chiếu: dòng sao kê ghi “${agreed.merchantReference}”`)
    expect(matched.text).toContain('Số tiền: 150.000 đ = 150.000 đ.')
    expect(matched.text).toContain('150.000 đ − 1.650 đ phí − 165 đ thuế GTGT của phí = 148.185 đ.')
    expect(matched.text).not.toContain('khác')
    const differs = await accountant.open(`/reconciliations/${run.id}/items/${run.only('amount_mismatch').id}`)
    expect(differs.text).toContain('chênh lệch −20.000 đ')
    expect(differs.text).toMatch(/Số tiền (\S )?khác/)
    const [discrepancy] = await town.sql`select id from discrepancies where attempt_id = ${less.id}`
    expect(differs.html).toContain(`/console/discrepancies/${discrepancy?.id}`)
    expect(differs.html).toContain(`/console/orders/${less.orderId}`)
  })
  test('of a bank tells how its payouts add up, and shows the bank’s text as text', async () => {
    const paid = await payOrder(town.deps, account, { at })
    await importFile(town.deps, account, providerFile([lineFor(paid, { payout: 'PX9' })]))
    const text = 'TT PX9 <script>alert(1)</script>'
    await importFile(town.deps, account, bankFile([{ amount: 150_000 - fee, reference: 'FT77', text }]), 'bank')
    const run = await reconcile(town.deps, account)
    const [line] = run.items.filter(({ source }) => source === 'bank')
    const page = await accountant.open(`/reconciliations/${run.id}/items/${line?.id}`)
    expect(page.text).toContain('Khớp theo mã thanh toán bù trừ')
    expect(page.text).toContain('Đợt PX9: 1 dòng, tổng 150.000 đ − 1.815 đ phí = 148.185 đ, phải về 24/11/2026.')
    expect(page.html).not.toContain('<script>alert')
    expect((await accountant.open(`/reconciliations/${run.id}/items/${line?.id}?lang=en`)).text).toContain(
      'Matched by payout reference',
    )
  })
  test('of another agency is nothing', async () => {
    const { run } = await settled()
    const stranger = await signIn(town, 'accountant', { agency: 'H56.14' })
    expect((await stranger.open(`/reconciliations/${run.id}/items/${run.only('matched').id}`)).status).toBe(404)
    expect((await stranger.open(`/reconciliations/${run.id}`)).status).toBe(404)
  })
})

test('every rule of a proof has words in both languages', () => {
  const compared = {
    rowReference: 'A',
    rowProviderReference: 'B',
    rowText: 'C',
    ours: 'D',
    theirs: 'E',
    payouts: ['F'],
    transfer: 'G',
    day: '23/11/2026',
    amount: '1 đ',
    expected: '24/11/2026',
  }
  for (const rule of [...Object.keys(linkRules), 'not listed', 'not settled'])
    for (const language of ['vi', 'en'] as const)
      expect([rule, ruleWords[rule]?.[language](compared)]).toEqual([rule, expect.stringMatching(/ .+ /)])
  expect(ruleOf('reference~normalised+amount')).toBe('reference~normalised')
})
