// What happens to a citizen's money, told from outside: a portal's requests, a provider's callbacks, and what the two say afterwards. Each story runs with every
// simulated provider. After each, the gateway's ledger and the providers' own books must agree to the đồng.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { replayCallbacks } from '../../src/flows/replay-callbacks.ts'
import { providerNames, rowsOf, startTown, type Town } from '../kit/town.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterEach(async () => {
  const ledger = await town.ledger()
  expect(Object.values(ledger).reduce((total, amount) => total + amount, 0n)).toBe(0n)
  expect(ledger.provider_receivable ?? 0n).toBe(town.held())
})
afterAll(() => town.close())

const classes = async (status = 'open') =>
  rowsOf((await town.api(`/v1/discrepancies?status=${status}&limit=200`)).body.data).map((item) => item)
const openFor = async (orderId: string) =>
  (await town.sql`select class from discrepancies where order_id = ${orderId} and status = 'open' order by class`).map(
    (row) => row.class,
  )
const verdicts = async (reference: string) =>
  (
    await town.sql`select reading, verdict from callbacks where claimed_reference = ${reference} order by received_at, id`
  ).map((row) => `${row.reading} ${row.verdict}`)
const typesOf = async (orderId: string) =>
  rowsOf((await town.api(`/v1/orders/${orderId}/events`)).body.data).map((event) => String(event.type))

for (const provider of providerNames) {
  const other = provider === 'vnpay' ? 'momo' : 'vnpay'

  describe(`through ${provider}`, () => {
    it('a citizen pays, and the portal has order, timeline and receipts at once', async () => {
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.pay(provider, attempt)
      const order = await town.order(id)
      expect(order).toMatchObject({ status: 'paid', amount_paid: 150_000, paid_by: { attempt: attempt.id, provider } })
      expect(String(order.paid_by?.provider_reference)).toMatch(/\d/)
      expect(await typesOf(id)).toEqual([
        'order.created',
        'attempt.started',
        'attempt.captured',
        'order.paid',
        'receipt.issued',
      ])
      expect((await town.api(`/v1/orders/${id}/receipt`)).body.receipts).toHaveLength(1)
      expect((await town.api(`/v1/orders/${id}/attempts`, { provider })).body).toMatchObject({
        code: 'order_already_paid',
        status: 409,
      })
    })

    it('the callback is lost, and the query schedule finds the money within a minute', async () => {
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.fault(provider, 'callback_lost', { merchant_reference: attempt.reference })
      await town.pay(provider, attempt)
      expect((await town.order(id)).status).toBe('open')
      await town.pass(60, 4)
      expect((await town.order(id)).status).toBe('paid')
    })

    it('the callback comes five times, and is booked once', async () => {
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.fault(provider, 'callback_doubled', { merchant_reference: attempt.reference, count: 4 })
      await town.pay(provider, attempt)
      await town.pass(30, 3)
      const seen = await verdicts(attempt.reference)
      expect(seen.filter((verdict) => verdict === 'genuine accepted')).toHaveLength(1)
      expect(seen.filter((verdict) => verdict === 'genuine already_confirmed').length).toBe(seen.length - 1)
      expect(seen.length).toBeGreaterThanOrEqual(2)
    })

    it('a signed success names another amount: not paid, held in suspense, named as a discrepancy', async () => {
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.fault(provider, 'wrong_amount', { merchant_reference: attempt.reference, amount: 140_000 })
      await town.pay(provider, attempt)
      expect(await town.order(id)).toMatchObject({ status: 'open', amount_paid: 0 })
      expect(await openFor(id)).toEqual(['amount_mismatch'])
      expect((await verdicts(attempt.reference))[0]).toBe('genuine amount_mismatch')
      expect((await classes()).some((item) => String(item.class) === 'amount_mismatch')).toBe(true)
    })

    it('forged and corrupted callbacks change nothing and stay as evidence', async () => {
      for (const fault of ['callback_forged', 'callback_corrupted']) {
        const id = await town.place()
        const attempt = await town.attempt(id, provider)
        await town.fault(provider, fault, { merchant_reference: attempt.reference })
        await town.pay(provider, attempt)
        const seen = await verdicts(attempt.reference)
        expect(
          seen.every(
            (verdict) =>
              verdict === 'forged forged' || verdict === 'malformed malformed' || verdict.startsWith('genuine'),
          ),
        ).toBe(true)
        expect(
          (
            await town.sql`select count(*)::int as n from callbacks where reading in ('forged', 'malformed') and verdict in ('forged', 'malformed')`
          )[0]?.n,
        ).toBeGreaterThan(0)
        await town.pass(120, 4)
        expect((await town.order(id)).status).toBe('paid')
      }
    })

    it('a refusal is told, and another provider is used for the same order', async () => {
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.pay(provider, attempt, { result: 'cancelled' })
      expect(await typesOf(id)).toContain('attempt.failed')
      const second = await town.attempt(id, other)
      await town.pay(other, second)
      expect(await town.order(id)).toMatchObject({ status: 'paid', paid_by: { provider: other } })
    })

    it('both of two attempts capture: paid once, the surplus proposed for refund, approved by another person, and gone from suspense', async () => {
      const id = await town.place()
      const [first, second] = [await town.attempt(id, provider), await town.attempt(id, other)]
      await Promise.all([town.pay(provider, first), town.pay(other, second)])
      expect(await town.order(id)).toMatchObject({ status: 'paid', amount_paid: 150_000 })
      expect(await openFor(id)).toEqual(['paid_twice'])
      const suspense = async () => -((await town.ledger()).suspense ?? 0n)
      const before = await suspense()
      const [proposal] = rowsOf((await town.api(`/v1/orders/${id}/refunds`)).body.data)
      expect(proposal).toMatchObject({ status: 'proposed', amount: 150_000, source: 'surplus' })
      await town.api(`/v1/refunds/${proposal?.id}/approve`, undefined, { method: 'POST' })
      await town.pass(7_200, 8)
      expect((await town.api(`/v1/refunds/${proposal?.id}`)).body.status).toBe('succeeded')
      expect(before - (await suspense())).toBe(150_000n)
      expect(await openFor(id)).toEqual([])
    })

    it('pays after the deadline, even 35 days after, and it is still money', async () => {
      for (const seconds of [1, 86_400, 35 * 86_400]) {
        const id = await town.place()
        const attempt = await town.attempt(id, provider)
        await town.sql`update orders set status = 'expired', next_expiry_at = null where id = ${id}`
        town.clock.advance(seconds)
        await town.pay(provider, attempt)
        expect([seconds, (await town.order(id)).status]).toEqual([seconds, 'paid'])
      }
    })

    it('refunds a part, then the rest, never more, and never by one person alone', async () => {
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.pay(provider, attempt)
      const maker = await town.token(['refunds:write', 'refunds:approve', 'orders:read'])
      const asked = await town.api(`/v1/orders/${id}/refunds`, { amount: 50_000, reason: 'Thu thừa' }, { token: maker })
      expect(asked).toMatchObject({ status: 202, body: { status: 'requested', amount: 50_000 } })
      expect(
        (await town.api(`/v1/refunds/${asked.body.id}/approve`, undefined, { token: maker, method: 'POST' })).body.code,
      ).toBe('maker_cannot_approve')
      expect((await town.api(`/v1/orders/${id}/refunds`, { reason: 'Lần nữa' }, { token: maker })).body.code).toBe(
        'refund_in_progress',
      )
      await town.api(`/v1/refunds/${asked.body.id}/approve`, undefined, { method: 'POST' })
      await town.pass(7_200, 6)
      expect(await town.order(id)).toMatchObject({ status: 'paid', amount_paid: 150_000, amount_refunded: 50_000 })
      expect(
        (
          await town.api(
            `/v1/orders/${id}/refunds`,
            { amount: 100_001, reason: 'Quá nhiều' },
            { token: await town.token() },
          )
        ).body.code,
      ).toBe('refund_exceeds_captured')
      const rest = await town.api(`/v1/orders/${id}/refunds`, { reason: 'Phần còn lại' }, { token: await town.token() })
      expect(rest.body.amount).toBe(100_000)
      await town.api(`/v1/refunds/${rest.body.id}/approve`, undefined, { method: 'POST' })
      await town.pass(7_200, 6)
      expect(await town.order(id)).toMatchObject({ status: 'paid', amount_refunded: 150_000 })
      expect(
        (await town.api(`/v1/orders/${id}/refunds`, { reason: 'Nữa' }, { token: await town.token() })).body.code,
      ).toBe('nothing_to_refund')
    })

    it('a refund whose answer is lost is settled by asking, and never sent twice', async () => {
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.pay(provider, attempt)
      const asked = await town.api(
        `/v1/orders/${id}/refunds`,
        { amount: 60_000, reason: 'Thu thừa' },
        { token: await town.token(['refunds:write']) },
      )
      await town.fault(provider, 'timeout_after', { operation: 'refund', delay_seconds: 0 })
      await town.api(`/v1/refunds/${asked.body.id}/approve`, undefined, { method: 'POST' })
      await town.deps.settled()
      expect(['unknown', 'sending', 'pending']).toContain(
        String((await town.api(`/v1/refunds/${asked.body.id}`)).body.status),
      )
      await town.pass(7_200, 10)
      expect((await town.api(`/v1/refunds/${asked.body.id}`)).body.status).toBe('succeeded')
      expect(
        [...town.simulators.ledger(provider)].filter(
          (row) => row.kind === 'refund' && row.payment_reference === attempt.reference,
        ),
      ).toHaveLength(1)
    })

    it('the browser comes back before the callback: it proves nothing, but makes us ask', async () => {
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.fault(provider, 'callback_late', { merchant_reference: attempt.reference, delay_seconds: 600 })
      const told = await town.pay(provider, attempt)
      expect((await town.order(id)).status).toBe('open')
      const back = await town.request(String(told.return_url).replace('http://gateway.test', ''))
      expect([back.status, back.headers.get('location')?.includes('/pay/')]).toEqual([303, true])
      await town.deps.settled()
      expect((await town.order(id)).status).toBe('paid')
      await town.pass(1_200, 4)
      expect((await verdicts(attempt.reference)).at(-1)).toBe('genuine already_confirmed')
    })

    it('we die between storing a callback and acting on it: it is taken up again, without the provider', async () => {
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.fault(provider, 'http_500', { operation: 'query', count: 100 })
      const { db } = town.deps
      let units = 0
      // The first unit reads the merchant account, the second stores the evidence and reads the order; the third, which would book it, never happens.
      const dying = new Proxy(db.sql, {
        get: (sql, name) =>
          name === 'reserve' && ++units > 2 ? () => Promise.reject(new Error('killed')) : Reflect.get(sql, name),
      })
      town.deps.db = { ...db, sql: dying }
      await town.fault(provider, 'once_only', { merchant_reference: attempt.reference })
      await town.simulators.app.request(`/${provider}/payments/${attempt.reference}/complete`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"result":"success"}',
      })
      town.deps.db = db
      expect((await verdicts(attempt.reference)).at(0)).toBe('genuine null')
      expect((await town.order(id)).status).toBe('open')
      await town.pass(100, 2)
      expect((await town.order(id)).status).toBe('paid')
      expect((await verdicts(attempt.reference)).at(0)).toBe('genuine accepted')
      await town.simulators.app.request(`/${provider}/faults`, { method: 'DELETE' })
    })

    it('a failed notice after, or before, a captured one does not undo it', async () => {
      for (const fault of ['captured_then_failed', 'callback_failed_then_captured']) {
        const id = await town.place()
        const attempt = await town.attempt(id, provider)
        await town.fault(provider, fault, { merchant_reference: attempt.reference })
        await town.pay(provider, attempt)
        await town.pass(600, 3)
        expect([fault, (await town.order(id)).status]).toEqual([fault, 'paid'])
      }
    })

    it('the order expires only after the provider was asked, and a payment found then still pays it', async () => {
      const id = await town.place({ expires_at: new Date(town.clock.now().getTime() + 1_200_000).toISOString() })
      const attempt = await town.attempt(id, provider)
      await town.fault(provider, 'callback_lost', { merchant_reference: attempt.reference })
      await town.fault(provider, 'http_500', { operation: 'query', count: 3 })
      await town.pay(provider, attempt)
      await town.pass(1_900, 10)
      expect((await town.order(id)).status).toBe('paid')
      const unpaid = await town.place({ expires_at: new Date(town.clock.now().getTime() + 1_200_000).toISOString() })
      await town.attempt(unpaid, provider)
      await town.pass(7_200, 12)
      expect((await town.order(unpaid)).status).toBe('expired')
      expect(await typesOf(unpaid)).toContain('order.expired')
    })
  })
}

describe('a provider that keeps silent at the start', () => {
  for (const fault of ['timeout_before', 'timeout_after'] as const) {
    it(`leaves the attempt unknown (${fault}), asks instead of sending again, and never calls it failed by waiting`, async () => {
      const id = await town.place()
      await town.fault('momo', fault, { operation: 'create', delay_seconds: 0 })
      const attempt = await town.attempt(id, 'momo')
      expect(attempt.status).toBe('unknown')
      await town.pass(600, 6)
      const [row] = await town.sql`select status from attempts where id = ${attempt.id}`
      expect(['unknown', 'pending', 'expired']).toContain(row?.status)
      const second = await town.attempt(id, 'vnpay')
      await town.pay('vnpay', second)
      expect((await town.order(id)).status).toBe('paid')
    })
  }
})

describe('replaying the evidence', () => {
  it('changes nothing: every genuine callback is known, every forged one is refused again', async () => {
    const state = async () =>
      (
        await town.sql`
      select (select md5(string_agg(o::text, '' order by id)) from orders o) as orders, (select md5(string_agg(p::text, '' order by entry_id, line_no)) from postings p) as postings,
        (select count(*) from events)::int as events, (select count(*) from money_facts)::int as facts`
      )[0]
    const before = await state()
    const replayed = await replayCallbacks(town.deps, { from: new Date(0), to: new Date('2100-01-01'), dryRun: false })
    expect(replayed.callbacks).toBeGreaterThan(20)
    expect([replayed.changed, replayed.caughtUp, replayed.readDifferently]).toEqual([[], [], []])
    expect(await state()).toEqual(before)
  })
})
