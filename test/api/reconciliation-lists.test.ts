// What a console lists of statements and runs: newest first, page by page, and the rows that could not be read, also as a file.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeCursor } from '../../src/api/paging.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { seedMerchantAccount } from '../kit/orders.ts'

let gateway: TestApp
let token: string
let account: string

beforeAll(async () => {
  gateway = await startTestApp()
  token = await gateway.token(['reconciliation:read'])
  account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test' })
})
afterAll(() => gateway.close())

type Page = { data: Record<string, unknown>[]; next_cursor: string | null }
const read = async (path: string, as = token) => {
  const answer = await gateway.request(path, { token: as })
  return { status: answer.status, ...((await answer.json()) as Page) }
}
const readAll = async (path: string) => {
  const rows: Record<string, unknown>[] = []
  for (let next: string | null = path; next; ) {
    const page: Page = await read(next)
    rows.push(...page.data)
    next = page.next_cursor && `${path}&cursor=${page.next_cursor}`
  }
  return rows
}

const addStatement = async (more: object = {}) => {
  const id = gateway.deps.newId('stm')
  const row = { agencyCode: 'H56', merchantAccountId: account, source: 'provider', fileName: 'f.csv', sha256: id }
  const rest = { totalBytes: 1n, status: 'imported', createdBy: 'cli_test', createdAt: gateway.deps.now() }
  await gateway.sql`insert into statements ${gateway.sql({ id, ...row, ...rest, ...more })}`
  return id
}

it('lists statements newest first, without the problems of their rows, by account, source and status', async () => {
  const problems = gateway.sql.json([{ line: 2, message: 'x' }])
  const provider = await addStatement({ problems, problemCount: 1 })
  const bank = await addStatement({ source: 'bank' })
  const rejected = await addStatement({ status: 'rejected', reason: 'x' })
  const path = `/v1/statements?merchant_account=${account}&limit=2`
  const rows = await readAll(path)
  expect(rows.map(({ id }) => id)).toEqual([rejected, bank, provider])
  expect(rows[2]).toMatchObject({ problem_count: 1, status: 'imported' })
  expect(rows[2]).not.toHaveProperty('problems')
  expect((await readAll(`${path}&source=bank`)).map(({ id }) => id)).toEqual([bank])
  expect((await readAll(`${path}&status=rejected`)).map(({ id }) => id)).toEqual([rejected])
  const other = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'other' })
  expect(await readAll(`/v1/statements?merchant_account=${other}&limit=2`)).toEqual([])
  expect((await read('/v1/statements?status=lost')).status).toBe(422)
})

it('lists runs newest first, by account and status', async () => {
  const ids: string[] = []
  for (const status of ['completed', 'failed', 'running']) {
    const id = gateway.deps.newId('rec')
    const days = { fromDay: '2026-11-22', toDay: '2026-11-22' }
    const row = { id, agencyCode: 'H56', merchantAccountId: account, ...days, status, createdBy: 'x' }
    await gateway.sql`insert into reconciliations ${gateway.sql({ ...row, createdAt: gateway.deps.now() })}`
    ids.unshift(id)
  }
  const path = `/v1/reconciliations?merchant_account=${account}&limit=2`
  expect((await readAll(path)).map(({ id }) => id)).toEqual(ids)
  expect((await readAll(`${path}&status=failed`)).map(({ status }) => status)).toEqual(['failed'])
})

const problems = [
  { line: 2, column: 'amount', message: 'is not a whole number' },
  { line: 3, column: '=HYPERLINK("http://evil","x")', message: '+cmd|calc' },
  { line: 9, message: 'the row has 1 cells, the header 10' },
]

it('pages through the rows that could not be read', async () => {
  const id = await addStatement({ problems: gateway.sql.json(problems), problemCount: 3 })
  expect(await readAll(`/v1/statements/${id}/problems?limit=2`)).toEqual(problems)
  const whole = await addStatement()
  expect(await readAll(`/v1/statements/${whole}/problems?limit=2`)).toEqual([])
  const forged = writeCursor(`statement_problems ${id}`, '1 or 1=1')
  expect((await read(`/v1/statements/${id}/problems?cursor=${forged}`)).status).toBe(422)
  expect((await read(`/v1/statements/${gateway.deps.newId('stm')}/problems`)).status).toBe(404)
})

it('gives them as a file in which nothing is a formula, and which says what it leaves out', async () => {
  const id = await addStatement({ problems: gateway.sql.json(problems), problemCount: 1_203 })
  const answer = await gateway.request(`/v1/statements/${id}/problems`, { token, headers: { accept: 'text/csv' } })
  expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${id}-problems.csv"`)
  const rows = (await answer.text()).split('\r\n')
  expect(rows).toEqual([
    'Dòng,Cột,Lý do',
    '2,amount,is not a whole number',
    `3,"'=HYPERLINK(""http://evil"",""x"")",'+cmd|calc`,
    '9,,"the row has 1 cells, the header 10"',
    ',,và 1200 dòng lỗi khác không được liệt kê',
    '',
  ])
})
