// The demo's service portal, told as a person meets it: an order for a real procedure, paid, and the webhooks that come back; all over HTTP.
import { createHmac } from 'node:crypto'
import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { fieldOf, orderOf, troubleOf } from '../../src/simulators/portal/order-form.ts'
import { verifyWebhook } from '../../src/simulators/portal/verify-webhook.ts'
import { foundPortal } from '../kit/portal-in-town.ts'
import { rowsOf, startTown, type Town } from '../kit/town.ts'
import { fieldsOf, form, plain, textOf } from './portal-kit.ts'

// Webhooks go to this machine or by https, as the gateway wants it.
const publicUrl = 'http://127.0.0.1:8787'
let town: Town
let portal: Hono

beforeAll(async () => {
  const found = await foundPortal(publicUrl)
  portal = found.portal
  town = await startTown(undefined, {
    publicUrl,
    extras: { demoPortal: portal, bankAppHref: '/simulators/vietqr/bank-app' },
  })
  await found.join(town)
})
afterAll(() => town.close())

const get = (path: string) => town.request(`/demo-portal${path}`)
const page = async (path: string) => {
  const answer = await get(path)
  expect([path, answer.status]).toEqual([path, 200])
  return answer.text()
}
const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  town.request(`/demo-portal${path}`, { ...form(fields), headers })

/** The form of a procedure as it begins. */
const begin = async (procedure: string, agency = 'H56.12.03') =>
  fieldsOf(await page(`/new?${new URLSearchParams({ procedure, agency })}`))

/** Sends the form; the path of the order's page. */
const order = async (fields: Record<string, string>): Promise<string> => {
  const answer = await post('/new', fields)
  expect([answer.status, answer.status === 303 ? '' : textOf(await answer.text())]).toEqual([303, ''])
  return (answer.headers.get('location') ?? '').replace('/demo-portal', '')
}
const idIn = (path: string) => /ord_[0-9a-z]+/.exec(path)?.[0] ?? ''

describe('an order', () => {
  it('is made, paid, and told of: each webhook is verified, shown once, and counted when it comes again', async () => {
    const first = textOf(await page(''))
    expect(first).toContain('Chưa nhận được webhook nào.')
    const fields = await begin('lltp')
    expect(fields).toMatchObject({ agency: 'H56.12.03', unit_amount_0: '200000', quantity_0: '1', quantity_1: '0' })
    const path = await order({ ...fields, quantity_1: '3', payer_name: 'Trần <b>Hùng</b>' })
    const id = idIn(path)
    expect(await town.order(id)).toMatchObject({ amount: 215_000, status: 'open', metadata: { portal: 'demo-portal' } })
    const shown = await page(path)
    for (const said of ['Chờ thanh toán', '215.000 đ', 'Thu thêm từ Phiếu thứ 3 × 3', 'Trần <b>Hùng</b>'])
      expect(textOf(shown)).toContain(said)
    expect(shown).toContain(`href="${(await town.order(id)).checkout_url}"`)
    await town.pay('vnpay', await town.attempt(id, 'vnpay'))
    await town.pass(10, 2)
    const paid = textOf(await page(path))
    for (const said of ['Đã thanh toán', 'order.created', 'attempt.captured', 'order.paid', 'Đúng chữ ký'])
      expect(paid).toContain(said)
    expect(paid).not.toContain('Sai chữ ký')
    const webhook = fieldsOf(await page(path))
    expect((await post('/webhooks/again', webhook)).headers.get('location')).toContain('asked=1')
    await town.pass(10, 2)
    expect(textOf(await page(path))).toContain('Nhận 2 lần')
    // Back from the checkout, by the address that the order was given.
    const back = await town.request(String((await town.order(id)).return_url).replace(publicUrl, ''))
    expect([back.status, idIn(back.headers.get('location') ?? '')]).toEqual([303, id])
    expect(textOf(await page(''))).toContain(fields.dossier_code)
  })

  it('leads a payer who has no phone at hand from its code to the simulated bank app, and back', async () => {
    const id = idIn(await order(await begin('lltp')))
    const path = new URL(String((await town.order(id)).checkout_url)).pathname
    const chosen = await town.request(
      path,
      form({ ...fieldsOf(await (await town.request(path)).text()), provider: 'vietqr' }),
    )
    const code = await (await town.request((chosen.headers.get('location') ?? '').replace(publicUrl, ''))).text()
    const href = plain(/href="(\/simulators\/vietqr\/bank-app[^"]*)"/.exec(code)?.[1] ?? '')
    const app = (init?: RequestInit) => town.simulators.app.request(href.replace('/simulators', ''), init)
    const shown = await (await app()).text()
    expect(fieldsOf(shown)).toMatchObject({
      amount: '200000',
      back: (chosen.headers.get('location') ?? '').replace(publicUrl, ''),
    })
    const sent = await (await app(form({ ...fieldsOf(shown), result: 'success' }))).text()
    expect(sent).toContain(`href="${path}`)
    await town.deps.settled()
    expect((await town.order(id)).status).toBe('paid')
  })

  it('of nothing to pay is waived', async () => {
    expect(textOf(await page(await order(await begin('ht-ket-hon'))))).toContain('Được miễn, không phải nộp')
  })

  it('that is sent twice is one', async () => {
    const fields = await begin('lltp')
    expect(await order(fields)).toBe(await order(fields))
    const other = await post('/new', { ...fields, payer_name: 'Somebody else' })
    expect([other.status, textOf(await other.text()).includes('idempotency_key_reused')]).toEqual([409, true])
  })

  it('that the gateway refuses says why at each field, and keeps what was typed', async () => {
    const fields: Record<string, string> = {
      ...(await begin('lltp')),
      payer_name: '',
      dossier_code: 'x'.repeat(101),
      quantity_1: '2',
    }
    const answer = await post('/new?lang=en', { ...fields, [fieldOf.unitAmount(1)]: 'five <i>', agency: 'H99' })
    expect(answer.status).toBe(422)
    const html = await answer.text()
    for (const name of ['payer_name', 'dossier_code', 'unit_amount_1']) expect(html).toContain(`id="${name}-wrong"`)
    expect(html).not.toContain('id="unit_amount_0-wrong"')
    expect(fieldsOf(html)).toMatchObject({ unit_amount_1: 'five <i>', unit_amount_0: '200000' })
    expect(html).not.toContain('<i>')
    expect(fieldsOf(html).key).not.toBe(fields.key)
    expect((await post('/new', { ...(await begin('lltp')), agency: 'H99' })).status).toBe(404)
    expect((await post('/new', { ...(await begin('lltp')), quantity_0: '0' })).status).toBe(422)
  })

  it('of another one’s number or of nobody is a calm page', async () => {
    expect((await get('/orders/ord_nothing')).status).toBeGreaterThanOrEqual(404)
    expect((await get('/dossier?code=nowhere')).headers.get('location')).toMatch(/^\/demo-portal\?/)
  })

  it('is not made by a form of another site', async () => {
    const fields = await begin('lltp')
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }])
      expect((await post('/new', fields, headers)).status).toBe(403)
  })
})

describe('a webhook', () => {
  it('that somebody else signed is refused, shown as such, and pushes out none that is genuine', async () => {
    const before = rowsOf((await town.api('/v1/orders?limit=1')).body.data)
    const body = JSON.stringify({ type: 'order.paid', timestamp: 'now', data: { id: before[0]?.id } })
    const now = String(Math.floor(town.clock.now().getTime() / 1_000))
    for (let n = 0; n < 40; n += 1) {
      const headers = { 'webhook-id': `evt_forged${n}`, 'webhook-timestamp': now, 'webhook-signature': 'v1,AAAA' }
      expect((await town.request('/demo-portal/webhooks', { method: 'POST', body, headers })).status).toBe(401)
    }
    const shown = await page('')
    expect(shown.match(/evt_forged\d+/g)?.length).toBe(20)
    expect(textOf(shown)).toContain('Sai chữ ký')
    expect(textOf(shown)).toContain('Đúng chữ ký')
    expect(textOf(await page(`/orders/${before[0]?.id}`))).not.toContain('Sai chữ ký')
  })

  it('is believed by the rules of Standard Webhooks', async () => {
    const key = Buffer.from('0123456789abcdef0123456789abcdef')
    const secret = `whsec_${key.toString('base64')}`
    const at = new Date('2026-11-23T02:00:00Z')
    const sign = (id: string, time: string, text: string) =>
      `v1,${createHmac('sha256', key).update(`${id}.${time}.${text}`).digest('base64')}`
    const time = String(at.getTime() / 1_000)
    const message = { id: 'evt_1', timestamp: time, signature: sign('evt_1', time, '{}'), body: '{}' }
    const verdict = (change: object, secretGiven: string | null = secret) =>
      verifyWebhook({ ...message, ...change }, { secret: secretGiven, at })
    expect(await verdict({})).toBe('verified')
    expect(await verdict({ signature: `v1,${'A'.repeat(43)}= v2,x ${message.signature}` })).toBe('verified')
    for (const change of [{ body: '{ }' }, { id: 'evt_2' }, { signature: message.signature.replace('v1,', 'v1a,') }])
      expect([change, await verdict(change)]).toEqual([change, 'bad_signature'])
    for (const seconds of [301, -301]) {
      const timestamp = String(Number(time) + seconds)
      expect(await verdict({ timestamp, signature: sign('evt_1', timestamp, '{}') })).toBe('too_old')
    }
    expect(await verdict({ signature: undefined })).toBe('incomplete')
    expect(await verdict({ timestamp: '1e9' })).toBe('incomplete')
    expect(await verdict({}, null)).toBe('no_secret')
  })
})

it('finds the field that a pointer of the gateway means, whichever fees were left out', () => {
  const fee = { fee_code: 'A', kind: 'phi', description: 'a', unit_amount: 1n, quantity: 1, budget_item: null }
  const procedure = { id: 'p', code: null, name: 'P', field: 'f', fees: [fee, fee, fee] }
  const { json, feeOfLine } = orderOf(
    procedure,
    { quantity_0: '0', quantity_1: '', quantity_2: '2', unit_amount_2: '1.000' },
    'x',
  )
  expect(json).toMatchObject({ lines: [{ unit_amount: 1_000, quantity: 2 }] })
  const errors = [
    { pointer: '/lines/0/quantity', message: 'a' },
    { pointer: '/lines/0/quantity', message: 'b' },
    { pointer: '/lines/7/quantity', message: 'c' },
  ]
  const { byField, others } = troubleOf({ status: 422, code: 'x', title: '', detail: null, errors }, feeOfLine)
  expect([...byField]).toEqual([['quantity_2', 'a; b']])
  expect(others).toEqual([errors[2]])
})

describe('every page', () => {
  it('runs no script and speaks both languages', async () => {
    for (const path of ['', '/new?procedure=lltp&agency=H56.12.03']) {
      for (const lang of ['vi', 'en']) {
        const answer = await get(`${path}${path.includes('?') ? '&' : '?'}lang=${lang}`)
        const html = await answer.text()
        expect(html).toContain(`<html lang="${lang}">`)
        expect(html).toContain('DEMO')
        expect(html).not.toMatch(/<script| style="| on[a-z]+="|http-equiv/)
        expect(answer.headers.get('content-security-policy')).toMatch(
          /^default-src 'none'; style-src 'sha256-[^']+'; form-action/,
        )
        expect(answer.headers.get('refresh')).toBeNull()
      }
    }
    expect((await get('?watch=1')).headers.get('refresh')).toBe('5')
  })

  it('is not there in production', async () => {
    const extras = { demoPortal: portal, simulators: town.simulators.app }
    const demo = buildApp(town.deps, readConfig({ PUBLIC_URL: publicUrl }), extras)
    const production = buildApp({ ...town.deps, mode: 'production' }, readConfig({ PUBLIC_URL: publicUrl }), extras)
    for (const path of ['/demo-portal', '/simulators/vnpay/ledger']) {
      expect([path, (await demo.request(path)).status]).toEqual([path, 200])
      expect([path, (await production.request(path)).status]).toEqual([path, 404])
    }
  })
})
