// Webhooks in the console: endpoints with secrets that are shown once, deliveries and sending them again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventTypes } from '../../../src/domain/order-events.ts'
import { deliverWebhooks } from '../../../src/flows/deliver-webhooks.ts'
import { eventTypeWords } from '../../../src/pages/console/event-type-words.ts'
import { addList } from '../../../src/store/outgoing-hosts.ts'
import { startTestApp, type TestApp } from '../../kit/app.ts'
import { type Person, signIn } from '../../kit/console.ts'
import { placeTestOrder } from '../../kit/orders.ts'

let town: TestApp
let operator: Person
let status = 204

beforeAll(async () => {
  town = await startTestApp({ fetch: async () => new Response(null, { status }) })
  operator = await signIn(town, 'operator')
})
afterAll(() => town.close())

const secretIn = (text: string): string => /whsec_[\w+/=]+/.exec(text)?.[0] ?? ''
const form = { act: 'add', url: 'https://portal.example.vn/hook', agency_code: 'H56.12', once: 'a'.repeat(22) }
const endpointId = async (): Promise<string> =>
  String((await town.sql`select id from webhook_endpoints order by id limit 1`)[0]?.id)
const deliveries = () => town.sql`select id, status from webhook_deliveries order by id`

describe('an endpoint', () => {
  test('is added once, and its secret is shown by that answer alone', async () => {
    const made = await operator.send('/webhooks/new', { ...form, 'type:order.paid': '1', 'type:order.created': '1' })
    expect(made.status).toBe(200)
    const secret = secretIn(made.text)
    expect(secret.length).toBeGreaterThan(40)
    expect(made.response.headers.get('cache-control')).toBe('no-store')
    const again = await operator.send('/webhooks/new', { ...form, 'type:order.paid': '1', 'type:order.created': '1' })
    expect(secretIn(again.text)).toBe(secret)
    expect(await town.sql`select agency_code, event_types from webhook_endpoints`).toMatchObject([
      { agencyCode: 'H56.12', eventTypes: ['order.created', 'order.paid'] },
    ])
    for (const path of ['/webhooks', `/webhooks/${await endpointId()}`]) {
      const page = await operator.open(path)
      expect(page.text).toContain('https://portal.example.vn/hook')
      expect(page.text).toContain('Lập đơn phí, Đơn phí được thanh toán')
      expect(page.html).not.toContain(secret)
    }
  })
  test('is refused for an address that is none, with what was typed', async () => {
    const url = 'http://"><script>alert(1)</script>'
    const page = await operator.send('/webhooks/new', { ...form, url, 'type:order.paid': '1', once: 'b'.repeat(22) })
    expect([page.status, page.text.includes('Địa chỉ nhận')]).toEqual([422, true])
    expect(page.html).not.toContain('<script>alert')
    expect(page.html).toMatch(/name="type:order\.paid" value="1" checked/)
    expect(page.html).toContain('&lt;script&gt;alert(1)')
  })
})

describe('a host that the agency may not call', () => {
  const setList = (hosts: string[] | null) => {
    town.clock.advance(1)
    return addList(
      town.deps.db,
      { agency: '*' },
      { agencyCode: 'H56', hosts, setBy: 'cli_test', setAt: town.deps.now() },
    )
  }

  test('is refused in Vietnamese, with the list and with what was typed', async () => {
    await setList(['*.example.vn'])
    const url = 'https://hooks.elsewhere.vn/a'
    const page = await operator.send('/webhooks/new', { ...form, url, once: 'e'.repeat(22) })
    expect(page.status).toBe(422)
    expect(page.text).toContain('Đơn vị không được phép gửi đến máy chủ này')
    expect(page.text).toContain('chỉ cho phép gửi đến các máy chủ trong danh sách')
    expect(page.text).toMatch(/Địa chỉ nhận.*agency H56 allows: \*\.example\.vn/)
    expect(page.html).toContain(`value="${url}"`)
  })

  test('is told with each try of a delivery', async () => {
    await setList([])
    await placeTestOrder(town.deps, { dossierCode: 'H56.12.03-261122-0099' })
    await deliverWebhooks(town.deps, { limit: 10 })
    const page = await operator.open('/webhooks?event_type=order.created')
    expect(page.text).toContain('máy chủ không nằm trong danh sách được phép gửi của đơn vị')
    await setList(null)
    await town.sql`delete from webhook_deliveries`
  })
})

describe('deliveries', () => {
  test('are shown with what was answered, and sent again', async () => {
    status = 500
    await placeTestOrder(town.deps)
    await deliverWebhooks(town.deps, { limit: 10 })
    const page = await operator.open('/webhooks?event_type=order.created&status=pending')
    expect(page.text).toMatch(/Lập đơn phí order\.created · evt_\w+/)
    expect(page.text).toMatch(/Đang chờ gửi Thử tiếp lúc .* 1 lần thử .* · 500/)
    status = 204
    town.clock.advance(60)
    await deliverWebhooks(town.deps, { limit: 10 })
    const [row] = await deliveries()
    expect(row?.status).toBe('delivered')
    const sent = await operator.send('/webhooks?status=delivered', { act: 'again', item: String(row?.id) })
    expect(sent.location).toBe('/console/webhooks?status=delivered&done=again')
    expect((await deliveries())[0]?.status).toBe('pending')
  })
  test('of a time span are sent again, and told how many', async () => {
    await deliverWebhooks(town.deps, { limit: 10 })
    const path = `/webhooks/${await endpointId()}`
    const wrong = await operator.send(path, { act: 'span', from: 'x', to: '2026-11-24T00:00' })
    expect([wrong.status, wrong.text.includes('Từ lúc'), wrong.html.includes('value="2026-11-24T00:00"')]).toEqual([
      422,
      true,
      true,
    ])
    const sent = await operator.send(path, { act: 'span', from: '2026-11-23T09:00', to: '2026-11-23T10:00' })
    expect((await operator.follow(sent)).text).toContain('1 lần gửi đã được xếp lại')
    expect((await deliveries())[0]?.status).toBe('pending')
  })
})

describe('a secret', () => {
  test('is changed once per form, shown once, and not changed again while the former one signs', async () => {
    const path = `/webhooks/${await endpointId()}`
    const rotate = { act: 'rotate', once: 'c'.repeat(22) }
    const [first, again] = [await operator.send(path, rotate), await operator.send(path, rotate)]
    expect(secretIn(first.text)).not.toBe('')
    expect(secretIn(again.text)).toBe(secretIn(first.text))
    const page = await operator.open(path)
    expect(page.text).toContain('Khóa cũ còn ký cùng đến')
    expect(secretIn(page.html)).toBe('')
    const soon = await operator.send(path, { act: 'rotate', once: 'd'.repeat(22) })
    expect([soon.status, soon.text.includes('Chưa thực hiện được')]).toEqual([409, true])
  })
})

describe('nobody else', () => {
  test('sees or does any of it', async () => {
    const path = `/webhooks/${await endpointId()}`
    for (const role of ['accountant', 'checker', 'auditor'] as const) {
      const person = await signIn(town, role)
      for (const each of ['/webhooks', path, '/webhooks/new']) expect((await person.open(each)).status).toBe(403)
      expect((await person.send(path, { act: 'retire' })).status).toBe(403)
    }
    const other = await signIn(town, 'operator', { agency: 'H56.14' })
    expect((await other.open(path)).status).toBe(404)
    expect((await other.send(path, { act: 'retire' })).status).toBe(404)
  })
  test('gets anything after an endpoint is retired for good', async () => {
    const path = `/webhooks/${await endpointId()}`
    expect((await operator.open(path)).text).toContain('Không mở lại được')
    expect((await operator.send(path, { act: 'retire' })).location).toBe('/console/webhooks?done=retired')
    const page = await operator.open(path)
    expect(page.text).toContain('Đã ngừng từ')
    expect(page.html).not.toContain('value="rotate"')
  })
})

test('every type of event has a name in both languages', () => {
  for (const language of ['vi', 'en'] as const)
    for (const type of eventTypes) expect([type, eventTypeWords[language][type]]).not.toEqual([type, undefined])
})
