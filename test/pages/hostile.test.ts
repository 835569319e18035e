// What strangers may try at the pages that need no login, and what those pages must not say.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAttempt } from '../kit/orders.ts'
import { type Stage, startStage, wordsOf } from './kit.ts'

let stage: Stage
let address = '203.0.113.1'
beforeAll(async () => {
  stage = await startStage({ payerAddress: () => address, compress: true })
})
afterAll(() => stage.close())

const html = { accept: 'text/html' }
const traced = (code: string, amount: string) => stage.get(`/where?${new URLSearchParams({ code, amount })}`, html)

describe('a page that anybody may ask for', () => {
  it('answers characters that no address of ours has with a page, and never breaks', async () => {
    const broken: string[] = []
    const odd = [
      '%00',
      'A%00B',
      '%E0%A4%A',
      '%ED%A0%80',
      '%F0%9F%92%A9'.repeat(30),
      '..%2f..',
      '%0d%0aset-cookie:a=b',
      '<',
    ]
    for (const [index, text] of odd.entries()) {
      address = `192.0.2.${index}`
      const pages = ['/pay/', '/receipts/', '/assets/', '/returns/vnpay/', '/where?amount=1000&code=', '/verify?lang=']
      const others = [`/pay/${text}/events`, `/pay/${text}/attempts/${text}`, `/console/signed-in?state=${text}`]
      for (const path of [...pages.map((page) => `${page}${text}`), ...others, `/console/sign-in?to=${text}`]) {
        const answer = await stage.get(path, html)
        if (answer.status >= 500) broken.push(`${answer.status} ${path}`)
        await answer.body?.cancel()
      }
      for (const path of [`/pay/${text}/extend`, '/verify', '/console/sign-in', '/console/sign-out']) {
        const headers = { ...html, 'content-type': 'application/x-www-form-urlencoded' }
        const body = `code=${text}&to=${text}&until=${text}`
        const answer = await stage.app.request(path, { method: 'POST', body, headers })
        if (answer.status >= 500) broken.push(`${answer.status} POST ${path} ${text}`)
        await answer.body?.cancel()
      }
    }
    expect(broken).toEqual([])
    address = '192.0.2.200'
    const asked = await traced('A\0B', '1000')
    expect([asked.status, wordsOf(await asked.text()).includes('chưa đúng dạng')]).toEqual([422, true])
  })

  it('counts tries of one tracing code as such, however the code is written and wherever they come from', async () => {
    const order = await stage.order()
    const [row] = await stage.sql`select tracing_code from orders where id = ${order.id}`
    const bare = String(row?.tracingCode).replaceAll('-', '')
    const statuses: number[] = []
    while (statuses.length < 80)
      for (let at = 1; at < bare.length; at += 1)
        for (const written of [bare, bare.slice(2)]) {
          address = `198.51.100.${statuses.length}`
          const code = `${written.slice(0, at)}-${written.slice(at)}`
          statuses.push((await traced(code, String(1_000 + statuses.length))).status)
        }
    expect(statuses.slice(0, 60)).toEqual(Array(60).fill(200))
    expect(new Set(statuses.slice(60))).toEqual(new Set([429]))
  })

  it('is compressed unless it holds the token of a session beside what its address says', async () => {
    const zipped = { ...html, 'accept-encoding': 'gzip' }
    expect((await stage.get('/where', zipped)).headers.get('content-encoding')).toBe('gzip')
    for (const [path, status] of [
      ['/console/sign-in?here=', 200],
      ['/console/nothing', 404],
    ]) {
      const { headers, status: answered } = await stage.get(String(path), zipped)
      expect([path, answered, headers.get('content-encoding')]).toEqual([path, status, null])
      expect(headers.get('content-type')).toContain('text/html')
    }
  })
})

describe('an order that somebody pays', () => {
  const resolved = async (status: string) => {
    const order = await stage.order()
    const one = await addAttempt(stage.deps, order.id, stage.accounts.alpha, { provider: 'alpha', status: 'pending' })
    await stage.tell(one.merchantReference, { amount: 4_000n })
    await stage.sql`update discrepancies set status = 'resolved', resolution = 'returned_to_provider' where order_id = ${order.id}`
    await stage.sql`update orders set status = ${status} where id = ${order.id}`
    return order
  }

  it('is not said to have had no money where some came that an accountant has decided about', async () => {
    for (const [status, lie] of [
      ['open', 'Chưa có khoản tiền nào được chuyển'],
      ['expired', 'Chưa nhận được khoản tiền nào'],
      ['cancelled', 'Chưa nhận được khoản tiền nào'],
    ] as const) {
      const { path } = await resolved(status)
      const words = wordsOf(await (await stage.get(path)).text())
      expect(words).toContain('Khoản đã nhận không tính cho hồ sơ')
      expect(words).toContain('Đã nhận 4.000 đ qua Ngân hàng Alpha')
      expect(words).not.toContain(lie)
      expect(wordsOf(await (await stage.get(`${path}?lang=en`)).text())).toContain('does not count for the dossier')
    }
  })

  it('begins no payment from a page of before money came that is not decided about', async () => {
    const began = stage.starting.started.length
    for (const odd of [{ amount: 4_000n }, { providerReference: 'SAME-NUMBER' }]) {
      const [other, order] = [await stage.order(), await stage.order()]
      for (const { id } of [other, order]) {
        const about = { provider: 'alpha', status: 'pending' } as const
        const one = await addAttempt(stage.deps, id, stage.accounts.alpha, about)
        await stage.tell(one.merchantReference, odd)
      }
      const answer = await stage.post(order.path, { provider: 'beta', seen: '1' })
      expect([answer.status, answer.headers.get('location')]).toEqual([303, order.path])
    }
    expect(stage.starting.started.length).toBe(began)
  })

  it('is not told that late money counts where the agency does not take it', async () => {
    const order = await stage.order({ expiresAt: new Date(stage.deps.now().getTime() + 600_000) })
    expect(wordsOf(await (await stage.get(order.path)).text())).toContain('khoản tiền vẫn được ghi nhận')
    await stage.sql`update agencies set accepts_late_money = false`
    const words = wordsOf(await (await stage.get(order.path)).text())
    expect(words).toContain('Khoản tiền đến sau hạn không được tính cho hồ sơ và sẽ được hoàn trả.')
    expect(words).not.toContain('khoản tiền vẫn được ghi nhận')
    const english = wordsOf(await (await stage.get(`${order.path}?lang=en`)).text())
    expect(english).not.toContain('is recorded all the same')
  })
})
