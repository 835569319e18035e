// Orders in every state that a citizen may find them in, made in a town: the paths of their pages, by what they show.
import { applyOutcome } from '../../../src/flows/apply-outcome.ts'
import type { Town, TownAttempt } from '../../kit/town.ts'

export type Scene = (town: Town) => Promise<string>

const pathOf = async (town: Town, id: string): Promise<string> =>
  new URL(String((await town.order(id)).checkout_url)).pathname

const begun = async (town: Town, provider = 'vnpay', more: object = {}) => {
  const id = await town.place(more)
  return { id, attempt: await town.attempt(id, provider) }
}

const ended = async (town: Town, result: string): Promise<string> => {
  const { id, attempt } = await begun(town)
  await town.pay('vnpay', attempt, { result })
  return pathOf(town, id)
}

const paid = async (town: Town, more: object = {}) => {
  const { id, attempt } = await begun(town, 'vnpay', more)
  await town.pay('vnpay', attempt)
  return { id, attempt }
}

/** What is told of an attempt by a genuine callback. */
const told = (town: Town, { reference }: TownAttempt, status: 'captured' | 'reversed') =>
  applyOutcome(town.deps, {
    merchantAccountId: town.accounts.vnpay ?? '',
    outcome: {
      ...{ status, merchantReference: reference, providerReference: `P${reference.slice(-8)}`, amount: 150_000n },
      ...{ occurredAt: town.clock.now(), code: '00' },
    },
    source: 'callback',
  })

const refunded = async (town: Town, more: Record<string, unknown>): Promise<string> => {
  const { id, attempt } = await paid(town)
  const row = {
    ...{ id: town.deps.newId('rfd'), agencyCode: 'H56.12.03', orderId: id, attemptId: attempt.id },
    ...{ merchantAccountId: town.accounts.vnpay, provider: 'vnpay', merchantReference: town.deps.newId('rfd') },
    ...{ source: 'order', amount: 50_000n, reason: 'wrong rate', madeBy: 'cli_a', createdAt: town.clock.now() },
    ...more,
  }
  await town.sql`insert into refunds ${town.sql(row)}`
  return pathOf(town, id)
}

const closed = async (town: Town, status: 'expired' | 'cancelled'): Promise<{ id: string; path: string }> => {
  const id = await town.place()
  await town.sql`update orders set status = ${status}, closed_reason = 'Rút hồ sơ', next_expiry_at = null where id = ${id}`
  return { id, path: await pathOf(town, id) }
}

/** Where our own page leads on to the provider: a form, or a code. */
const leaving = async (town: Town, provider: string): Promise<string> => {
  const { id, attempt } = await begun(town, provider)
  return `${await pathOf(town, id)}/attempts/${attempt.id}`
}

const full = (text: string, length: number, filler: string) => `${text}${filler.repeat(length)}`.slice(0, length)

/** Everything that a portal may write, as long as it may be, and as text that would be markup; names without a place to break. */
export const hostileOrder = {
  procedure_name: full('<script>alert(1)</script><img src=x onerror=alert(2)>', 150, 'Đăng ký '),
  payer: { name: full('"><svg onload=alert(3)>', 150, 'NGUYỄNTHỊLAN') },
  lines: Array.from({ length: 50 }, (_, line) => ({
    kind: 'le_phi',
    description: full(`<b>${line}</b>{{7*7}}</td><script>alert(4)</script>`, 250, 'ẫ'),
    unit_amount: 3_000,
  })),
}

export const orderScenes: Readonly<Record<string, Scene>> = {
  'nothing tried yet': async (town) => pathOf(town, await town.place()),
  'an exemption': async (town) => {
    const exemption = { rule: 'NQ 12/2025', evidence: 'x' }
    const line = { kind: 'le_phi', description: 'Lệ phí cấp bản sao trích lục', unit_amount: 8_000, exemption }
    return pathOf(town, await town.place({ lines: [line] }))
  },
  'a payment under way': async (town) => pathOf(town, (await begun(town)).id),
  'a payment without a result': (town) => ended(town, 'pending'),
  'a provider that did not answer': async (town) => {
    const { id, attempt } = await begun(town, 'momo')
    await town.sql`update attempts set status = 'unknown' where id = ${attempt.id}`
    return pathOf(town, id)
  },
  'a payment that failed': (town) => ended(town, 'insufficient'),
  'money of another amount': async (town) => {
    const { id, attempt } = await begun(town)
    await town.fault('vnpay', 'wrong_amount', { merchant_reference: attempt.reference, amount: 149_999 })
    await town.pay('vnpay', attempt)
    return pathOf(town, id)
  },
  'a paid order': async (town) => pathOf(town, (await paid(town)).id),
  'a paid order before its receipt': async (town) => {
    const { id, attempt } = await begun(town)
    const now = town.clock.now()
    await town.sql`update attempts set status = 'captured', pays_order = true, amount_captured = 150000, captured_at = ${now} where id = ${attempt.id}`
    await town.sql`update orders set status = 'paid', paid_by = ${attempt.id}, paid_at = ${now}, amount_paid = 150000 where id = ${id}`
    return pathOf(town, id)
  },
  'an order paid twice': async (town) => {
    const { id, attempt } = await begun(town)
    const other = await town.attempt(id, 'momo')
    await town.pay('vnpay', attempt)
    await town.pay('momo', other)
    return pathOf(town, id)
  },
  'money that was taken back': async (town) => {
    const { id, attempt } = await paid(town)
    await told(town, attempt, 'reversed')
    return pathOf(town, id)
  },
  'a refund under way': (town) => refunded(town, { status: 'pending' }),
  'a refund of a part': (town) =>
    refunded(town, { status: 'succeeded', amountRefunded: 50_000n, succeededAt: town.clock.now() }),
  'a refund of everything': (town) =>
    refunded(town, {
      ...{ status: 'succeeded', amount: 150_000n, amountRefunded: 150_000n, succeededAt: town.clock.now() },
    }),
  'an expired order': async (town) => (await closed(town, 'expired')).path,
  'a cancelled order': async (town) => (await closed(town, 'cancelled')).path,
  'money that came too late': async (town) => {
    await town.sql`update agencies set accepts_late_money = false where agency_code = 'H56.12.03'`
    const { id, attempt } = await begun(town)
    await town.sql`update orders set status = 'expired', next_expiry_at = null where id = ${id}`
    await told(town, attempt, 'captured')
    await town.sql`update agencies set accepts_late_money = true where agency_code = 'H56.12.03'`
    return pathOf(town, id)
  },
  'a form that leads to the provider': (town) => leaving(town, 'napas'),
  'a code to scan': (town) => leaving(town, 'vietqr'),
  'the longest and worst order': async (town) => pathOf(town, await town.place(hostileOrder)),
  'a receipt': async (town) => {
    const { id } = await paid(town)
    const { receipts } = (await town.api(`/v1/orders/${id}/receipt`)).body
    return new URL(String(receipts?.[0]?.url)).pathname
  },
}
