// What goes wrong between a citizen and the money, in a real browser: a calm page says what to do, and nothing is lost or doubled.
import { describe, expect, it } from 'vitest'
import { rowsOf } from '../kit/town.ts'
import { browserTown } from './kit/browser-town.ts'
import { expectCalm } from './kit/calm.ts'
import { choose, endAtProvider, follow, heading, payButton, payInBankApp, scan } from './kit/citizen.ts'

const { town, origin, visitor, order } = browserTown()

const attemptsOf = async (id: string) => rowsOf((await town().api(`/v1/orders/${id}/attempts`)).body.data)

/** The page of an order, opened anew when everything that was deferred is done. */
const look = async (page: Parameters<typeof heading>[0], path: string): Promise<string | null> => {
  await town().deps.settled()
  await page.goto(path)
  return heading(page)
}

describe('without scripts', () => {
  it('pays by a form of ours and by a code, and the page that waits reloads itself', async () => {
    const { page, tab } = await visitor({ scripts: 'off' })
    const first = await order()
    await page.goto(first.path)
    await choose(page, 'napas')
    await endAtProvider(page)
    expect(await look(page, first.path)).toBe('Thanh toán thành công')
    const second = await order()
    await page.goto(second.path)
    await choose(page, 'vietqr')
    const [refresh] = await page.locator('meta[http-equiv=refresh]').all()
    expect(await refresh?.getAttribute('content')).toMatch(/^\d+;/)
    await payInBankApp(await tab(), { provider: 'vietqr', code: await scan(page.locator('img.qr')) })
    await follow(page, page.locator(`a.button[href^="${second.path}"]`).last())
    expect(await look(page, second.path)).toBe('Thanh toán thành công')
  })
})

describe('a payment that does not succeed', () => {
  it('fails at one provider, is cancelled at another, and is paid by a third', async () => {
    const { id, path } = await order()
    const { page } = await visitor()
    await page.goto(path)
    await choose(page, 'vnpay')
    await endAtProvider(page, 'insufficient')
    expect(await look(page, path)).toBe('Thanh toán không thành công')
    await choose(page, 'onepay')
    await endAtProvider(page, 'cancelled')
    expect(await look(page, path)).toBe('Thanh toán không thành công')
    await choose(page, 'momo')
    await endAtProvider(page)
    expect(await look(page, path)).toBe('Thanh toán thành công')
    expect((await attemptsOf(id)).map(({ status }) => String(status)).toSorted()).toEqual([
      'captured',
      'failed',
      'failed',
    ])
  })

  it('waits for a bank that has not decided, says not to pay again, and is paid when the bank has', async () => {
    const { id, path } = await order()
    const { page } = await visitor()
    await page.goto(path)
    await choose(page, 'vnpay')
    await endAtProvider(page, 'pending')
    expect(await look(page, path)).toBe('Đang xác nhận')
    expect(await page.locator('main').textContent()).toContain('Vui lòng không thanh toán lại.')
    expect(await payButton(page).count()).toBe(0)
    await follow(page, page.getByRole('button', { name: 'Kiểm tra lại' }))
    expect(await page.locator('main').textContent()).toContain('Vừa hỏi lại đơn vị thanh toán: chưa có kết quả.')
    const [attempt] = await attemptsOf(id)
    await page.request.post(`/simulators/vnpay/payments/${attempt?.merchant_reference}/complete`, {
      data: { result: 'success' },
    })
    expect(await look(page, path)).toBe('Thanh toán thành công')
  })

  it('is told that another amount came, and nothing is claimed', async () => {
    const { id, path } = await order()
    const { page, tab } = await visitor()
    await page.goto(path)
    await choose(page, 'vietqr')
    await payInBankApp(await tab(), { provider: 'vietqr', code: await scan(page.locator('img.qr')), amount: '149.999' })
    expect(await look(page, path)).toBe('Số tiền chưa khớp')
    expect(await page.locator('main').textContent()).toContain('Đã nhận 149.999 đ, cần 150.000 đ.')
    expect((await town().order(id)).amount_paid).toBe(0)
  })
})

describe('a page that is left open', () => {
  it('changes by itself when the bank has decided, keeps its place, and says so aloud', async () => {
    const { id, path } = await order()
    const { page } = await visitor()
    await page.goto(path)
    await choose(page, 'vnpay')
    await endAtProvider(page, 'pending')
    await page.goto(path)
    // Gone if the page were loaded anew.
    await page.evaluate(() => document.body.setAttribute('data-kept', ''))
    const [attempt] = await attemptsOf(id)
    await page.request.post(`/simulators/vnpay/payments/${attempt?.merchant_reference}/complete`, {
      data: { result: 'success' },
    })
    await page.getByRole('heading', { level: 1, name: 'Thanh toán thành công' }).waitFor()
    expect(await page.locator('body[data-kept]').count()).toBe(1)
    expect(await page.locator('#live').textContent()).toContain('Đã nhận 150.000 đ')
  })

  it('leaves the code when the money has come', async () => {
    const { path } = await order()
    const { page, tab } = await visitor()
    await page.goto(path)
    await choose(page, 'vietqr')
    await payInBankApp(await tab(), { provider: 'vietqr', code: await scan(page.locator('img.qr')) })
    await page.waitForURL((url) => url.pathname === path)
    await page.getByRole('heading', { level: 1, name: /Thanh toán thành công|Đã nhận tiền/ }).waitFor()
  })
})

describe('too late', () => {
  it('finds the order expired when the button is pressed after the deadline; money that comes all the same is taken', async () => {
    const deadline = new Date(town().clock.now().getTime() + 1_200_000)
    const { id, path } = await order({ expires_at: deadline.toISOString() })
    const { page, tab } = await visitor()
    await page.goto(path)
    const live = await tab()
    await live.goto(path)
    // A window that hears of nothing: scripts are off there, or the network is.
    const late = (await visitor({ scripts: 'off' })).page
    await late.goto(path)
    await choose(page, 'vnpay')
    await town().pass(7_200, 4)
    await live.getByRole('heading', { level: 1, name: 'Yêu cầu đã hết hạn' }).waitFor()
    await late.locator('input[name=provider][value=momo]').check()
    await follow(late, payButton(late))
    expect(await heading(late)).toBe('Yêu cầu đã hết hạn')
    await page.request.post(`/simulators/vnpay/payments/${(await attemptsOf(id))[0]?.merchant_reference}/complete`, {
      data: { result: 'success' },
    })
    expect(await look(late, path)).toBe('Thanh toán thành công')
  })
})

describe('pressing twice', () => {
  it('starts one payment by a double click', async () => {
    const { id, path } = await order()
    const { page } = await visitor()
    await page.goto(path)
    await page.locator('input[name=provider][value=vnpay]').check()
    await payButton(page).dblclick()
    await page.locator('button[name=result][value=success]').waitFor()
    expect(await attemptsOf(id)).toHaveLength(1)
  })

  it('shows that it is paid to who goes back after paying, and pays nothing again', async () => {
    const { id, path } = await order()
    const { page } = await visitor()
    await page.goto(path)
    await choose(page, 'vnpay')
    await endAtProvider(page)
    await town().deps.settled()
    for (let steps = 0; steps < 4 && (await page.goBack()); steps += 1) {
      const isOurs = new URL(page.url()).pathname === path
      if (isOurs) expect(await heading(page)).toBe('Thanh toán thành công')
      else expect(await page.locator('button[name=result]').count()).toBe(0)
    }
    expect(await attemptsOf(id)).toHaveLength(1)
  })

  it('shows in a second tab that the first one has paid, and starts nothing there', async () => {
    const { id, path } = await order()
    const { page, tab } = await visitor()
    const second = await tab()
    await page.goto(path)
    await second.goto(path)
    await choose(page, 'vnpay')
    await endAtProvider(page)
    await town().deps.settled()
    await second.locator('input[name=provider][value=momo]').check()
    await follow(second, payButton(second))
    expect(await heading(second)).toBe('Thanh toán thành công')
    expect(await attemptsOf(id)).toHaveLength(1)
  })

  it('pays one order in two tabs at two providers: paid once, and the other payment is owed back', async () => {
    const { id, path } = await order()
    const { page, tab } = await visitor()
    const second = await tab()
    await page.goto(path)
    await choose(page, 'vnpay')
    await town().pass(16 * 60)
    await second.goto(path)
    await choose(second, 'momo')
    await endAtProvider(second)
    const [first] = await attemptsOf(id)
    await page.request.post(`/simulators/vnpay/payments/${first?.merchant_reference}/complete`, {
      data: { result: 'success' },
    })
    expect(await look(page, path)).toBe('Đã nhận hai lần thanh toán')
    expect(await page.locator('main').textContent()).toContain('Khoản thừa 150.000 đ')
    expect((await town().order(id)).amount_paid).toBe(150_000)
  })
})

describe('somebody else', () => {
  it('cannot press our buttons from another site', async () => {
    const { id, path } = await order()
    const citizen = await visitor()
    citizen.allow(403)
    const { page } = citizen
    await page.setContent(
      `<form method="post" action="${origin()}${path}"><input name="provider" value="vnpay"><button>x</button></form>`,
    )
    await follow(page, page.getByRole('button'))
    expect(await heading(page)).toBe('Chưa nhận yêu cầu')
    expect(await attemptsOf(id)).toEqual([])
  })
})

describe('an open page', () => {
  it('shows and reads out that the money has come, without being loaded again', async () => {
    const { id, path } = await order()
    const attempt = await town().attempt(id, 'vnpay')
    const visiting = await visitor()
    await visiting.page.goto(path)
    await visiting.page.evaluate(() => document.body.setAttribute('data-same', ''))
    await town().pay('vnpay', attempt)
    await visiting.page.getByRole('heading', { level: 1, name: 'Thanh toán thành công' }).waitFor()
    expect(await visiting.page.locator('body[data-same]').count()).toBe(1)
    expect(await visiting.page.locator('#live').textContent()).toMatch(/^Thanh toán thành công Đã nhận 150\.000 đ/)
    await expectCalm(visiting)
  })

  it('keeps what was chosen and where the keyboard was when something else changes', async () => {
    const { id, path } = await order()
    const { page } = await visitor()
    await page.goto(path)
    await page.locator('input[value=momo]').check()
    await town().sql`update orders set version = version + 1, payer_name = 'Trần Văn Bình' where id = ${id}`
    await page.getByText('Trần Văn Bình').waitFor()
    expect(await page.locator('input[value=momo]').isChecked()).toBe(true)
    expect(await page.evaluate(() => document.activeElement?.getAttribute('value'))).toBe('momo')
    expect(await page.locator('#live').textContent()).toBe('')
  })
})
