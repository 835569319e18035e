// What goes wrong on the way: tokens that are forged, cut or long past, windows that are older than the order, everything that a portal may write. A calm page
// says what to do, and nothing is begun, lost or doubled.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAttempt } from '../kit/orders.ts'
import { languages, type Stage, startStage, titleIn, wordsOf } from './kit.ts'

let stage: Stage
let addresses = 0
beforeAll(async () => {
  stage = await startStage({
    payerAddress: () => {
      addresses += 1
      return `10.1.${addresses >> 8}.${addresses & 255}`
    },
  })
})
afterAll(() => stage.close())

const asPerson = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const attemptsOf = (id: string) =>
  stage.sql`select provider, status from attempts where order_id = ${id} order by created_at, id`

describe('a token that is none', () => {
  it('leads to a calm page with a way on, at every address and by every method', async () => {
    const { path } = await stage.order()
    const token = path.slice(5)
    const flipped = token.startsWith('A') ? `B${token.slice(1)}` : `A${token.slice(1)}`
    const forged = [
      flipped,
      token.slice(0, -1),
      `${token}A`,
      token.toUpperCase(),
      `${token}%00`,
      '%27--',
      'A'.repeat(5_000),
    ]
    const after = ['', '/check', '/extend', '/events', '/attempts/att_1', '/qr/att_1.svg', '/qr/att_1.png']
    for (const wrong of forged) {
      for (const rest of after) {
        const answer = await stage.get(`/pay/${wrong}${rest}`, asPerson)
        // The addresses where a browser reloads what it posted lead to the order's page, and that says it.
        if (answer.status === 303) expect(['/check', '/extend']).toContain(rest)
        else expect([rest, answer.status], wrong).toEqual([rest, 404])
      }
      for (const rest of ['', '/check', '/extend']) {
        const answer = await stage.post(`/pay/${wrong}${rest}`, { provider: 'alpha', until: '1' }, asPerson)
        const html = await answer.text()
        expect([rest, answer.status], wrong).toEqual([rest, 404])
        expect(titleIn(html)).toBe('Không tìm thấy trang')
        expect(html).toContain('href="/where?lang=vi"')
        expect(html).toContain('href="tel:18001096"')
      }
      for (const rest of ['', '/pdf']) expect((await stage.get(`/receipts/${wrong}${rest}`, asPerson)).status).toBe(404)
    }
  })

  it('says it in English to whoever reads English', async () => {
    const answer = await stage.get('/pay/AAAAAAAAAAAAAAAAAAAAAA', { ...asPerson, 'accept-language': 'en-GB' })
    expect(titleIn(await answer.text())).toBe('Page not found')
  })
})

describe('a window that is older than the order', () => {
  /** What a form sends that was loaded when the order was new. */
  const old = { provider: 'alpha', seen: '0' }

  it('pays nothing once the order is paid, also by the way back and a reload of what was posted', async () => {
    const order = await stage.order()
    const attempt = await addAttempt(stage.deps, order.id, stage.accounts.beta, { provider: 'beta', status: 'pending' })
    await stage.sql`update attempts set merchant_account_id = ${stage.accounts.alpha} where id = ${attempt.id}`
    await stage.tell(attempt.merchantReference)
    await stage.deps.settled()
    for (const form of [old, { ...old, provider: 'beta' }, {}]) {
      const answer = await stage.post(order.path, form)
      expect([answer.status, answer.headers.get('location')]).toEqual([303, order.path])
    }
    expect((await stage.get(`${order.path}/attempts/${attempt.id}`)).headers.get('location')).toBe(order.path)
    expect((await stage.post(`${order.path}/extend`, { until: '1' })).headers.get('location')).toBe(order.path)
    expect(await attemptsOf(order.id)).toHaveLength(1)
    expect(wordsOf(await (await stage.get(order.path)).text())).toContain('Thanh toán thành công')
  })

  it('begins one payment when two windows choose two providers at once', async () => {
    const order = await stage.order()
    const before = stage.starting.started.length
    const answers = await Promise.all([
      stage.post(order.path, old),
      stage.post(order.path, { ...old, provider: 'beta' }),
      stage.post(order.path, old),
    ])
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303])
    expect(stage.starting.started.length - before).toBe(1)
    expect(await attemptsOf(order.id)).toHaveLength(1)
  })

  it('that extends while another pays moves the deadline at most, and begins nothing', async () => {
    const order = await stage.order()
    const html = await (await stage.get(order.path)).text()
    const until = / name="until" value="(\d+)"/.exec(html)?.[1] ?? ''
    const answers = await Promise.all([
      stage.post(order.path, old),
      stage.post(`${order.path}/extend`, { until, provider: 'beta' }),
      stage.post(`${order.path}/extend`, { until, provider: 'beta' }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303])
    expect(await attemptsOf(order.id)).toMatchObject([{ provider: 'alpha' }])
    const [row] = await stage.sql`select extensions, status from orders where id = ${order.id}`
    expect(row).toEqual({ extensions: 1, status: 'open' })
  })
})

describe('what a portal may write', () => {
  const hostile = `</script><script>alert(1)</script>"'><img src=x onerror=alert(2)>{{7*7}}\${x}&amp;&#60;`
  const fill = (length: number) => (hostile + 'Nguyễnthịkhôngdấucách'.repeat(20)).slice(0, length)
  const lines = Array.from({ length: 50 }, (_, index) => ({
    feeCode: `F${index}`,
    kind: 'le_phi' as const,
    description: fill(255),
    unitAmount: 3_000n,
    quantity: 1,
    budgetItem: fill(50),
    exemption: index === 49 ? { rule: fill(150), evidence: fill(255) } : null,
  }))

  const expectTexts = async (paths: readonly string[]) => {
    for (const path of paths)
      for (const language of languages) {
        const answer = await stage.get(`${path}${path.includes('?') ? '&' : '?'}lang=${language}`, asPerson)
        expect(answer.status, path).toBeOneOf([200, 422])
        const html = (await answer.text()).replace(/<script>\(\(\)=>[\s\S]*?<\/script>/, '')
        expect(html, path).not.toMatch(/<script>alert|<img src=x|"'>/)
        expect(html, path).not.toMatch(/\sonerror=alert\(2\)>/)
        expect(html).toContain('</html>')
      }
  }

  it('stands as text on every page, at its longest and fifty times, and breaks none', async () => {
    await stage.sql`update agencies set name = ${fill(150)}, phone = '02373 852 123' where agency_code = 'H56.12.03'`
    const order = await stage.order({
      lines,
      dossierCode: `${hostile.slice(0, 30)}-1`,
      procedureName: fill(150),
      payer: { name: fill(150), address: fill(300) },
      metadata: { note: fill(500) },
      returnUrl: `https://portal.example.vn/?x=%22%3E%3Cscript%3E`,
    })
    const [row] = await stage.sql`select dossier_code, amount, tracing_code from orders where id = ${order.id}`
    stage.starting.action = { type: 'qr', payload: '000201' }
    const pages = [order.path]
    const begun = await stage.post(order.path, { provider: 'alpha', seen: '0' })
    pages.push(begun.headers.get('location') ?? '')
    for (const code of [row?.dossierCode, row?.tracingCode, hostile])
      pages.push(`/where?${new URLSearchParams({ code: String(code), amount: String(row?.amount) })}`)
    pages.push(`/where?${new URLSearchParams({ code: hostile, amount: hostile })}`)
    pages.push(`${order.path}?${new URLSearchParams({ choice: hostile, n: hostile, auto: hostile, checked: hostile })}`)
    await expectTexts(pages)
    await stage.sql`update orders set status = 'cancelled', closed_reason = ${fill(255)} where id = ${order.id}`
    await expectTexts([order.path])
  })
})
