// Who read what is on record before they have it: people who read about people, and files and evidence whoever asks.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { routeTable } from '../../src/api/routes.ts'
import { inScope } from '../../src/store/database.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { placeTestOrder, seedMerchantAccount } from '../kit/orders.ts'
import { openDoorForPeople } from '../kit/people.ts'

let gateway: TestApp
let asPerson: ReturnType<typeof openDoorForPeople>
let order: string
let token: string

beforeAll(async () => {
  gateway = await startTestApp()
  asPerson = openDoorForPeople(gateway)
  order = await placeTestOrder(gateway.deps)
  token = await gateway.token()
})
afterAll(() => gateway.close())
beforeEach(async () => {
  // Only who owns the table and switches its guards off can do this.
  await gateway.sql`alter table audit_log disable trigger append_only`
  await gateway.sql`delete from audit_log`
  await gateway.sql`alter table audit_log enable trigger append_only`
})

const rows = () => gateway.sql`select * from audit_log order by at, id`
const period = 'from=2026-11-20&to=2026-11-30'

describe('the table of routes', () => {
  /** Members that only people have; an event's `data` is the whole order. */
  const personal = ['payer', 'payer_name', 'text', 'reason_code', 'holder', 'counterparty', 'cells', 'history']
  const plain = ['readMerchantAccount', 'listMerchantAccounts', 'readReceiptStatus', 'readOutgoingHosts']
  const membersOf = (schema: unknown, found = new Set<string>(), depth = 0): Set<string> => {
    if (typeof schema !== 'object' || schema === null || depth > 12) return found
    const { shape, element, options, def } = schema as Record<string, unknown> & { def?: Record<string, unknown> }
    for (const [name, inner] of Object.entries((shape ?? {}) as object)) {
      found.add(name)
      membersOf(inner, found, depth + 1)
    }
    for (const inner of [element, def?.innerType, def?.valueType, def?.in, def?.out, ...((options ?? []) as unknown[])])
      membersOf(inner, found, depth + 1)
    return found
  }

  it('declares what is put on record for every answer that is a file or is about people', () => {
    const missing = routeTable
      .filter(({ method, scopes }) => method === 'get' && scopes.length > 0)
      .flatMap((route) => {
        const answer = route.responses[200]
        const isFile = answer?.contentTypes?.some((type) => type !== 'application/json') ?? false
        const members = membersOf(answer?.schema)
        const isPersonal = personal.some((name) => members.has(name)) || route.tag === 'Events'
        const wants = { file: isFile, read: isPersonal && !plain.includes(route.operationId) }
        const has = { file: !!route.audit?.file, read: !!route.audit?.read }
        return (wants.file && !has.file) || (wants.read && !has.read) ? [route.operationId] : []
      })
    expect(missing).toEqual([])
    expect(routeTable.filter(({ audit }) => audit).length).toBeGreaterThan(20)
  })

  it('names a parameter of the path wherever it says which object is read', () => {
    const wrong = routeTable.filter(({ audit, path }) => audit?.object && !path.includes(`{${audit.object}}`))
    expect(wrong.map(({ operationId }) => operationId)).toEqual([])
  })
})

describe('on record is', () => {
  it('a person who reads an order, with when, what, whose and from where', async () => {
    expect((await asPerson(`/v1/orders/${order}`)).status).toBe(200)
    expect(await rows()).toMatchObject([
      {
        id: expect.stringMatching(/^aud_/),
        actor: 'https://sso.example#lan',
        action: 'order.read',
        object: order,
        agencyCode: 'H56.12.03',
        at: gateway.deps.now(),
        requestId: 'req_lan',
        address: '203.0.113.0',
        format: null,
      },
    ])
  })

  it('what a list showed and by what it was searched, but not the name that was searched for', async () => {
    expect((await asPerson('/v1/orders?payer_name=Lan&status=open&agency_code=H56.12&limit=5')).status).toBe(200)
    const [row] = await rows()
    expect(row).toMatchObject({ action: 'orders.found', shown: [order], rows: 1, agencyCode: 'H56.12' })
    expect(row?.query).toEqual({ payer_name: '•••', status: 'open', agency_code: 'H56.12' })
    expect((await asPerson('/v1/orders?agency_code=H57')).status).toBe(200)
    expect((await rows()).at(-1)).toMatchObject({ agencyCode: 'H56', rows: 0 })
  })

  it('every file that leaves, whoever asks, and no JSON of a client of ours', async () => {
    for (const path of [`/v1/orders/${order}`, '/v1/orders', `/v1/reports/collections?${period}`, '/v1/events'])
      expect((await gateway.request(path, { token })).status).toBe(200)
    expect(await rows()).toEqual([])
    const file = await gateway.request(`/v1/reports/collections?${period}`, { token, headers: { accept: 'text/csv' } })
    expect(file.status).toBe(200)
    expect(await rows()).toMatchObject([
      { action: 'report.exported', object: 'collections', format: 'text/csv', query: { from: '2026-11-20' } },
    ])
  })

  it('evidence, whoever asks', async () => {
    expect((await gateway.request(`/v1/orders/${order}/evidence`, { token })).status).toBe(200)
    expect(await rows()).toMatchObject([{ action: 'evidence.read', object: order, agencyCode: 'H56.12.03' }])
  })

  it('a person who looks at the rows of an uploaded statement, in which payers stand, and who tries it', async () => {
    const account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test' })
    const body = new FormData()
    body.append('file', new File(['value_date,amount,bank_reference,description\n2026-11-23,1000,FT1,LAN'], 'f.csv'))
    const draft = (await (await asPerson('/v1/statement_drafts', { method: 'POST', body })).json()) as { id: string }
    const path = `/v1/statement_drafts/${draft.id}`
    expect((await asPerson(`${path}/rows?source=bank`)).status).toBe(200)
    const json = JSON.stringify({ merchant_account: account, source: 'bank' })
    const headers = { 'content-type': 'application/json' }
    expect((await asPerson(`${path}/preview`, { method: 'POST', headers, body: json })).status).toBe(200)
    const read = { action: 'statement_draft.read', object: draft.id, agencyCode: 'H56' }
    expect(await rows()).toMatchObject([read, read])
  })

  it('nothing that was refused, and nothing where nothing is declared', async () => {
    expect((await asPerson(`/v1/orders/${order}`, { agency: 'H56.14' })).status).toBe(404)
    expect((await asPerson('/v1/orders?status=lost')).status).toBe(422)
    expect((await asPerson('/v1/overview')).status).toBe(200)
    expect(await rows()).toEqual([])
  })
})

describe('the record', () => {
  it('comes before the answer: without it there is none', async () => {
    await gateway.sql`revoke insert on audit_log from lephi_app`
    try {
      const answer = await asPerson(`/v1/orders/${order}`)
      expect(answer.status).toBe(500)
      expect(await answer.text()).not.toContain('Nguyễn')
      const file = await gateway.request(`/v1/reports/ledger?${period}`, { token, headers: { accept: 'text/csv' } })
      expect(file.status).toBe(500)
    } finally {
      await gateway.sql`grant insert on audit_log to lephi_app`
    }
  })

  it('is never changed, deleted or emptied', async () => {
    await asPerson(`/v1/orders/${order}`)
    // In tests the server's clock lies behind every instant; here it is one at which nothing has been kept long enough.
    await gateway.sql.unsafe(
      'create or replace function lephi_clock() returns timestamptz language sql volatile as $$ select clock_timestamp() $$',
    )
    await expect(gateway.sql`update audit_log set actor = 'x'`).rejects.toThrow('append-only')
    await expect(gateway.sql`delete from audit_log`).rejects.toThrow('append-only')
    await expect(gateway.sql`truncate audit_log`).rejects.toThrow('append-only')
    const asApp = (change: 'update' | 'delete') =>
      inScope(gateway.deps.db, '*', (sql) => [
        change === 'update' ? sql`update audit_log set actor = 'x'` : sql`delete from audit_log`,
      ])
    await expect(asApp('update')).rejects.toThrow('permission denied')
    await expect(asApp('delete')).rejects.toThrow('append-only')
  })

  it('is read by auditors, page by page, by actor, object, action and day, and that is on record too', async () => {
    await asPerson(`/v1/orders/${order}`)
    await asPerson('/v1/orders', { name: 'minh' })
    await asPerson(`/v1/orders/${order}`, { name: 'minh', role: 'checker' })
    const read = async (query: string, agency = 'H56') => {
      const answer = await asPerson(`/v1/audit?${query}`, { name: 'auditor', role: 'auditor', agency })
      expect([query, answer.status]).toEqual([query, 200])
      return (await answer.json()) as { data: { actor: string; action: string }[]; next_cursor: string | null }
    }
    const told = ({ data }: Awaited<ReturnType<typeof read>>) =>
      data.map(({ actor, action }) => `${actor.split('#')[1]} ${action}`)
    expect(told(await read(`object=${order}`))).toEqual(['minh order.read', 'minh orders.found', 'lan order.read'])
    expect(told(await read('actor=https%3A%2F%2Fsso.example%23lan'))).toEqual(['lan order.read'])
    expect(told(await read('action=audit.read'))).toHaveLength(2)
    expect(told(await read('to=2026-11-01'))).toEqual([])
    const first = await read(`object=${order}&limit=2`)
    expect(told(first)).toEqual(['minh order.read', 'minh orders.found'])
    const rest = await read(`object=${order}&limit=2&cursor=${first.next_cursor}`)
    expect(told(rest)).toEqual(['lan order.read'])
    expect(told(await read('', 'H56.14'))).toEqual([])
    const answer = await asPerson('/v1/audit?from=2024-01-01', { role: 'auditor' })
    expect(answer.status).toBe(200)
    expect((await asPerson('/v1/audit?from=2024-01-01&to=2026-01-01', { role: 'auditor' })).status).toBe(422)
  })

  it('leaves as a file in which nothing is a formula, and that is on record as well', async () => {
    await gateway.request(`/v1/orders/${order}/evidence`, { token, headers: { 'x-request-id': '-1-1' } })
    const answer = await asPerson('/v1/audit', { role: 'auditor', headers: { accept: 'text/csv' } })
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="audit-2026-10-24-2026-11-23.csv"')
    const lines = (await answer.text()).split('\r\n')
    expect(lines[0]).toContain('Thời điểm,Ai,Việc')
    const line = lines.find((each) => each.includes('evidence.read'))
    expect(line).toContain(`,evidence.read,H56.12.03,${order},,,,'-1-1,`)
    expect((await rows()).at(-1)).toMatchObject({ action: 'audit.exported', format: 'text/csv' })
  })

  it('knows whose a statement is whose problems left', async () => {
    const account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test', agencyCode: 'H56.14' })
    const id = gateway.deps.newId('stm')
    const row = { id, agencyCode: 'H56.14', merchantAccountId: account, source: 'provider', fileName: 'f', sha256: id }
    await gateway.sql`insert into statements ${gateway.sql({ ...row, totalBytes: 1n, status: 'imported', createdBy: 'x', createdAt: gateway.deps.now() })}`
    await gateway.request(`/v1/statements/${id}/problems`, { token, headers: { accept: 'text/csv' } })
    expect(await rows()).toMatchObject([{ action: 'statement_problems.exported', object: id, agencyCode: 'H56.14' }])
  })
})
