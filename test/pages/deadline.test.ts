// The time that a citizen has: announced, warned of, and extended by one press without losing what was chosen.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Stage, startStage, wordsOf } from './kit.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

const inHours = (hours: number) => new Date(stage.deps.now().getTime() + hours * 3_600_000)
const page = async (path: string) => (await stage.get(path)).text()
/** What the button sends along. */
const untilIn = (html: string) => / name="until" value="(\d+)"/.exec(html)?.[1] ?? ''

describe('the deadline', () => {
  it('is announced, and moved by one press that keeps the choice and begins no payment', async () => {
    const order = await stage.order({ expiresAt: inHours(0.3) })
    const before = await page(order.path)
    expect(wordsOf(before)).toContain('Hạn thanh toán: 9 giờ 18, thứ Hai ngày 23 tháng 11 năm 2026 (còn 18 phút).')
    expect(wordsOf(before)).toContain('Sắp hết hạn.')
    expect(wordsOf(before)).toContain('Tôi cần thêm thời gian')
    const button = /<button[^>]*formaction="([^"]*)"[^>]*>/.exec(before)
    expect(button?.[0]).toContain('formnovalidate')
    expect(button?.[1]).toBe(`${order.path}/extend`)
    // Enter presses the first button of a form: that is the one that pays.
    expect(before.indexOf('Thanh toán 150.000 đ</button>')).toBeLessThan(before.indexOf(button?.[0] ?? ''))
    const pressed = { provider: 'beta', seen: '0', until: untilIn(before) }
    const answer = await stage.post(`${order.path}/extend`, pressed)
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      `${order.path}?extended=1&choice=beta#deadline`,
    ])
    const after = await page(`${order.path}?extended=1&choice=beta`)
    expect(wordsOf(after)).toContain('Đã gia hạn. Hạn thanh toán mới: 09:18, 24/11/2026.')
    expect(after).toMatch(/value="beta" required="" checked=""/)
    expect(wordsOf(after)).not.toContain('Sắp hết hạn.')
    expect(stage.starting.started).toEqual([])
    // The same press again, as a reload or from a second window, moves nothing more.
    const again = await stage.post(`${order.path}/extend`, pressed)
    expect(again.headers.get('location')).toBe(`${order.path}?choice=beta`)
    const [row] = await stage.sql`select extensions from orders where id = ${order.id}`
    expect(row?.extensions).toBe(1)
  })

  it('keeps the language', async () => {
    const order = await stage.order()
    const html = await page(`${order.path}?lang=en`)
    expect(wordsOf(html)).toContain('I need more time')
    const answer = await stage.post(`${order.path}/extend?lang=en`, { until: untilIn(html) })
    expect(answer.headers.get('location')).toBe(`${order.path}?lang=en&extended=1#deadline`)
  })

  it('that is firm says so and has no button; one that was moved often enough says what to do', async () => {
    const firm = await stage.order({ firmDeadline: true })
    const html = await page(firm.path)
    expect(wordsOf(html)).toContain('Hạn này do cơ quan thu ấn định')
    expect(untilIn(html)).toBe('')
    const often = await stage.order()
    const until = untilIn(await page(often.path))
    await stage.sql`update orders set extensions = 3 where id = ${often.id}`
    expect(untilIn(await page(often.path))).toBe('')
    const answer = await stage.post(`${often.path}/extend`, { until, provider: 'beta' })
    expect(answer.status).toBe(409)
    const words = await answer.text()
    expect(words).toContain('Không gia hạn thêm được nữa.')
    expect(words).toMatch(/value="beta" required="" checked=""/)
  })

  it('of an order that is over is not moved: the page says how things stand', async () => {
    const order = await stage.order()
    const until = untilIn(await page(order.path))
    await stage.sql`update orders set status = 'expired' where id = ${order.id}`
    const answer = await stage.post(`${order.path}/extend`, { until })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, order.path])
    for (const odd of ['', '-1', '1e99', '99999999999999999', 'null'])
      expect((await stage.post(`${order.path}/extend`, { until: odd })).status).toBe(303)
    expect((await stage.get(`${order.path}/extend`)).status).toBe(303)
    const foreign = await stage.post(`${order.path}/extend`, { until }, { 'sec-fetch-site': 'cross-site' })
    expect(foreign.status).toBe(403)
  })
})
