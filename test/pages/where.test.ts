// "Where is my money?": for whoever knows a code and the amount, with a sentence for every state and everything that may be wrong besides.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Dispute, DoorClass, OrderFacts, Refund } from '../../src/domain/order-facts.ts'
import { type Anomaly, anomalies, anomaliesOf } from '../../src/pages/anomalies.ts'
import { dictionary } from '../../src/pages/dictionary.ts'
import { nextOf } from '../../src/pages/money-now.tsx'
import { moneyWords } from '../../src/pages/money-words.ts'
import type { Standing, State } from '../../src/pages/standing.ts'
import { stateText } from '../../src/pages/state-text.ts'
import { bareAttempt, bareFacts, bareRefund } from '../kit/order-facts.ts'
import { addAttempt } from '../kit/orders.ts'
import { claims, languages, type Stage, startStage, wordsOf } from './kit.ts'

let stage: Stage
let address = '203.0.113.1'
beforeAll(async () => {
  stage = await startStage({ payerAddress: () => address })
})
afterAll(() => stage.close())
let visitors = 0
beforeEach(() => {
  visitors += 1
  address = `203.0.113.${visitors}`
})

const ask = (code: string, amount: string, more = '') =>
  stage.get(`/where?${new URLSearchParams({ code, amount })}${more}`)
const codesOf = async (id: string) => {
  const [row] = await stage.sql`select dossier_code, tracing_code from orders where id = ${id}`
  return { dossier: String(row?.dossierCode), tracing: String(row?.tracingCode) }
}
const attempt = (id: string, more = {}) =>
  addAttempt(stage.deps, id, stage.accounts.alpha, { provider: 'alpha', status: 'pending', ...more })

describe('where the money is', () => {
  it('is shown for the tracing code, the dossier code or the order, with the amount, however they are written', async () => {
    const order = await stage.order()
    await attempt(order.id)
    const { dossier, tracing } = await codesOf(order.id)
    expect(await (await stage.get(order.path)).text()).toContain(tracing)
    for (const code of [tracing, tracing.toLowerCase().replaceAll('-', ' '), dossier, dossier.toLowerCase(), order.id])
      for (const amount of ['150000', '150.000 đ']) {
        const answer = await ask(code, amount)
        expect([code, answer.status]).toEqual([code, 200])
        const words = wordsOf(await answer.text())
        for (const text of [
          'Đang xác nhận',
          dossier,
          'Chưa rõ: tiền còn ở tài khoản của Ông/Bà hoặc đang ở đơn vị thanh toán.',
          'Hệ thống tiếp tục hỏi Ngân hàng Alpha; muộn nhất khi đối chiếu sổ của Ngân hàng Alpha, thường là ngày 24/11/2026',
          'Bắt đầu tại Ngân hàng Alpha: đang chờ kết quả',
          'tổng đài bên dưới và đọc mã tra soát',
        ])
          expect(words, code).toContain(text)
        visitors += 1
        address = `203.0.113.${visitors}`
      }
    const english = wordsOf(await (await ask(tracing, '150,000 VND', '&lang=en')).text())
    expect(english).toContain('Please do not pay again.')
    expect(claims(english)).toEqual([])
  })

  it('names no person and no account, gives no whole transaction number, and leads to no page of the order', async () => {
    const order = await stage.order()
    const one = await attempt(order.id)
    await stage.tell(one.merchantReference, { providerReference: 'PAY-99887766' })
    await stage.deps.settled()
    const { tracing } = await codesOf(order.id)
    const html = await (await ask(tracing, '150000')).text()
    expect(html).toContain('…7766')
    const private_ = [
      'Nguyễn Thị Lan',
      '0123456789',
      'KHO BAC',
      '99887766',
      one.merchantReference,
      order.path,
      '/receipts/',
    ]
    for (const text of private_) expect(html).not.toContain(text)
    await stage.sql`update orders set status = 'cancelled', closed_reason = 'bà Lan xin rút', paid_by = null, paid_at = null, amount_paid = 0 where id = ${order.id}`
    expect(await (await ask(tracing, '150000')).text()).not.toContain('bà Lan')
  })

  it('is said in the same words for a code that is none and for an amount that is wrong', async () => {
    const order = await stage.order()
    const { dossier, tracing } = await codesOf(order.id)
    const pages = [await ask(dossier, '150001'), await ask(tracing, '1'), await ask('H56.12.03-261122-9999', '150000')]
    const mains = await Promise.all(
      pages.map(async (page) => [page.status, (await page.text()).replaceAll(/(?:value|href)="[^"]*"/g, '')]),
    )
    expect(new Set(mains.map((main) => JSON.stringify(main))).size).toBe(1)
    expect(String(mains[0]?.[1])).toContain('Không có khoản nộp nào ứng với mã và số tiền này.')
  })

  it('tells a slip of the pen without asking anybody, and costs no try', async () => {
    const order = await stage.order()
    const { tracing } = await codesOf(order.id)
    const slip = `${tracing.slice(0, -1)}${tracing.endsWith('0') ? '1' : '0'}`
    for (const [code, amount] of Array.from({ length: 6 }, () => [
      [slip, '150000'],
      [tracing, 'nhiều'],
      [tracing, '0'],
    ]).flat())
      expect((await ask(String(code), String(amount))).status).toBe(422)
    expect((await ask(tracing, '150000')).status).toBe(200)
    const form = await stage.get('/where')
    expect([form.status, (await form.text()).match(/<input class="text"/g)?.length]).toEqual([200, 2])
  })

  it('lets nobody try codes out: few tries for an address, a whole IPv6 network is one, and few for a code', async () => {
    const tries = async (count: number, of: (index: number) => [string, string, string]) => {
      const statuses: number[] = []
      for (let index = 0; index < count; index += 1) {
        const [from, code, amount] = of(index)
        address = from
        statuses.push((await ask(code, amount)).status)
      }
      return statuses.filter((status) => status === 429).length
    }
    expect(await tries(15, (index) => ['192.0.2.1', `H56.12.03-261122-${7_000 + index}`, '8000'])).toBe(5)
    expect(await tries(15, (index) => [`2001:db8:1:2::${index}`, `H56.12.03-261122-${7_100 + index}`, '8000'])).toBe(5)
    expect(await tries(75, (index) => [`192.0.2.${100 + index}`, 'H56.12.03-261122-7200', String(8_000 + index)])).toBe(
      15,
    )
    address = '192.0.2.1'
    const refused = await ask('H56.12.03-261122-7001', '8000')
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.text()).toContain('Vui lòng chờ một phút')
    stage.clock.advance(60)
    expect((await ask('H56.12.03-261122-7001', '8000')).status).toBe(200)
  })
})

describe('a stranger', () => {
  it('who tries a dossier’s code for ten minutes keeps nobody else from asking, by that code or by the tracing code', async () => {
    const order = await stage.order()
    const { dossier, tracing } = await codesOf(order.id)
    for (let minute = 0; minute < 10; minute += 1) {
      address = '198.51.100.66'
      for (let tried = 0; tried < 30; tried += 1) await ask(dossier, String(1_000 + tried))
      expect((await ask(dossier, '150000')).status).toBe(429)
      address = `198.51.100.${70 + minute}`
      expect((await ask(dossier, '150000')).status).toBe(200)
      stage.clock.advance(60)
    }
    // Many strangers at once do use a code up that can be guessed, and never the one that cannot.
    for (let tried = 0; tried < 80; tried += 1) {
      address = `203.0.113.${tried}`
      await ask(dossier, '1000')
    }
    address = '198.51.100.99'
    expect([(await ask(dossier, '150000')).status, (await ask(tracing, '150000')).status]).toEqual([429, 200])
  })
})

describe('every state with everything that may be wrong', () => {
  const now = new Date('2026-11-23T03:00:00Z')
  const one = bareAttempt('a', { provider: 'alpha' })
  const standings: Readonly<Record<State, readonly Standing[]>> = {
    waived: [{ state: 'waived' }],
    waiting: [{ state: 'waiting' }],
    confirming: [
      { state: 'confirming', attempt: one, isStuck: false },
      { state: 'confirming', attempt: one, isStuck: true },
    ],
    failed: [{ state: 'failed', attempt: one }],
    wrong_amount: [{ state: 'wrong_amount', amount: 1n }],
    contested: [{ state: 'contested', amount: 1n }],
    paid: [{ state: 'paid' }],
    receipt_pending: [{ state: 'receipt_pending' }],
    paid_twice: [{ state: 'paid_twice', amount: 1n }],
    late: [{ state: 'late', amount: 1n }],
    reversed: [{ state: 'reversed', amount: 1n }],
    refunding: [
      { state: 'refunding', amount: 1n, account: null, by: null },
      { state: 'refunding', amount: 1n, account: '…6789', by: '2026-11-30' },
    ],
    partly_refunded: [{ state: 'partly_refunded', amount: 1n, at: now }],
    refunded: [{ state: 'refunded', amount: 1n, at: null }],
    expired: [{ state: 'expired' }],
    cancelled: [{ state: 'cancelled' }],
  }
  const combinations = languages.flatMap((language) =>
    Object.values(standings)
      .flat()
      .flatMap((standing) => anomalies.map((anomaly) => ({ language, standing, anomaly }))),
  )

  it('is noticed, unless the state says it already', () => {
    const refund = (more: Partial<Refund>) => bareRefund('r', one, { status: 'pending', ...more })
    const open = (kind: DoorClass) => ({
      id: 'd',
      key: 'k',
      class: kind,
      attemptId: 'a',
      amount: 1n,
      isOpen: true,
      closedByDoor: false,
    })
    const wrong: Readonly<Record<Anomaly, Partial<OrderFacts>>> = {
      amount_mismatch: { discrepancies: [open('amount_mismatch')] },
      paid_twice: { discrepancies: [open('paid_twice')] },
      late_payment: { discrepancies: [open('late_payment')] },
      reversed: { discrepancies: [open('reversed')] },
      refund_mismatch: { discrepancies: [open('refund_mismatch')] },
      reference_reused: { discrepancies: [open('reference_reused')] },
      disputed: { disputes: [{ status: 'open' } as Dispute] },
      refund_failed: { refunds: [refund({ status: 'failed' })] },
      refund_overdue: { refunds: [refund({ promisedOn: '2026-11-22' })] },
      other_attempt: { attempts: [one] },
    }
    for (const anomaly of anomalies) {
      const facts = bareFacts(wrong[anomaly])
      expect(anomaliesOf(facts, 'paid', now)).toEqual([anomaly])
      expect(anomaliesOf(bareFacts(), 'paid', now)).toEqual([])
    }
    expect(anomaliesOf(bareFacts(wrong.paid_twice), 'paid_twice', now)).toEqual([])
    expect(anomaliesOf(bareFacts({ refunds: [refund({ promisedOn: '2026-11-23' })] }), 'refunding', now)).toEqual([])
    expect(anomaliesOf(bareFacts({ disputes: [{ status: 'closed' } as Dispute] }), 'paid', now)).toEqual([])
  })

  it('has its words, in both languages, and none claims what is not known', () => {
    const facts = bareFacts({ attempts: [one] })
    expect(combinations.length).toBeGreaterThan(300)
    for (const { language, standing, anomaly } of combinations) {
      for (const dueOn of [null, '2026-11-30', '2026-11-01']) {
        const view = { facts, standing, dueOn, now, language, titleOf: () => 'Ngân hàng Alpha' }
        const said = [
          dictionary[language].states[standing.state].title,
          stateText(view),
          moneyWords[language].places[standing.state],
          nextOf(view),
          moneyWords[language].anomalies[anomaly],
        ]
        for (const text of said) {
          expect(text.length, `${standing.state} ${anomaly}`).toBeGreaterThan(5)
          expect(text).not.toMatch(/undefined|null|NaN|\[object|01\/11\/2026|1 November/)
          // Read both ways by readers of English.
          if (language === 'en') expect(text).not.toMatch(/\d\/\d/)
        }
        const claimed = claims(said.join(' '))
        if (!['paid', 'receipt_pending'].includes(standing.state))
          expect(claimed, standing.state).not.toContain('success')
        if (standing.state !== 'failed') expect(claimed, standing.state).not.toContain('failure')
      }
    }
  })
})
