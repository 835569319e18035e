// Refunds that people return: who gets them, that the transfer was made, that it bounced, and what the promise of a day is worth.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Attempt, confirmedByHand } from '../../src/domain/order-facts.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { bounceRefund, confirmRefund } from '../../src/flows/confirm-refund.ts'
import { decideRefund } from '../../src/flows/decide-refund.ts'
import { describeFlowMetrics } from '../../src/flows/metric-names.ts'
import { givePayee, tellPayee } from '../../src/flows/refund-payee.ts'
import { type RefundRequest, requestRefund } from '../../src/flows/request-refund.ts'
import { runJobs } from '../../src/flows/run-jobs.ts'
import { settleRefund } from '../../src/flows/settle-refund.ts'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { noteOverdueRefunds, setRefundGauge } from '../../src/flows/watch-refunds.ts'
import { foldReference } from '../../src/lib/text.ts'
import { businessDay } from '../../src/lib/time.ts'
import { day, only } from '../kit/due-work.ts'
import { due, openHouse } from '../kit/house.ts'
import { createScript, scriptedProvider } from '../kit/scripted-provider.ts'

const script = createScript()
let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  const test = scriptedProvider(script, { query: true, queryRefund: true, refund: true })
  house = await openHouse({ providers: { test } })
})
afterEach(() => house.deps.settled())
afterAll(async () => {
  expect((await verifyLedger(house.deps)).fault).toBeNull()
  await house.database.drop()
})

const maker = { clientId: 'cli_maker', agency: 'H56' }
const checker = { clientId: 'cli_checker', agency: 'H56' }
const other = { clientId: 'cli_other', agency: 'H56' }
const payeeAccount = { number: '19034567890123', bank_bin: '970407', holder: 'NGUYEN THI LAN' }
/** A refund by hand that the gateway proposed: money that was paid twice. */
const proposed = async () => {
  const { orderId } = await paid()
  const second = await house.attempt(orderId)
  await house.tell(house.captured(second, `T${second.id.slice(-9)}`))
  const id = (await house.read(orderId)).refunds.find((refund) => refund.status === 'proposed')?.id ?? ''
  await house.sql`update refunds set method = 'manual' where id = ${id}`
  return { orderId, id }
}
type Answered = { id: string; amount: number; status: string; merchant_reference: string; payee_account: unknown }
let keys = 0
const paid = async (): Promise<{ orderId: string; attempt: Attempt }> => {
  const orderId = await house.place()
  const attempt = await house.attempt(orderId)
  await house.tell(house.captured(attempt, `P${attempt.id.slice(-10)}`))
  await house.deps.settled()
  return { orderId, attempt }
}
const ask = async (orderId: string, more: Partial<RefundRequest> = {}): Promise<Answered> => {
  const input = { orderId, amount: null, reason: 'Thu thừa', method: 'manual' as const, payeeAccount, ...more }
  const answer = await requestRefund(house.deps, maker, input, { key: `k${++keys}`, body: {} })
  return JSON.parse(answer.body)
}
const approve = async (refundId: string, by = checker, payeeVersion: number | null = null) => {
  await decideRefund(house.deps, by, { refundId, decision: 'approved', payeeVersion })
  await house.deps.settled()
}
/** A refund by hand that waits for its transfer. */
const waiting = async (more: Partial<RefundRequest> = {}) => {
  const { orderId, attempt } = await paid()
  const refund = await ask(orderId, more)
  await approve(refund.id)
  return { orderId, attempt, id: refund.id }
}
let transfers = 0
const transfer = () => `FT2633${++transfers}`
const confirm = (refundId: string, bankReference = transfer(), more: object = {}, by = checker) =>
  confirmRefund(house.deps, by, {
    refundId,
    bankReference,
    paidOn: businessDay(house.deps.now()),
    evidence: 'UNC 15',
    ...more,
  })
const bounce = (refundId: string, bankReference: string, by = checker) =>
  bounceRefund(house.deps, by, {
    refundId,
    bankReference,
    returnedOn: businessDay(house.deps.now()),
    note: 'Sai số tài khoản',
  })
const settle = (refundId: string, outcome: 'succeeded' | 'failed') =>
  settleRefund(house.deps, checker, { refundId, outcome, amount: null, providerReference: null, note: 'x' })
/** What a person might tell the door of the only refund of an order, without keeping a transfer. */
const tellByPerson = async (orderId: string, said: { status: 'refunded' | 'bounced'; code: string }) => {
  const merchantReference = (await house.read(orderId)).refunds[0]?.merchantReference ?? ''
  const outcome = { ...said, merchantReference, providerReference: 'FT-X', amount: due, occurredAt: house.deps.now() }
  return applyOutcome(house.deps, { merchantAccountId: house.account, outcome, source: 'person' })
}
const rowOf = async (id: string) => (await house.sql`select * from refunds where id = ${id}`)[0]

describe('a refund by hand', () => {
  it('is confirmed by who is quicker than the work behind the approval', async () => {
    const { orderId } = await paid()
    const refund = await ask(orderId)
    await decideRefund(house.deps, checker, { refundId: refund.id, decision: 'approved' })
    expect((await confirm(refund.id)).status).toBe('succeeded')
    await house.deps.settled()
    expect((await rowOf(refund.id))?.status).toBe('succeeded')
  })

  it('never calls the provider, waits for a person, and is booked out of the bank once its transfer is confirmed', async () => {
    const { orderId, id } = await waiting()
    expect([script.called, await rowOf(id)]).toMatchObject([
      [],
      { status: 'pending', method: 'manual', nextQueryAt: null },
    ])
    const confirmed = await confirm(id, 'FT-A')
    expect(confirmed).toMatchObject({ status: 'succeeded', bankReference: 'FT-A', confirmedBy: 'cli_checker' })
    const { sums, order, open } = await house.read(orderId)
    expect([sums, order.amountRefunded, open]).toEqual([{ provider_receivable: due, bank: -due }, due, []])
    const [fact] = await house.sql`select source, reference from money_facts where refund_id = ${id}`
    expect(fact).toEqual({ source: 'person', reference: 'FT-A' })
    // The same again is the same; another transfer of it is refused.
    expect(await confirm(id, 'FT-A')).toMatchObject({ status: 'succeeded' })
    await expect(confirm(id, 'FT-B')).rejects.toMatchObject({ code: 'refund_not_under_way' })
  })

  it('is the only way back once the money has gone to the Treasury', async () => {
    const { id } = await waiting({ method: 'treasury' })
    expect([script.called, (await rowOf(id))?.method]).toEqual([[], 'treasury'])
    expect((await confirm(id)).status).toBe('succeeded')
  })

  it('shows the end of the account only, and all of it to who approves', async () => {
    const { orderId } = await paid()
    const refund = await ask(orderId)
    expect(refund.payee_account).toEqual({ number: '••••0123', bank_bin: '970407', bank_name: 'Techcombank' })
    const stored = JSON.stringify([
      await house.sql`select encode(payee_sealed, 'escape') as sealed, payee_account from refunds where id = ${refund.id}`,
      await house.sql`select data::text as data from events where order_id = ${orderId}`,
    ])
    expect(stored).not.toMatch(/19034567890123|NGUYEN THI LAN|Thu thừa/)
    expect(await tellPayee(house.deps, checker, refund.id)).toEqual(payeeAccount)
    await expect(tellPayee(house.deps, { ...checker, agency: 'H56.14' }, refund.id)).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('is told in events with its reason as a code, and to its provider with our reference, never in the words of people', async () => {
    const { orderId } = await paid()
    const refund = await ask(orderId, { method: null, payeeAccount: null, reasonCode: 'overcharged' })
    expect(refund).toMatchObject({ reason: 'Thu thừa' })
    await approve(refund.id)
    const said = script.reasons.at(-1)
    expect(said).toBe(`Hoan tien ${refund.merchant_reference}`)
    await house.tell(house.refunded({ merchantReference: refund.merchant_reference }, `R${refund.id.slice(-9)}`, due))
    const events = await house.sql`select data from events where order_id = ${orderId} and type like 'refund.%'`
    expect(events.map(({ data }) => data.reason)).toEqual(['overcharged', 'overcharged'])
    // The words are under the seal all the same.
    const rewrite = (reason: string) => house.sql`update refunds set reason = ${reason} where id = ${refund.id}`
    await rewrite('Lý do khác')
    expect((await verifyLedger(house.deps)).fault).toMatchObject({
      id: orderId,
      problem: expect.stringMatching(/^has another reason digest in its refund/),
    })
    await rewrite('Thu thừa')
  })

  it('is approved with the payee that the checker saw, and with no other', async () => {
    const { orderId, id } = await proposed()
    await givePayee(house.deps, checker, { refundId: id, account: payeeAccount })
    await expect(approve(id, other)).rejects.toMatchObject({ code: 'refund_payee_changed' })
    await approve(id, other, 1)
    expect(await rowOf(id)).toMatchObject({ status: 'pending', madeBy: 'cli_checker', decidedBy: 'cli_other' })
    const told = await house.sql`select data from events where order_id = ${orderId} and type = 'refund.payee_named'`
    expect(told.map(({ data }) => data)).toMatchObject([
      { id, made_by: 'cli_checker', payee_version: 1, reason: 'paid_twice' },
    ])
    await expect(
      house.sql`update refunds set payee_account = '{}', payee_version = 2 where id = ${id}`,
    ).rejects.toMatchObject({ constraint_name: 'refund_payee_settled' })
  })

  it('whose payee is named while it is approved is approved as it was seen, or not at all', async () => {
    for (const naming of [checker, other, checker, other, checker]) {
      const { id } = await proposed()
      const [named, approved] = await Promise.allSettled([
        givePayee(house.deps, naming, { refundId: id, account: payeeAccount }),
        approve(id),
      ])
      const row = await rowOf(id)
      if (approved.status === 'fulfilled') {
        expect(named).toMatchObject({ reason: { code: 'refund_not_awaiting_approval' } })
        expect(row?.payeeAccount).toBeNull()
      } else {
        expect(named.status).toBe('fulfilled')
        const code = naming === checker ? 'maker_cannot_approve' : 'refund_payee_changed'
        expect([approved.reason.code, row?.status]).toEqual([code, 'proposed'])
      }
    }
  })

  it('gets its payee once, and by its maker, who then does not approve it', async () => {
    const { orderId } = await paid()
    const { id } = await ask(orderId, { payeeAccount: null })
    const give = (by: typeof maker, refundId = id) => givePayee(house.deps, by, { refundId, account: payeeAccount })
    await expect(give(checker)).rejects.toMatchObject({ code: 'refund_not_awaiting_approval' })
    await give(maker)
    await expect(
      house.sql`update refunds set payee_account = '{}', payee_version = 2 where id = ${id}`,
    ).rejects.toMatchObject({ constraint_name: 'refund_payee_settled' })
    await expect(give(maker)).rejects.toMatchObject({ code: 'refund_not_awaiting_approval' })
    const { id: proposal } = await proposed()
    await give(checker, proposal)
    await expect(approve(proposal)).rejects.toMatchObject({ code: 'maker_cannot_approve' })
  })
})

describe('a transfer', () => {
  it('returns one refund only, also when two are confirmed at once', async () => {
    const [one, other] = [await waiting(), await waiting()]
    const both = await Promise.allSettled([confirm(one.id, 'FT-ONCE'), confirm(other.id, 'FT-ONCE')])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const refused = both.find((each) => each.status === 'rejected')
    expect(refused?.reason).toMatchObject({ code: 'already_exists', errors: [{ pointer: '/bank_reference' }] })
  })

  it('is one of two that two people name at once, or was never made, and is booked once', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const { id, orderId } = await waiting()
      const said = await Promise.allSettled([confirm(id), confirm(id), settle(id, 'failed')])
      expect(said.map(({ status }) => status)).toContain('fulfilled')
      const isMade = (await rowOf(id))?.status === 'succeeded'
      expect(await house.sql`select 1 from money_facts where refund_id = ${id}`).toHaveLength(isMade ? 1 : 0)
      expect((await house.read(orderId)).order.amountRefunded).toBe(isMade ? due : 0n)
    }
  })

  it('and nothing else shows that money went back by hand, whoever says so', async () => {
    const { id, orderId } = await waiting()
    await expect(settle(id, 'succeeded')).rejects.toMatchObject({
      code: 'refund_by_hand',
      message: expect.stringContaining(`/v1/refunds/${id}/confirm`),
    })
    for (const code of ['settled_by_person', confirmedByHand])
      await expect(tellByPerson(orderId, { status: 'refunded', code })).rejects.toMatchObject({
        constraint_name: 'refund_by_hand',
      })
    expect(await settle(id, 'failed')).toMatchObject({ status: 'failed' })
  })

  it('has one number however it is spelt, kept as it was entered', async () => {
    const [one, other] = [await waiting(), await waiting()]
    expect(await confirm(one.id, 'FT 26-333/Đ1')).toMatchObject({ bankReference: 'FT 26-333/Đ1' })
    expect(await confirm(one.id, 'ft26333d1')).toMatchObject({ status: 'succeeded', bankReference: 'FT 26-333/Đ1' })
    await expect(confirm(other.id, 'ft.26.333.d1')).rejects.toMatchObject({ code: 'already_exists' })
    await expect(confirm(other.id, '–/–')).rejects.toMatchObject({ errors: [{ pointer: '/bank_reference' }] })
    const spelt = ['FT 26-333/Đ1', 'Hoàn PHÍ số 7', '–/–', 'İK１ſﬁ', '漢字7']
    const [row] =
      await house.sql`select array_agg(lephi_reference(name) order by place) as names from unnest(${spelt}::text[]) with ordinality as said (name, place)`
    expect(spelt.map(foldReference)).toEqual(row?.names)
  })

  it('that two people confirm at once was confirmed by the first, and stays so', async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      const { id, orderId } = await waiting()
      const number = transfer()
      await Promise.all([confirm(id, number), confirm(id, number, {}, other)])
      const events = await house.sql`select data from events where order_id = ${orderId} and type = 'refund.succeeded'`
      expect(events.map(({ data }) => data.confirmed_by)).toEqual([(await rowOf(id))?.confirmedBy])
      await expect(house.sql`update refunds set confirmed_by = 'cli_third' where id = ${id}`).rejects.toMatchObject({
        constraint_name: 'refund_confirmed',
      })
    }
  })

  it('of what the gateway proposed is not confirmed by who approved it', async () => {
    const { id: proposal } = await proposed()
    await approve(proposal)
    await expect(confirm(proposal)).rejects.toMatchObject({ code: 'maker_cannot_approve' })
    await expect(
      house.sql`update refunds set bank_reference = 'X1', paid_on = '2026-11-23', confirmed_by = 'cli_checker' where id = ${proposal}`,
    ).rejects.toMatchObject({ constraint_name: 'refunds_confirmed' })
    expect(await confirm(proposal, transfer(), {}, other)).toMatchObject({ status: 'succeeded' })
  })

  it('is given back by a credit that gave back no other, however it is spelt', async () => {
    const [one, other] = [await waiting(), await waiting()]
    await confirm(one.id)
    await confirm(other.id)
    const both = await Promise.allSettled([bounce(one.id, 'CR 26-9'), bounce(other.id, 'cr269')])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(both.find((each) => each.status === 'rejected')?.reason).toMatchObject({
      code: 'already_exists',
      errors: [{ pointer: '/bank_reference' }],
    })
    const statuses = [await rowOf(one.id), await rowOf(other.id)].map((row) => row?.status)
    expect(statuses.toSorted()).toEqual(['failed', 'succeeded'])
    const left = statuses[0] === 'succeeded' ? one : other
    await expect(tellByPerson(left.orderId, { status: 'bounced', code: 'bounced' })).rejects.toMatchObject({
      constraint_name: 'refund_bounced',
    })
    await expect(bounce(left.id, '–')).rejects.toMatchObject({ errors: [{ pointer: '/bank_reference' }] })
    expect(await bounce(left.id, 'CR-10')).toMatchObject({ status: 'failed', bounceReference: 'CR-10' })
  })

  it('is not confirmed by who asked for the refund, before it was handed over, nor for tomorrow', async () => {
    const { id } = await waiting()
    await expect(confirm(id, transfer(), {}, maker)).rejects.toMatchObject({ code: 'maker_cannot_approve' })
    for (const paidOn of ['2026-01-01', '2027-12-31'])
      await expect(confirm(id, transfer(), { paidOn })).rejects.toMatchObject({ errors: [{ pointer: '/paid_on' }] })
    const asked = await ask((await paid()).orderId)
    await expect(confirm(asked.id)).rejects.toMatchObject({ code: 'refund_not_under_way' })
  })

  it('that bounced leaves the refund failed and the money ours, and it may be asked for again', async () => {
    const { id, orderId } = await waiting()
    await confirm(id)
    await expect(bounce(id, 'CR1', maker)).rejects.toMatchObject({ code: 'maker_cannot_approve' })
    expect(await bounce(id, 'CR1')).toMatchObject({ status: 'failed', amountRefunded: 0n, failureCode: 'bounced' })
    expect(await bounce(id, 'CR1')).toMatchObject({ status: 'failed' })
    const { sums, order, open } = await house.read(orderId)
    expect([sums.collected, sums.bank ?? 0n, order.amountRefunded, open]).toEqual([-due, 0n, 0n, []])
    const entries = await house.sql`
      select sum(posting.amount)::int as bank, count(*)::int as n from postings as posting join journal_entries as entry on entry.id = posting.entry_id
      where posting.order_id = ${orderId} and account = 'bank' and entry.kind = 'refund'`
    expect(entries[0]).toEqual({ bank: 0, n: 2 })
    const again = await ask(orderId)
    await approve(again.id)
    expect((await confirm(again.id)).status).toBe('succeeded')
    expect((await house.read(orderId)).order.amountRefunded).toBe(due)
  })

  it('is told twice over when the provider returned the money too, and the excess is named', async () => {
    const { id, orderId } = await waiting()
    await confirm(id)
    const { merchantReference } = (await house.read(orderId)).refunds[0] ?? { merchantReference: '' }
    await house.tell(house.refunded({ merchantReference }, 'R-TWICE', due))
    expect((await house.read(orderId)).open.map(([name]) => name)).toContain('refund_mismatch')
  })
})

describe('refuses', () => {
  it('an account for a refund that its provider returns', async () => {
    const { orderId } = await paid()
    await expect(ask(orderId, { method: 'provider' })).rejects.toMatchObject({
      errors: [{ pointer: '/payee_account' }],
    })
    const refund = await ask(orderId, { method: null, payeeAccount: null })
    await approve(refund.id)
    await expect(confirm(refund.id)).rejects.toMatchObject({ code: 'refund_not_under_way' })
  })
})

describe('a promise', () => {
  beforeAll(() => describeFlowMetrics(house.deps.metrics))
  const overdue = async () => {
    await setRefundGauge(house.deps)
    return Number(/^lephi_refunds_overdue (\d+)$/m.exec(house.deps.metrics.text())?.[1])
  }

  it('is the agency’s working days from the approval, is noted once when it is broken, and is counted while it is', async () => {
    await house.sql`update agencies set refund_working_days = 3`
    const { id, orderId } = await waiting()
    // Monday, 23 November 2026, and three working days.
    expect(await rowOf(id)).toMatchObject({ promisedOn: '2026-11-26', expectedOn: '2026-11-26', overdueAt: null })
    const before = await overdue()
    house.deps.clock.advance(3 * day)
    await runJobs(house.deps, { run: only('watch_refunds') })
    expect((await rowOf(id))?.overdueAt).toBeNull()
    for (let pass = 0; pass < 2; pass += 1) {
      house.deps.clock.advance(day)
      await runJobs(house.deps, { run: only('watch_refunds') })
    }
    const events = await house.sql`select data from events where order_id = ${orderId} and type = 'refund.overdue'`
    expect(events.map(({ data }) => data)).toMatchObject([{ id, promised_on: '2026-11-26' }])
    // One that cannot be noted holds up no other.
    await house.sql`update refunds set overdue_at = null where id = ${id}`
    const { id: next } = await waiting()
    await house.sql`update refunds set promised_on = '2026-11-26' where id = ${next}`
    await house.sql.unsafe(`alter table refunds add constraint stuck check (id <> '${id}' or overdue_at is null)`)
    await expect(noteOverdueRefunds(house.deps, 10)).resolves.toBe(1)
    expect((await rowOf(next))?.overdueAt).not.toBeNull()
    await house.sql`alter table refunds drop constraint stuck`
    const counted = await overdue()
    expect(counted).toBeGreaterThan(before)
    await confirm(id)
    expect(await overdue()).toBe(counted - 1)
  })
})
