// The office of a browser town: people who are signed in, and a day of work for them to look at.
import type { Role } from '../../../src/domain/staff.ts'
import { businessDay } from '../../../src/lib/time.ts'
import { providerFile } from '../../kit/statements.ts'
import { rowsOf, type Town } from '../../kit/town.ts'
import type { BrowserTown } from './browser-town.ts'
import { staffCookie } from './staff-cookie.ts'
import type { Visiting, Visitor } from './visitor.ts'

/** A person of that role at a desk; `who` tells people of one role apart. */
export const clerk = async (
  { town, visitor }: BrowserTown,
  role: Role,
  { who = 1, ...visiting }: Visiting & { who?: number } = {},
): Promise<Visitor> => {
  const person = await visitor({ width: 1280, ...visiting })
  await person.context.addCookies([await staffCookie(town().deps, role, who)])
  return person
}

const must = async (town: Town, path: string, json: unknown): Promise<string> => {
  const { status, body } = await town.api(path, json)
  if (status >= 300) throw new Error(`${path}: ${JSON.stringify(body)}`)
  return String(body.id)
}

/** A statement with a row that nobody can read: imported, and once more as a draft that waits to be looked at. */
const uploadBroken = async (town: Town): Promise<void> => {
  const file = providerFile([{ amount: 150_000, reference: 'LP1', at: '2026-11-20T10:00:00+07:00' }])
  const token = await town.token()
  for (const path of ['/v1/statements', '/v1/statement_drafts']) {
    const form = new FormData()
    form.set('source', 'provider')
    form.set('merchant_account', town.accounts.momo ?? '')
    form.set(
      'file',
      new Blob([`${file}capture,yesterday,LP2,,one,,,success,,\n`], { type: 'text/csv' }),
      'momo-20-11.csv',
    )
    const answer = await town.request(path, { method: 'POST', body: form, token })
    if (answer.status > 202) throw new Error(await answer.text())
  }
  await town.pass(1)
}

const price = {
  agency_code: 'H56',
  fee_code: 'LP-HOTICH-02',
  name: 'Lệ phí đăng ký kết hôn',
  kind: 'le_phi',
  unit_amount: 8_000,
  budget_item: '2771',
  legal_basis: 'NQ 27/2022/NQ-HĐND',
  valid_from: '2026-01-01',
}

/** Payments of a day with what an office has to decide about: another amount, a refund to approve, money whose words name no order, a question to a provider. */
export const makeDay = async (town: Town): Promise<void> => {
  const day = businessDay(town.clock.now())
  await must(town, '/v1/webhook_endpoints', { url: 'https://portal.example.vn/hooks' })
  await must(town, '/v1/fee_schedules', price)
  await uploadBroken(town)
  await must(town, `/v1/periods/${town.accounts.vnpay}/2026-11-01/close`, {})
  await paid(town, { fault: 'callback_lost' })
  await paid(town, { fault: 'wrong_amount', amount: 149_000 })
  await must(town, `/v1/orders/${await paid(town)}/disputes`, {
    kind: 'tracing',
    reason: 'Ngân hàng tra soát',
    respond_by: '2026-11-30',
  })
  await must(town, `/v1/orders/${await paid(town)}/refunds`, { amount: 50_000, reason: 'Thu sai mức' })
  await refund(town, await paid(town))
  await payInOwnWords(town)
  await town.settle('vnpay', { from: day, to: day })
  await town.settle('vietqr', { from: day, to: day })
  const [discrepancy] = rowsOf((await town.api('/v1/discrepancies?status=open')).body.data)
  await must(town, '/v1/tracing_cases', {
    ...{ kind: 'provider', discrepancy: discrepancy?.id, finder: 'Kế toán Sở Tư pháp', counterpart: 'VNPAY' },
    cause: 'Số tiền trên bảng kê khác',
  })
}

/** An order that is paid at VNPAY, or whose payment has this fault. */
const paid = async (town: Town, { fault, ...more }: { fault?: string; amount?: number } = {}): Promise<string> => {
  const id = await town.place()
  const attempt = await town.attempt(id, 'vnpay')
  if (fault) await town.fault('vnpay', fault, { merchant_reference: attempt.reference, ...more })
  await town.pay('vnpay', attempt)
  return id
}

/** Everything goes back: asked for by one, approved by another. Its receipt waits for somebody to decide about it. */
const refund = async (town: Town, order: string): Promise<void> => {
  const maker = await town.token(['refunds:write'])
  const asked = await town.api(`/v1/orders/${order}/refunds`, { reason: 'Rút hồ sơ' }, { token: maker })
  await must(town, `/v1/refunds/${asked.body.id}/approve`, {})
  await town.pass(600, 2)
}

/** Money on the agency's account whose words name no order. */
const payInOwnWords = async (town: Town): Promise<void> => {
  const { code } = await town.attempt(await town.place(), 'vietqr')
  const body = JSON.stringify({ payload: code, text: 'nop tien giup me' })
  const headers = { 'content-type': 'application/json' }
  await town.simulators.app.request('/vietqr/transfers', { method: 'POST', headers, body })
  await town.deps.settled()
}
