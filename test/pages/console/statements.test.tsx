// Statements on the console: the list, one statement while it is imported and after, its problems, and what each role may do.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../kit/app.ts'
import { type Person, signIn } from '../../kit/console.ts'
import { seedMerchantAccount } from '../../kit/orders.ts'
import { bankFile, importFile, providerFile, providerHeader, upload } from '../../kit/statements.ts'

let town: TestApp
let account: string
let accountant: Person
beforeAll(async () => {
  town = await startTestApp()
  accountant = await signIn(town, 'accountant')
})
afterAll(() => town.close())
beforeEach(async () => {
  account = await seedMerchantAccount(town.deps, town.sql, { provider: 'test' })
})

let times = 0
/** Another file each time: the same bytes would be one statement. */
const rows = (...amounts: number[]) => {
  times += 1
  return providerFile(amounts.map((amount, at) => ({ reference: `R${times}-${at}`, amount })))
}

describe('the list', () => {
  test('shows what was uploaded, newest first, and filters it', async () => {
    const first = await importFile(town.deps, account, rows(1_234_000))
    const second = await importFile(town.deps, account, bankFile([{ amount: 150_000, text: '<b>x</b>' }]), 'bank')
    const page = await accountant.open(`/statements?account=${account}`)
    expect(page.status).toBe(200)
    expect(page.html.indexOf(second.id)).toBeLessThan(page.html.indexOf(first.id))
    expect(page.html.indexOf(second.id)).toBeGreaterThan(0)
    expect(page.text).toContain('1.234.000')
    const banks = await accountant.open(`/statements?account=${account}&source=bank`)
    expect([banks.html.includes(second.id), banks.html.includes(first.id)]).toEqual([true, false])
  })
  test('has nothing of another agency', async () => {
    const { id } = await importFile(town.deps, account, rows(1_000))
    const stranger = await signIn(town, 'accountant', { agency: 'H56.14' })
    expect((await stranger.open('/statements')).html).not.toContain(id)
    expect((await stranger.open(`/statements/${id}`)).status).toBe(404)
    expect((await stranger.open(`/statements/${id}/problems.csv`)).status).toBe(404)
  })
})

describe('one statement', () => {
  test('reloads itself while it is imported, until somebody stops that', async () => {
    const { id } = await upload(town.deps, account, rows(1_000))
    const page = await accountant.open(`/statements/${id}`)
    expect(page.html).toMatch(/<noscript><meta http-equiv="refresh" content="\d+"/)
    expect(page.html).toContain('<progress')
    expect(page.html).toContain('data-poll=')
    const stopped = await accountant.open(`/statements/${id}?stop=1`)
    expect(stopped.html).not.toMatch(/http-equiv="refresh"|data-poll/)
  })
  test('shows sums, days and the rows that could not be read, as text', async () => {
    const file = `${rows(150_000)}capture,"<script>alert(1)</script>",R-x,,5,,,success,,\n`
    const { id } = await importFile(town.deps, account, file)
    const page = await accountant.open(`/statements/${id}`)
    expect(page.text).toMatch(/1 \/ 2/)
    expect(page.text).toContain('23/11/2026')
    expect(page.html).not.toContain('<script>alert')
    const csv = await accountant.open(`/statements/${id}/problems.csv`)
    expect(csv.response.headers.get('content-type')).toContain('text/csv')
    expect(csv.response.headers.get('content-disposition')).toContain('attachment')
    expect(csv.html.split('\r\n')).toHaveLength(3)
  })
  test('says why it was rejected and what to do', async () => {
    const { id } = await importFile(town.deps, account, `${providerHeader}\nnonsense\n`)
    const page = await accountant.open(`/statements/${id}`)
    expect(page.text).toContain('Tệp bị từ chối')
    expect(page.text).toContain('Cần làm gì')
  })
  test('names sources and states in English too', async () => {
    const { id } = await importFile(town.deps, account, rows(1_000))
    expect((await accountant.open(`/statements/${id}?lang=en`)).text).toContain('Payment provider')
  })
  test('offers the next step to accountants alone', async () => {
    const { id } = await importFile(town.deps, account, rows(1_000))
    expect((await accountant.open(`/statements/${id}`)).text).toContain('Đối soát các ngày này')
    const auditor = await signIn(town, 'auditor')
    const page = await auditor.open(`/statements/${id}`)
    expect([page.status, page.text.includes('Đối soát các ngày này')]).toEqual([200, false])
  })
})
