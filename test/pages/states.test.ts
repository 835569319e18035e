// Every state that an order can be shown in, on a real database: its title, and that it claims neither more nor less than what is known.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issueReceipts } from '../../src/flows/issue-receipts.ts'
import { dictionary } from '../../src/pages/dictionary.ts'
import type { State } from '../../src/pages/standing.ts'
import { addAttempt } from '../kit/orders.ts'
import { claims, languages, type Stage, startStage, titleIn, wordsOf } from './kit.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

type Scene = { state: State; claims: string[]; says?: string[]; make: () => Promise<string> }

const attempt = (id: string, more: Parameters<typeof addAttempt>[3] = {}) =>
  addAttempt(stage.deps, id, stage.accounts.alpha, { provider: 'alpha', ...more })

const paid = async () => {
  const order = await stage.order()
  const one = await attempt(order.id)
  await stage.tell(one.merchantReference)
  // The receipt is made after the answer; a page that is looked at must not depend on who was faster.
  await stage.deps.settled()
  await issueReceipts(stage.deps, order.id)
  return { ...order, attempt: one }
}

const refund = async (order: Awaited<ReturnType<typeof paid>>, more: Record<string, unknown>) => {
  const row = {
    id: stage.deps.newId('rfd'),
    agencyCode: 'H56.12.03',
    orderId: order.id,
    attemptId: order.attempt.id,
    merchantAccountId: stage.accounts.alpha,
    provider: 'alpha',
    merchantReference: stage.deps.newId('rfd'),
    source: 'order',
    status: 'pending',
    amount: 50_000n,
    reason: 'wrong rate',
    madeBy: 'cli_a',
    createdAt: stage.deps.now(),
    ...more,
  }
  await stage.sql`insert into refunds ${stage.sql(row)}`
}

const closed = async (status: 'expired' | 'cancelled', reason: string | null = null) => {
  const order = await stage.order()
  await stage.sql`update orders set status = ${status}, closed_reason = ${reason} where id = ${order.id}`
  return order
}

const scenes: Record<string, Scene> = {
  'an order that nobody has tried to pay': {
    state: 'waiting',
    claims: [],
    says: ['Chờ thanh toán', 'Hồ sơ chờ thanh toán chưa được tiếp nhận.', '150.000 đ', 'Một trăm năm mươi nghìn đồng'],
    make: async () => (await stage.order()).path,
  },
  'an order that is exempt': {
    state: 'waived',
    claims: [],
    says: ['Hồ sơ này được miễn (căn cứ NQ 12/2025). Ông/Bà không cần thanh toán.'],
    make: async () => {
      const exemption = { rule: 'NQ 12/2025', evidence: 'x' }
      const line = { feeCode: null, kind: 'le_phi' as const, description: 'Lệ phí', unitAmount: 8_000n, quantity: 1 }
      return (await stage.order({ lines: [{ ...line, budgetItem: null, exemption }] })).path
    },
  },
  'an attempt that was only created': {
    state: 'confirming',
    claims: [],
    make: async () => {
      const order = await stage.order()
      await attempt(order.id)
      return order.path
    },
  },
  'a pending attempt': {
    state: 'confirming',
    claims: [],
    says: ['Ngân hàng chưa báo kết quả.', 'Vui lòng không thanh toán lại.', 'Kiểm tra lại'],
    make: async () => {
      const order = await stage.order()
      await attempt(order.id, { status: 'pending' })
      return order.path
    },
  },
  'an attempt that the provider never answered': {
    state: 'confirming',
    claims: [],
    make: async () => {
      const order = await stage.order()
      await attempt(order.id, { status: 'unknown' })
      return order.path
    },
  },
  'a pending attempt of an order whose deadline has passed': {
    state: 'confirming',
    claims: [],
    make: async () => {
      const order = await stage.order()
      await attempt(order.id, { status: 'pending' })
      await stage.sql`update orders set expires_at = ${new Date(stage.deps.now().getTime() - 1)} where id = ${order.id}`
      return order.path
    },
  },
  'a pending attempt of a cancelled order': {
    state: 'confirming',
    claims: [],
    make: async () => {
      const order = await closed('cancelled')
      await attempt(order.id, { status: 'pending' })
      return order.path
    },
  },
  'an attempt that the provider failed': {
    state: 'failed',
    claims: ['failure'],
    says: ['Tài khoản chưa bị trừ tiền, hoặc sẽ được ngân hàng hoàn lại.', 'Thử lại'],
    make: async () => {
      const order = await stage.order()
      await attempt(order.id, { status: 'failed', failureCode: '24' })
      return order.path
    },
  },
  'an attempt that never reached the provider': {
    state: 'waiting',
    claims: [],
    says: ['chưa có giao dịch', 'Vừa rồi không kết nối được', 'Nên chọn Ví Beta'],
    make: async () => {
      const order = await stage.order()
      await attempt(order.id, { status: 'failed', failureCode: 'unreachable' })
      return order.path
    },
  },
  'an attempt whose time ran out without money': {
    state: 'waiting',
    claims: [],
    make: async () => {
      const order = await stage.order()
      await attempt(order.id, { status: 'expired' })
      return order.path
    },
  },
  'money of another amount': {
    state: 'wrong_amount',
    claims: [],
    says: ['Đã nhận 149.999 đ, cần 150.000 đ. Cơ quan thu sẽ liên hệ.'],
    make: async () => {
      const order = await stage.order()
      await stage.tell((await attempt(order.id)).merchantReference, { amount: 149_999n })
      return order.path
    },
  },
  'money under the number of another payment': {
    state: 'contested',
    claims: [],
    says: [
      'nhưng dưới mã giao dịch của một khoản khác',
      'Vui lòng không thanh toán lại.',
      'đang kiểm tra và sẽ liên hệ',
    ],
    make: async () => {
      const [other, order] = [await stage.order(), await stage.order()]
      for (const { id } of [other, order])
        await stage.tell((await attempt(id)).merchantReference, { providerReference: 'SAME-NUMBER' })
      return order.path
    },
  },
  'money under the number of another payment, after the deadline': {
    state: 'contested',
    claims: [],
    make: async () => {
      const [other, order] = [await stage.order(), await closed('expired')]
      for (const { id } of [other, order])
        await stage.tell((await attempt(id)).merchantReference, { providerReference: 'SAME-AGAIN' })
      return order.path
    },
  },
  'a paid order without its receipt': {
    state: 'receipt_pending',
    claims: [],
    says: ['Biên lai điện tử sẽ được gửi trong ngày.'],
    make: async () => {
      // As it is in the moment between the money and the receipt.
      const order = await stage.order()
      const { id } = await attempt(order.id, { status: 'captured', paysOrder: true, amountCaptured: 150_000n })
      const columns = { status: 'paid', paidBy: id, paidAt: stage.deps.now(), amountPaid: 150_000n }
      await stage.sql`update orders set ${stage.sql(columns)} where id = ${order.id}`
      return order.path
    },
  },
  'a paid order with its receipt': {
    state: 'paid',
    claims: ['success'],
    says: ['Đã nhận 150.000 đ cho hồ sơ', 'Mã giao dịch P', 'Xem biên lai lệ phí'],
    make: async () => (await paid()).path,
  },
  'an order paid twice': {
    state: 'paid_twice',
    claims: [],
    says: ['Khoản thừa 150.000 đ sẽ được hoàn trả theo quy định.'],
    make: async () => {
      const order = await paid()
      await stage.tell((await attempt(order.id)).merchantReference)
      return order.path
    },
  },
  'a payment that was taken back': {
    state: 'reversed',
    claims: [],
    make: async () => {
      const order = await paid()
      await stage.tell(order.attempt.merchantReference, { status: 'reversed' })
      return order.path
    },
  },
  'a refund under way': {
    state: 'refunding',
    claims: [],
    says: ['50.000 đ', 'đang thực hiện'],
    make: async () => {
      const order = await paid()
      await refund(order, {})
      return order.path
    },
  },
  'a refund that nobody has agreed to': {
    state: 'paid',
    claims: ['success'],
    says: ['Yêu cầu hoàn 50.000 đ: đang chờ duyệt'],
    make: async () => {
      const order = await paid()
      await refund(order, { status: 'requested' })
      return order.path
    },
  },
  'a partial refund': {
    state: 'partly_refunded',
    claims: [],
    says: ['Hoàn 50.000 đ trong số 150.000 đ đã nộp'],
    make: async () => {
      const order = await paid()
      await refund(order, { status: 'succeeded', amountRefunded: 50_000n, succeededAt: stage.deps.now() })
      return order.path
    },
  },
  'a full refund': {
    state: 'refunded',
    claims: [],
    says: ['Hoàn 150.000 đ'],
    make: async () => {
      const order = await paid()
      const all = { amount: 150_000n, amountRefunded: 150_000n, succeededAt: stage.deps.now() }
      await refund(order, { status: 'succeeded', ...all })
      return order.path
    },
  },
  'an expired order': {
    state: 'expired',
    claims: [],
    says: ['Nếu Ông/Bà đã chuyển tiền, hệ thống vẫn ghi nhận và báo lại.'],
    make: async () => (await closed('expired')).path,
  },
  'an order past its deadline that no job has closed yet': {
    state: 'expired',
    claims: [],
    make: async () => {
      const order = await stage.order()
      await stage.sql`update orders set expires_at = ${new Date(stage.deps.now().getTime() - 1)} where id = ${order.id}`
      return order.path
    },
  },
  'a cancelled order': {
    state: 'cancelled',
    claims: [],
    says: ['Lý do: Rút hồ sơ.'],
    make: async () => (await closed('cancelled', 'Rút hồ sơ')).path,
  },
  'money that came too late to be taken': {
    state: 'late',
    claims: [],
    says: ['150.000 đ', 'sẽ được hoàn trả theo quy định'],
    make: async () => {
      await stage.sql`update agencies set accepts_late_money = false where agency_code = 'H56.12.03'`
      const order = await closed('expired')
      await stage.tell((await attempt(order.id)).merchantReference)
      await stage.sql`update agencies set accepts_late_money = true where agency_code = 'H56.12.03'`
      return order.path
    },
  },
}

const payable = new Set<State>(['waiting', 'failed', 'confirming'])

describe('the page of an order', () => {
  for (const [name, scene] of Object.entries(scenes)) {
    it(`shows ${name} as ${scene.state}`, async () => {
      const path = await scene.make()
      for (const language of languages) {
        const response = await stage.get(`${path}?lang=${language}`)
        const html = await response.text()
        expect(response.status).toBe(200)
        expect(titleIn(html)).toBe(dictionary[language].states[scene.state].title)
        expect(claims(html)).toEqual(scene.claims)
        expect(html).toContain(`<html lang="${language}">`)
        if (language === 'vi') for (const words of scene.says ?? []) expect(wordsOf(html)).toContain(words)
      }
    })
  }

  it('is tried in every state there is', () => {
    const tried = new Set(Object.values(scenes).map((scene) => scene.state))
    expect([...tried].toSorted()).toEqual(Object.keys(dictionary.vi.states).toSorted())
  })

  it('lets nobody pay in a state that does not call for it', async () => {
    for (const scene of Object.values(scenes)) {
      const html = await (await stage.get(await scene.make())).text()
      if (!payable.has(scene.state)) expect(html, scene.state).not.toContain('name="provider"')
    }
  })

  it('asks how providers are doing only while it lets somebody pay', async () => {
    const made: { state: State; path: string }[] = []
    for (const { state, make } of Object.values(scenes))
      if (!payable.has(state)) made.push({ state, path: await make() })
    const open = await stage.order()
    const holder = await stage.sql.reserve()
    await holder`begin`
    await holder`lock table provider_breakers, provider_calls, provider_statuses in access exclusive mode`
    for (const { state, path } of made) expect((await stage.get(path)).status, state).toBe(200)
    const waiting = async () => {
      const [row] = await stage.sql`
        select count(*)::int as n from pg_locks join pg_database on pg_database.oid = database
        where datname = current_database() and not granted`
      return row?.n
    }
    expect(await waiting()).toBe(0)
    const opened = stage.get(open.path)
    await expect.poll(waiting, { timeout: 10_000 }).toBe(1)
    await holder`commit`
    holder.release()
    expect(await (await opened).text()).toContain('name="provider"')
  })
})
