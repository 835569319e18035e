// The next actions of what people decide about money: those that an answer's links name in a state succeed in it, and all others are refused and change nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { discrepancyDeeds, disputeDeeds, quarantineDeeds, tracingDeeds } from '../../src/domain/case-deeds.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { tellingProvider, writeTale } from '../kit/inbox.ts'
import { type Body, holdDeeds, type Way } from '../kit/legal-deeds.ts'
import { seedMerchantAccount } from '../kit/orders.ts'
import { capture, payOrder, reconcile, startPayment } from '../kit/reconciliation.ts'
import { createScript } from '../kit/scripted-provider.ts'

let gateway: TestApp
let account: string
/** Who does the deeds that are tried, who did what was before, and somebody else besides. */
let self: string
let maker: string
let third: string
/** Discrepancies over payments that no file lists, each for one try. */
let discrepancies: string[]

beforeAll(async () => {
  gateway = await startTestApp({ providers: { test: tellingProvider(createScript()) } })
  account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test' })
  ;[self, maker, third] = [await gateway.token(), await gateway.token(), await gateway.token()]
  for (let count = 0; count < 60; count += 1) await payOrder(gateway.deps, account)
  await reconcile(gateway.deps, account)
  const rows = await gateway.sql`select id from discrepancies where class = 'missing_at_provider'`
  discrepancies = rows.map(({ id }) => `/v1/discrepancies/${String(id)}`)
}, 120_000)
afterAll(() => gateway.close())

const app = { gateway: () => gateway, token: () => self }

/** A deed that must succeed, on the way into a situation. */
const does = async (token: string, path: string, json: object): Promise<Body> => {
  const answer = await gateway.request(path, { token, json })
  const body = (await answer.json()) as Body
  expect([path, answer.ok, body]).toEqual([path, true, body])
  return body
}
const way = (deed: string, operationId: string, verb: string, json: Way['json']): Way => ({
  deed,
  operationId,
  verb,
  json,
})
const note = () => ({ note: 'Theo văn bản' })

describe('a discrepancy', () => {
  const fresh = async (): Promise<string> => {
    const path = discrepancies.pop()
    if (!path) throw new Error('there are no more')
    return path
  }
  const alone = { resolution: 'our_figure_stands', ...note() }
  const two = { resolution: 'written_off', ...note() }
  const proposed = async (by: string) => {
    const path = await fresh()
    await does(by, `${path}/resolve`, two)
    return path
  }
  const byTwo = async () => {
    const path = await proposed(maker)
    await does(third, `${path}/approve`, note())
    return path
  }
  const reopening = async (by: string) => {
    const path = await byTwo()
    await does(by, `${path}/reopen`, note())
    return path
  }
  const idle = { approve: 'discrepancy_not_proposed', reject: 'discrepancy_not_proposed' }
  holdDeeds({
    ...app,
    path: '/v1/discrepancies/dsc_1',
    table: discrepancyDeeds,
    ways: [
      way('resolve', 'resolveDiscrepancy', 'resolve', () => alone),
      way('resolve', 'resolveDiscrepancy', 'resolve', () => two),
      way('approve', 'approveResolution', 'approve', note),
      way('reject', 'rejectResolution', 'reject', note),
      way('reopen', 'reopenDiscrepancy', 'reopen', note),
      way('assign', 'assignDiscrepancy', 'assign', () => ({ owner: 'ke-toan-2' })),
      way('note', 'noteDiscrepancy', 'notes', note),
    ],
    situations: [
      { name: 'open', make: fresh },
      { name: 'proposed by another', make: () => proposed(maker) },
      {
        name: 'proposed by oneself',
        make: () => proposed(self),
        but: { approve: 'maker_cannot_approve' },
      },
      {
        name: 'resolved by one',
        make: async () => {
          const path = await fresh()
          await does(maker, `${path}/resolve`, alone)
          return path
        },
        but: idle,
      },
      { name: 'resolved by two', make: byTwo, but: idle },
      {
        name: 'resolved, to be opened again as another proposes',
        make: () => reopening(maker),
        but: { reopen: 'already_exists' },
      },
      {
        name: 'resolved, to be opened again as oneself proposes',
        make: () => reopening(self),
        but: { reopen: 'already_exists', approve: 'maker_cannot_approve' },
      },
    ],
  })
})

describe('a dispute', () => {
  const opened = async (by: string, kind = 'chargeback') => {
    const attempt = await payOrder(gateway.deps, account)
    const asked = { kind, reason: 'Khách khiếu nại', respond_by: '2026-12-31' }
    const { id } = await does(by, `/v1/orders/${attempt.orderId}/disputes`, asked)
    return { path: `/v1/disputes/${id}`, attempt }
  }
  const closed = async (outcome: string, kind?: string) => {
    const dispute = await opened(maker, kind)
    await does(third, `${dispute.path}/close`, { outcome, ...note() })
    return dispute
  }
  const asked = async (by: string) => {
    const dispute = await closed('lost')
    await does(by, `${dispute.path}/release`, note())
    return dispute
  }
  const none = 'dispute_not_waiting'
  const nothing = { requestRelease: none, approveRelease: none, rejectRelease: none }
  holdDeeds({
    ...app,
    path: '/v1/disputes/dsp_1',
    table: disputeDeeds,
    ways: [
      way('close', 'closeDispute', 'close', () => ({ outcome: 'won', ...note() })),
      way('requestRelease', 'requestDisputeRelease', 'release', note),
      way('approveRelease', 'approveDisputeRelease', 'release/approve', () => ({})),
      way('rejectRelease', 'rejectDisputeRelease', 'release/reject', () => ({})),
    ],
    situations: [
      { name: 'open', make: async () => (await opened(maker)).path },
      {
        name: 'open by oneself',
        make: async () => (await opened(self)).path,
        but: { close: 'maker_cannot_approve' },
      },
      { name: 'won', make: async () => (await closed('won')).path, but: nothing },
      { name: 'a complaint that was lost', make: async () => (await closed('lost', 'complaint')).path, but: nothing },
      {
        name: 'a lost chargeback',
        make: async () => (await closed('lost')).path,
        but: { approveRelease: none, rejectRelease: none },
      },
      {
        name: 'a lost chargeback whose release another asks for',
        make: async () => (await asked(maker)).path,
        but: { requestRelease: 'already_exists' },
      },
      {
        name: 'a lost chargeback whose release oneself asks for',
        make: async () => (await asked(self)).path,
        but: { requestRelease: 'already_exists', approveRelease: 'maker_cannot_approve' },
      },
      {
        name: 'a lost chargeback that was released',
        make: async () => {
          const { path } = await asked(maker)
          await does(third, `${path}/release/approve`, {})
          return path
        },
        but: nothing,
      },
      {
        name: 'a lost chargeback whose reversal came after its release was asked for',
        make: async () => {
          const { path, attempt } = await asked(maker)
          await capture(gateway.deps, attempt, { status: 'reversed', providerReference: `r-${attempt.id}` })
          return path
        },
        but: { requestRelease: none, approveRelease: none },
      },
    ],
  })

  it.each(['created', 'failed', 'captured'] as const)('is opened once about an attempt that is %s', async (status) => {
    const attempt = await startPayment(gateway.deps, account)
    const about = { merchantReference: attempt.merchantReference, providerReference: null, occurredAt: null, code: '1' }
    const told: Outcome = { status: 'failed', subject: 'payment', ...about }
    if (status === 'captured') await capture(gateway.deps, attempt)
    if (status === 'failed')
      await applyOutcome(gateway.deps, { merchantAccountId: account, outcome: told, source: 'callback' })
    const path = `/v1/orders/${attempt.orderId}`
    const attempts = await gateway.request(`${path}/attempts`, { token: self })
    expect(((await attempts.json()) as { data: Body[] }).data).toMatchObject([{ status }])
    const json = { attempt: attempt.id, reason: 'Không nhận được', respond_by: '2026-12-31' }
    await does(self, `${path}/disputes`, json)
    expect((await gateway.request(`${path}/disputes`, { token: self, json })).status).toBe(409)
  })
})

describe('a tracing case', () => {
  const opened = async () => {
    const { orderId: order } = await startPayment(gateway.deps, account)
    const asked = { order, kind: 'provider', finder: 'Kế toán', cause: 'Không có trong tệp', counterpart: 'Đối tác' }
    return `/v1/tracing_cases/${(await does(maker, '/v1/tracing_cases', asked)).id}`
  }
  const moved = async (...verbs: string[]) => {
    const path = await opened()
    for (const verb of verbs) await does(maker, `${path}/${verb}`, verb === 'answer' ? { result: 'Đã có' } : note())
    return path
  }
  holdDeeds({
    ...app,
    path: '/v1/tracing_cases/trc_1',
    table: tracingDeeds,
    ways: [
      way('answer', 'answerTracing', 'answer', () => ({ result: 'Đã hạch toán' })),
      way('close', 'closeTracing', 'close', note),
    ],
    situations: [
      { name: 'open', make: opened },
      { name: 'answered', make: () => moved('answer') },
      { name: 'closed after its answer', make: () => moved('answer', 'close') },
      { name: 'closed without an answer', make: () => moved('close') },
    ],
  })
})

describe('an entry of quarantine', () => {
  let told = 0
  const tell = async (tale: object): Promise<string> => {
    const body = writeTale({ ...tale, sentAt: gateway.deps.now().toISOString() })
    expect((await gateway.request(`/callbacks/test/${account}`, { method: 'POST', body })).status).toBe(200)
    const [row] = await gateway.sql`select id from quarantine order by id desc limit 1`
    return `/v1/quarantine/${String(row?.id)}`
  }
  const credit = () => {
    told += 1
    return tell({
      merchantReference: null,
      outcomes: [],
      credit: { reference: `FT${told}`, amount: 150_000n, occurredAt: null, text: 'le phi' },
    })
  }
  const unknown = (status: 'captured' | 'refunded') => {
    told += 1
    const merchantReference = `NOSUCHREFERENCE${told}`
    const rest = { providerReference: null, amount: 150_000n, occurredAt: null, code: '00' }
    return tell({ merchantReference, outcomes: [{ status, merchantReference, ...rest }] })
  }
  const attribution = async () => ({ attempt: (await startPayment(gateway.deps, account)).id, ...note() })
  const dismissed = async (make: () => Promise<string>) => {
    const path = await make()
    await does(maker, `${path}/dismiss`, note())
    return path
  }
  const settled = async () => {
    const path = await credit()
    const entry = (await (await gateway.request(path, { token: self })).json()) as { discrepancy: string }
    const discrepancy = `/v1/discrepancies/${entry.discrepancy}`
    await does(maker, `${discrepancy}/resolve`, { resolution: 'written_off', ...note() })
    await does(third, `${discrepancy}/approve`, note())
    return path
  }
  holdDeeds({
    ...app,
    path: '/v1/quarantine/qrn_1',
    table: quarantineDeeds,
    ways: [
      way('attribute', 'attributeQuarantine', 'attribute', attribution),
      way('dismiss', 'dismissQuarantine', 'dismiss', note),
    ],
    situations: [
      { name: 'a credit', make: credit },
      { name: 'a credit that was dismissed', make: () => dismissed(credit) },
      {
        name: 'a credit that was attributed',
        make: async () => {
          const path = await credit()
          await does(maker, `${path}/attribute`, await attribution())
          return path
        },
      },
      { name: 'a credit that two people wrote off', make: settled, but: { attribute: 'quarantine_not_open' } },
      { name: 'an unknown reference', make: () => unknown('captured') },
      { name: 'an unknown reference that was dismissed', make: () => dismissed(() => unknown('captured')) },
      { name: 'an unknown refund', make: () => unknown('refunded'), but: { attribute: 'invalid_input' } },
    ],
  })
})
