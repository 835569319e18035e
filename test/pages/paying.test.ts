// Pressing the buttons: choosing a provider, pressing twice, going on, asking again; and what is refused.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startPayment } from '../../src/pages/start-payment.ts'
import { addAttempt } from '../kit/orders.ts'
import { failedSays, silent } from '../kit/scripted-provider.ts'
import { type Stage, startStage, titleIn, wordsOf } from './kit.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage({ payerAddress: () => '203.0.113.7' })
})
afterAll(() => stage.close())

const toAlpha = { type: 'redirect' as const, url: 'https://alpha.test/pay?a=1&b=2' }
beforeEach(() => {
  stage.starting.action = toAlpha
  stage.starting.started.length = 0
  stage.script.payment = silent('unknown')
  stage.script.asked.length = 0
})

const attemptsOf = (orderId: string) =>
  stage.sql`select id, provider, status, fenced_at, bank_code, payer_ip from attempts where order_id = ${orderId} order by created_at, id`

/** The members of the form that the page shows, with one provider chosen: as a browser would send it. */
const choose = async (path: string, provider: string): Promise<Record<string, string>> => {
  const html = await (await stage.get(path)).text()
  expect(html).toContain(`name="provider" value="${provider}"`)
  const hidden = [...html.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)]
  return { provider, ...Object.fromEntries(hidden.map(([, name, value]) => [name ?? '', value ?? ''])) }
}

describe('choosing a provider', () => {
  it('begins one payment and sends the browser to the provider', async () => {
    const order = await stage.order()
    const response = await stage.post(order.path, { ...(await choose(order.path, 'alpha')), bank_code: 'NCB' })
    expect([response.status, response.headers.get('location')]).toEqual([303, toAlpha.url])
    expect(await attemptsOf(order.id)).toMatchObject([
      { provider: 'alpha', status: 'pending', bankCode: 'NCB', payerIp: '203.0.113.7' },
    ])
  })

  it('shows a form of ours where the provider wants one', async () => {
    const order = await stage.order()
    stage.starting.action = { type: 'form', url: 'https://alpha.test/post', fields: { data: '"><script>', mac: 'x' } }
    const response = await stage.post(order.path, await choose(order.path, 'alpha'))
    expect(response.status).toBe(303)
    const html = await (await stage.get(response.headers.get('location') ?? '')).text()
    expect(titleIn(html)).toBe('Đang chuyển tới Ngân hàng Alpha')
    expect(html).toContain('<form method="post" action="https://alpha.test/post">')
    expect(html).toContain('name="data" value="&quot;&gt;&lt;script&gt;"')
    expect(html).toContain('Tiếp tục tới Ngân hàng Alpha</button>')
  })

  it('shows a code to scan, lets only its picture in, and goes back to the order once it is paid', async () => {
    const order = await stage.order()
    stage.starting.action = { type: 'qr', payload: '000201' }
    const response = await stage.post(order.path, await choose(order.path, 'alpha'))
    const path = response.headers.get('location') ?? ''
    const page = await stage.get(path)
    const html = await page.text()
    const [, picture] = /src="http:\/\/gateway\.test([^"]*)"/.exec(html) ?? []
    expect(picture).toMatch(new RegExp(`^${order.path}/qr/att_\\w+\\.svg$`))
    expect((await stage.get(picture ?? '')).status).toBe(200)
    expect(html).toContain('http-equiv="refresh" content="10;')
    expect(page.headers.get('content-security-policy')).toContain('img-src http://gateway.test;')
    const [attempt] = stage.starting.started
    await stage.tell(attempt?.merchantReference ?? '')
    const after = await stage.get(path)
    expect([after.status, after.headers.get('location')]).toEqual([303, order.path])
  })

  it('shows the page that says to wait when the provider does not answer', async () => {
    const order = await stage.order()
    stage.starting.action = 'unknown'
    const response = await stage.post(order.path, await choose(order.path, 'alpha'))
    expect([response.status, response.headers.get('location')]).toEqual([303, order.path])
    expect(titleIn(await (await stage.get(order.path)).text())).toBe('Đang xác nhận')
  })

  it('says which provider cannot be reached and offers the others first', async () => {
    const order = await stage.order()
    stage.starting.action = 'unreachable'
    const response = await stage.post(order.path, await choose(order.path, 'alpha'))
    const html = await response.text()
    expect([response.status, response.headers.get('retry-after')]).toEqual([502, '30'])
    expect(titleIn(html)).toBe('Chờ thanh toán')
    expect(wordsOf(html)).toContain('Chưa có khoản tiền nào được chuyển. Vui lòng chọn nơi khác.')
    expect(html.indexOf('value="beta"')).toBeLessThan(html.indexOf('value="alpha"'))
  })

  it('keeps the language that the reader has chosen', async () => {
    const order = await stage.order()
    const html = await (await stage.get(`${order.path}?lang=en`)).text()
    expect(html).toContain(`action="${order.path}?lang=en"`)
    stage.starting.action = { type: 'form', url: 'https://alpha.test/post', fields: {} }
    const response = await stage.post(`${order.path}?lang=en`, await choose(order.path, 'alpha'))
    expect(response.headers.get('location')).toMatch(/\/attempts\/att_\w+\?lang=en$/)
  })
})

describe('pressing twice', () => {
  it('begins one payment for two clicks at once', async () => {
    const order = await stage.order()
    const form = await choose(order.path, 'alpha')
    const answers = await Promise.all([stage.post(order.path, form), stage.post(order.path, form)])
    expect(answers.map((answer) => answer.headers.get('location'))).toEqual([toAlpha.url, toAlpha.url])
    expect(stage.starting.started).toHaveLength(1)
    expect(await attemptsOf(order.id)).toHaveLength(1)
  })

  it('begins one payment for two clicks at once of a client that sends the provider only', async () => {
    const order = await stage.order()
    const answers = await Promise.all([1, 2, 3].map(() => stage.post(order.path, { provider: 'alpha' })))
    expect(answers.map((answer) => answer.status)).toEqual([303, 303, 303])
    expect(stage.starting.started).toHaveLength(1)
  })

  it('begins one payment for clicks at once that reach as many processes', async () => {
    const order = await stage.order()
    const token = order.path.replace('/pay/', '')
    const form = { provider: 'alpha', bankCode: null, seen: 0 }
    // Each process has its own queue.
    const click = () => startPayment(stage.deps, new Map(), { token, form, payerIp: '203.0.113.7' })
    const started = await Promise.all(Array.from({ length: 6 }, click))
    expect(stage.starting.started).toHaveLength(1)
    expect(await attemptsOf(order.id)).toHaveLength(1)
    expect(started.filter(({ go }) => go === 'problem')).toEqual([])
  })

  it('starts nothing from a page that is older than the last payment', async () => {
    const order = await stage.order()
    const form = await choose(order.path, 'beta')
    await stage.post(order.path, await choose(order.path, 'alpha'))
    const response = await stage.post(order.path, form)
    expect([response.status, response.headers.get('location')]).toEqual([303, order.path])
    expect(await attemptsOf(order.id)).toHaveLength(1)
  })

  it('goes on with the unfinished payment after the way back from the provider', async () => {
    const order = await stage.order()
    await stage.post(order.path, await choose(order.path, 'alpha'))
    const html = await (await stage.get(order.path)).text()
    expect(html).not.toContain('name="provider"')
    const goOn = new RegExp(`href="(${order.path}/attempts/att_\\w+)"`).exec(html)?.[1] ?? ''
    expect((await stage.get(goOn)).headers.get('location')).toBe(toAlpha.url)
    expect(stage.starting.started).toHaveLength(1)
  })

  it('begins another payment after one that the provider has failed', async () => {
    const order = await stage.order()
    await addAttempt(stage.deps, order.id, stage.accounts.alpha, {
      provider: 'alpha',
      status: 'failed',
      failureCode: '24',
    })
    const response = await stage.post(order.path, await choose(order.path, 'alpha'))
    expect(response.headers.get('location')).toBe(toAlpha.url)
    expect(await attemptsOf(order.id)).toHaveLength(2)
  })
})

describe('a payment without a result', () => {
  it('offers no other provider while it may still be paid, and does below a warning once its time is over', async () => {
    const order = await stage.order()
    const expiresAt = new Date(stage.clock.now().getTime() + 60_000)
    await addAttempt(stage.deps, order.id, stage.accounts.alpha, { provider: 'alpha', status: 'pending', expiresAt })
    expect(await (await stage.get(order.path)).text()).not.toContain('name="provider"')
    stage.clock.advance(61)
    const html = await (await stage.get(order.path)).text()
    expect(titleIn(html)).toBe('Đang xác nhận')
    expect(wordsOf(html)).toContain('Chỉ thanh toán lại khi Ông/Bà đã xem tài khoản và thấy chưa bị trừ tiền.')
    const response = await stage.post(order.path, await choose(order.path, 'beta'))
    expect(response.status).toBe(303)
    const [former, next] = await attemptsOf(order.id)
    expect([former?.status, former?.fencedAt !== null, next?.provider]).toEqual(['pending', true, 'beta'])
  })

  it('offers another provider at once when the first one did not answer', async () => {
    const order = await stage.order()
    await addAttempt(stage.deps, order.id, stage.accounts.alpha, { provider: 'alpha', status: 'unknown' })
    const html = await (await stage.get(order.path)).text()
    expect(html.indexOf('value="beta"')).toBeLessThan(html.indexOf('value="alpha"'))
  })

  it('asks the provider when the citizen does, at most once in ten seconds', async () => {
    const order = await stage.order()
    const { merchantReference } = await addAttempt(stage.deps, order.id, stage.accounts.alpha, {
      provider: 'alpha',
      status: 'pending',
    })
    const ask = async () => (await stage.post(`${order.path}/check`)).headers.get('location')
    expect(await ask()).toBe(`${order.path}?checked=now`)
    expect(await ask()).toBe(`${order.path}?checked=wait`)
    expect(stage.script.asked).toEqual([merchantReference])
    const waiting = wordsOf(await (await stage.get(`${order.path}?checked=wait`)).text())
    expect(waiting).toContain('Vừa mới hỏi cách đây ít giây.')
    stage.clock.advance(10)
    stage.script.payment = failedSays
    expect(await ask()).toBe(`${order.path}?checked=now`)
    expect(titleIn(await (await stage.get(order.path)).text())).toBe('Thanh toán không thành công')
  })

  it('reloads every ten seconds, after twenty times every minute, and stops when told to', async () => {
    const order = await stage.order()
    await addAttempt(stage.deps, order.id, stage.accounts.alpha, { provider: 'alpha', status: 'pending' })
    const refresh = async (query: string) =>
      /http-equiv="refresh" content="([^"]+)"/.exec(await (await stage.get(`${order.path}${query}`)).text())?.[1]
    expect(await refresh('')).toBe(`10;url=${order.path}?n=1`)
    expect(await refresh('?n=19')).toBe(`10;url=${order.path}?n=20`)
    expect(await refresh('?n=20&lang=en')).toBe(`60;url=${order.path}?lang=en&amp;n=21`)
    expect(await refresh('?n=9999')).toBeUndefined()
    expect(await refresh('?n=-1')).toBe(`10;url=${order.path}?n=1`)
    expect(await refresh('?auto=off')).toBeUndefined()
    expect(await refresh((await stage.order()).path)).toBeUndefined()
  })
})

describe('refuses', () => {
  const foreign: readonly Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.test' },
    { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' },
  ]
  for (const headers of foreign) {
    it(`a form from another site: ${JSON.stringify(headers)}`, async () => {
      const order = await stage.order()
      for (const path of [order.path, `${order.path}/check`]) {
        expect((await stage.post(path, { provider: 'alpha' }, headers)).status).toBe(403)
      }
      expect(await attemptsOf(order.id)).toHaveLength(0)
    })
  }

  const own: readonly Record<string, string>[] = [
    { 'sec-fetch-site': 'same-origin', origin: 'null' },
    { origin: 'null' },
    { origin: 'http://gateway.test' },
    {},
  ]
  for (const headers of own) {
    it(`nothing of our own page: ${JSON.stringify(headers)}`, async () => {
      const order = await stage.order()
      expect((await stage.post(order.path, { provider: 'alpha' }, headers)).status).toBe(303)
    })
  }

  it('a choice that is none, and names the field', async () => {
    const order = await stage.order()
    for (const form of [{}, { provider: '' }, { provider: '../x' }, { provider: 'A'.repeat(50) }]) {
      const response = await stage.post(order.path, form)
      const html = await response.text()
      expect(response.status).toBe(422)
      expect(html).toContain('aria-describedby="problem"')
      expect(wordsOf(html)).toContain('Vui lòng chọn một nơi thanh toán.')
    }
  })

  it('a provider that is not open to the agency', async () => {
    const order = await stage.order()
    for (const provider of ['gamma', 'constructor', '__proto__']) {
      const response = await stage.post(order.path, { provider })
      expect(response.status).toBe(422)
    }
    expect(await attemptsOf(order.id)).toHaveLength(0)
  })

  it('an amount outside the limits, which the page shows last and closed', async () => {
    const line = { feeCode: null, kind: 'phi' as const, description: 'Phí', unitAmount: 2_000_000n, quantity: 1 }
    const order = await stage.order({ lines: [{ ...line, budgetItem: null, exemption: null }] })
    const html = await (await stage.get(order.path)).text()
    expect(wordsOf(html)).toContain('chỉ nhận từ 10.000 đ đến 1.000.000 đ')
    expect(html).toMatch(/value="alpha" required="" disabled=""/)
    expect((await stage.post(order.path, { provider: 'alpha' })).status).toBe(422)
  })

  it('to pay what is paid, cancelled or over: it shows how things stand', async () => {
    const order = await stage.order()
    const form = await choose(order.path, 'alpha')
    for (const status of ['expired', 'cancelled']) {
      await stage.sql`update orders set status = ${status} where id = ${order.id}`
      const response = await stage.post(order.path, form)
      expect([response.status, response.headers.get('location')]).toEqual([303, order.path])
    }
    await stage.sql`update orders set status = 'open', expires_at = ${stage.clock.now()} where id = ${order.id}`
    expect((await stage.post(order.path, form)).headers.get('location')).toBe(order.path)
    expect(await attemptsOf(order.id)).toHaveLength(0)
  })

  it('a body that is too large, of another kind, or not well-formed', async () => {
    const order = await stage.order()
    const send = async (body: string, type: string) =>
      (await stage.app.request(order.path, { method: 'POST', body, headers: { 'content-type': type } })).status
    const form = 'application/x-www-form-urlencoded'
    expect(await send(`provider=alpha&x=${'y'.repeat(5_000)}`, form)).toBe(413)
    expect(await send('{"provider":"alpha"}', 'application/json')).toBe(400)
    expect(await send('provider=%E0%A4%A', form)).toBe(400)
    expect(await send('provider=alpha&provider=beta', form)).toBe(400)
    expect(await attemptsOf(order.id)).toHaveLength(0)
  })

  it('to send a browser to an address that is no web address', async () => {
    const order = await stage.order()
    stage.starting.action = { type: 'redirect', url: 'javascript:alert(1)' }
    const response = await stage.post(order.path, { provider: 'alpha' })
    expect(response.headers.get('location')).toBe(order.path)
  })

  it("to show another order's payment", async () => {
    const one = await stage.order()
    const other = await stage.order()
    const { id } = await addAttempt(stage.deps, one.id, stage.accounts.alpha, { provider: 'alpha', status: 'pending' })
    await stage.sql`update attempts set action = ${stage.sql.json(toAlpha)} where id = ${id}`
    expect((await stage.get(`${one.path}/attempts/${id}`)).headers.get('location')).toBe(toAlpha.url)
    expect((await stage.get(`${other.path}/attempts/${id}`)).headers.get('location')).toBe(other.path)
  })
})
