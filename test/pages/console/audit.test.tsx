// The audit log in the console: who read what, found by whom, when, what and about what.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditActions } from '../../../src/domain/audit.ts'
import { words } from '../../../src/pages/console/audit/words.ts'
import { startTestApp, type TestApp } from '../../kit/app.ts'
import { type Person, signIn } from '../../kit/console.ts'
import { placeTestOrder } from '../../kit/orders.ts'

let town: TestApp
let reader: Person
let auditor: Person
let orderId = ''
beforeAll(async () => {
  town = await startTestApp()
  orderId = await placeTestOrder(town.deps)
  reader = await signIn(town, 'accountant', { name: 'Lê <b>Đọc</b>' })
  auditor = await signIn(town, 'auditor')
  await reader.open(`/orders/${orderId}`)
  await reader.open('/orders?payer_name=lan')
})
afterAll(() => town.close())

const rowsOf = (html: string) =>
  html
    .match(/<tbody>([\s\S]*)<\/tbody>/)?.[1]
    ?.split('<tr>')
    .slice(1) ?? []
const found = async (query: Record<string, string>) =>
  rowsOf((await auditor.open(`/audit?${new URLSearchParams(query)}`)).html)

describe('the audit log', () => {
  test('shows who read what, by name and in words, and never what name was looked for', async () => {
    const page = await auditor.open('/audit')
    expect(page.status).toBe(200)
    expect(page.text).toMatch(/Lê <b>Đọc<\/b> Xem đơn phí/)
    expect(page.html).not.toContain('<b>Đọc</b>')
    expect(page.html).toContain(`href="/console/orders/${orderId}"`)
    expect(page.text).toContain('payer_name: •••')
    expect(page.text).not.toContain('payer_name: lan')
  })
  test('is found by person, object, deed and day, and has its own reading on it', async () => {
    expect((await found({})).length).toBeGreaterThan(2)
    const own = await found({ actor: auditor.staff.subject })
    expect(own.length).toBeGreaterThan(1)
    expect(own.every((row) => row.includes('Xem nhật ký truy cập'))).toBe(true)
    const deeds = await found({ action: 'orders.found' })
    expect([deeds.length, deeds[0]?.includes('Tìm đơn phí')]).toEqual([1, true])
    const about = await found({ object: orderId })
    expect(about.length).toBeGreaterThan(0)
    expect(about.every((row) => row.includes(orderId))).toBe(true)
    expect(await found({ from: '2026-11-01', to: '2026-11-22' })).toHaveLength(0)
  })
  test('leaves as a file of what was asked for, which is on record too', async () => {
    const page = await auditor.open(`/audit?object=${orderId}&action=order.read`)
    const href = /href="\/console(\/audit\/file[^"]*)"/.exec(page.html)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const file = await auditor.open(href)
    expect(file.response.headers.get('content-type')).toContain('text/csv')
    expect(file.html).toContain(orderId)
    expect(file.html).not.toContain('orders.found')
    expect(await found({ action: 'audit.exported' })).toHaveLength(1)
    expect((await reader.open('/audit/file')).status).toBe(403)
  })
  test('says what is wrong with a question, and keeps it', async () => {
    const page = await auditor.open('/audit?from=2026-11-20&to=2026-11-10')
    expect([page.status, page.html.includes('value="2026-11-20"')]).toEqual([422, true])
  })
  test('is for checkers, auditors and operators, each of their own agency', async () => {
    expect((await reader.open('/audit')).status).toBe(403)
    for (const role of ['checker', 'operator'] as const)
      expect((await (await signIn(town, role)).open('/audit')).status).toBe(200)
    const other = await signIn(town, 'auditor', { agency: 'H56.14' })
    expect((await other.open('/audit')).html).not.toContain(orderId)
  })
})

test('every deed on record has words in both languages', () => {
  for (const language of ['vi', 'en'] as const)
    for (const action of auditActions)
      expect([action, words[language].actions[action]]).not.toEqual([action, undefined])
})
