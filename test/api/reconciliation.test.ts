// Statements, reconciliations and discrepancies as an accountant's system sees them.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { seedMerchantAccount } from '../kit/orders.ts'
import { payOrder, startPayment } from '../kit/reconciliation.ts'
import { providerFile } from '../kit/statements.ts'

let gateway: TestApp
let token: string
let stranger: string
let account: string

beforeAll(async () => {
  gateway = await startTestApp()
  token = await gateway.token(['reconciliation:write', 'reconciliation:read'])
  stranger = await gateway.token(['reconciliation:write', 'reconciliation:read'], 'H56.14')
})
afterAll(() => gateway.close())
beforeEach(async () => {
  account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test' })
})

const form = (fields: Record<string, string | File>) => {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.append(name, value)
  return data
}
const upload = async (fields: Record<string, string | File>, as = token) => {
  const answer = await gateway.request('/v1/statements', { method: 'POST', body: form(fields), token: as })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> & { id: string } }
}
const fileOf = (text: string) => new File([text], 'đối soát 23-11.csv')
const read = async (path: string, as = token) => {
  const answer = await gateway.request(path, { token: as })
  return {
    status: answer.status,
    body: (await answer.json()) as Record<string, unknown> & {
      data: Record<string, unknown>[]
      next_cursor: string | null
    },
  }
}
const post = async (path: string, json: object, as = token) => {
  const answer = await gateway.request(path, { token: as, json })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> & { id: string } }
}
const line = (attempt: { merchantReference: string; amount: bigint }) => ({
  reference: attempt.merchantReference,
  amount: attempt.amount,
})
const run = async (period = { from: '2026-11-23', to: '2026-11-25' }) => {
  const started = await post('/v1/reconciliations', { merchant_account: account, ...period })
  await gateway.deps.settled()
  return started
}

it('imports a statement whose file comes before the fields, and shows what became of it', async () => {
  const attempt = await payOrder(gateway.deps, account)
  const text = `${providerFile([line(attempt)])}broken\n`
  const { status, body } = await upload({ file: fileOf(text), source: 'provider', merchant_account: account })
  expect([status, body]).toEqual([
    202,
    { id: expect.stringMatching(/^stm_/), status: 'queued', format: 'canonical-csv', duplicate: false },
  ])
  await gateway.deps.settled()
  expect((await read(`/v1/statements/${body.id}`)).body).toMatchObject({
    status: 'imported',
    source: 'provider',
    file_name: 'đối soát 23-11.csv',
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    progress: { bytes: new TextEncoder().encode(text).length, lines: 2 },
    lines: 2,
    accepted: 1,
    problem_count: 1,
    problems: [{ line: 3, message: 'the row has 1 cells, the header 10' }],
    credits: 150_000,
    debits: 0,
    closes: null,
    from: '2026-11-23',
    to: '2026-11-23',
  })
  const again = await upload({
    source: 'provider',
    merchant_account: account,
    format: 'canonical-csv',
    file: fileOf(text),
  })
  expect([again.status, again.body]).toEqual([
    200,
    { id: body.id, status: 'imported', format: 'canonical-csv', duplicate: true },
  ])
})

it("takes a bank's MT940, named or detected, and shows its balances in the dry run as in the import", async () => {
  const text =
    ':20:S\n:25:970436/0123456789\n:60F:C261123VND1000,\n:61:261124C500,NTRFPO-1//FT1\n:62F:C261124VND1500,\n-\n'
  const fields = { file: fileOf(text), source: 'bank', merchant_account: account }
  const told = {
    status: 'imported',
    format: 'mt940',
    lines: 1,
    accepted: 1,
    opening_balance: 1_000,
    closing_balance: 1_500,
    credits: 500,
    closes: true,
    account: '970436/0123456789',
    currency: 'VND',
    from: '2026-11-24',
  }
  const dryRun = await upload({ ...fields, dry_run: 'true' })
  expect([dryRun.status, dryRun.body]).toEqual([200, expect.objectContaining({ ...told, dry_run: true })])
  const { status, body } = await upload({ ...fields, format: 'mt940' })
  expect([status, body.format]).toEqual([202, 'mt940'])
  await gateway.deps.settled()
  expect((await read(`/v1/statements/${body.id}`)).body).toMatchObject(told)
})

it('reads everything and stores nothing in a dry run', async () => {
  const fields = { source: 'provider', merchant_account: account, dry_run: 'true' }
  const good = await upload({ ...fields, file: fileOf(`${providerFile([{ reference: 'a', amount: 5 }])}broken\n`) })
  expect([good.status, good.body]).toMatchObject([
    200,
    { id: null, dry_run: true, status: 'imported', accepted: 1, problem_count: 1, credits: 5 },
  ])
  const bad = await upload({ ...fields, file: fileOf('a,b\n1,2\n') })
  expect(bad.body).toMatchObject({
    id: null,
    status: 'rejected',
    reason: expect.stringContaining('no column'),
    accepted: 0,
  })
  const [left] =
    await gateway.sql`select (select count(*) from statements where merchant_account_id = ${account})::int + (select count(*) from statement_chunks where statement_id not in (select id from statements))::int as count`
  expect(left?.count).toBe(0)
})

it('runs a reconciliation and pages through its items and discrepancies', async () => {
  const [paid, unknown] = [
    await payOrder(gateway.deps, account),
    await startPayment(gateway.deps, account, { status: 'unknown' }),
  ]
  const rows = [line(paid), line(unknown), { reference: 'x1', amount: 1 }, { reference: 'x2', amount: 2 }]
  await upload({ source: 'provider', merchant_account: account, file: fileOf(providerFile(rows)) })
  await gateway.deps.settled()
  const started = await run()
  expect([started.status, started.body]).toEqual([202, { id: expect.stringMatching(/^rec_/), status: 'running' }])
  const path = `/v1/reconciliations/${started.body.id}`
  expect((await read(path)).body).toMatchObject({
    status: 'completed',
    merchant_account: account,
    from: '2026-11-23',
    progress: { phase: 'done', items: 4, healed: 1 },
    summary: {
      matched: { count: 1, amount_here: 150_000, amount_there: 150_000 },
      missing_here: { count: 3, amount_here: 0, amount_there: 150_003 },
      unsettled: { count: 0, amount_here: 0, amount_there: 0 },
    },
  })
  const seen = []
  for (let next: string | null = `${path}/items?limit=3`; next; ) {
    const page: Awaited<ReturnType<typeof read>> = await read(next)
    seen.push(...page.body.data)
    next = page.body.next_cursor && `${path}/items?limit=3&cursor=${page.body.next_cursor}`
  }
  expect(seen.map((item) => item.class).toSorted()).toEqual(['matched', 'missing_here', 'missing_here', 'missing_here'])
  const matched = await read(`${path}/items?class=matched`)
  expect(matched.body.data).toMatchObject([
    {
      source: 'provider',
      attempt: paid.id,
      order: paid.orderId,
      refund: null,
      statement_line: { line: 2 },
      candidates: [],
      bank_reference: null,
      payout_references: [],
      proof: { rule: 'reference+amount' },
    },
  ])
  const queue = await read(`/v1/discrepancies?status=open&class=missing_here&merchant_account=${account}&limit=2`)
  expect(queue.body.data).toHaveLength(2)
  expect(queue.body.data[0]).toMatchObject({
    reconciliation: started.body.id,
    policy: 'heal_from_statement',
    due_on: '2026-11-24',
    history: [{ event: 'opened', by: 'lephi' }],
  })
  expect(
    (await read(`/v1/discrepancies?merchant_account=${account}&cursor=${queue.body.next_cursor}`)).body.data,
  ).toHaveLength(1)
  const other = await run()
  const page = await read(`${path}/items?limit=1`)
  expect(await read(`/v1/reconciliations/${other.body.id}/items?cursor=${page.body.next_cursor}`)).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/query/cursor' }] },
  })
})

it('shows no other side of what nobody listed', async () => {
  const attempt = await payOrder(gateway.deps, account)
  await upload({
    source: 'provider',
    merchant_account: account,
    file: fileOf(providerFile([{ reference: 'x', amount: 7 }])),
  })
  await gateway.deps.settled()
  const { body } = await run()
  const { body: items } = await read(`/v1/reconciliations/${body.id}/items?class=missing_at_provider`)
  expect(items.data).toMatchObject([{ attempt: attempt.id, statement_line: null, amount_there: null }])
  const [item] = items.data
  const fields = (item?.proof as { fields?: Record<string, object> } | undefined)?.fields ?? {}
  expect(fields.reference).toEqual({ here: item?.provider_reference })
  for (const [name, sides] of Object.entries(fields)) expect([name, Object.keys(sides)]).toEqual([name, ['here']])
})

it('lists discrepancies by the classes that there are', async () => {
  for (const name of ['paid_twice', 'late_payment', 'reversed', 'missing_here', 'fee_mismatch', 'unsettled'])
    expect([name, (await read(`/v1/discrepancies?class=${name}`)).status]).toEqual([name, 200])
  for (const name of ['nonsense', 'matched', 'Missing_Here', ''])
    expect(await read(`/v1/discrepancies?class=${name}`)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/query/class' }] },
    })
})

describe('a discrepancy', () => {
  it('tells of itself without what was noted, and with its order', async () => {
    const attempt = await payOrder(gateway.deps, account)
    const path = await openOne()
    const { body: queue } = await read(`/v1/discrepancies?merchant_account=${account}&class=missing_at_provider`)
    const missing = String(queue.data[0]?.id)
    for (const each of [path, `/v1/discrepancies/${missing}`])
      await post(`${each}/resolve`, { resolution: 'provider_corrected', note: 'Bà Lan, CCCD 038190001234' })
    const feed = await gateway.request('/v1/events?limit=200', { token: await gateway.token(['orders:read']) })
    const { data } = (await feed.json()) as {
      data: { type: string; order: string | null; data: Record<string, unknown> }[]
    }
    const told = data.filter(({ type }) => type.startsWith('discrepancy.'))
    expect(JSON.stringify(told)).not.toContain('038190001234')
    for (const event of told) expect(event.order).toBe(event.data.order)
    const own = told.filter((event) => event.data.id === missing)
    expect(own.map(({ type, order }) => `${type} ${order}`).toSorted()).toEqual([
      `discrepancy.opened ${attempt.orderId}`,
      `discrepancy.resolved ${attempt.orderId}`,
    ])
  })

  const openOne = async () => {
    await upload({
      source: 'provider',
      merchant_account: account,
      file: fileOf(providerFile([{ reference: 'x', amount: 7 }])),
    })
    await gateway.deps.settled()
    await run()
    const { body } = await read(`/v1/discrepancies?merchant_account=${account}`)
    return `/v1/discrepancies/${String(body.data[0]?.id)}`
  }

  it('is resolved with a reason and opened again, and its history keeps both', async () => {
    const path = await openOne()
    const resolved = await post(`${path}/resolve`, { resolution: 'provider_corrected', note: 'Công văn 12/2026' })
    expect([resolved.status, resolved.body]).toMatchObject([
      200,
      {
        status: 'resolved',
        resolution: 'provider_corrected',
        note: 'Công văn 12/2026',
        resolved_at: '2026-11-23T09:00:00+07:00',
      },
    ])
    expect((await post(`${path}/resolve`, { resolution: 'x', note: 'y' })).body).toMatchObject({
      code: 'discrepancy_not_open',
    })
    const reopened = await post(`${path}/reopen`, { note: 'Chưa đúng' })
    expect(reopened.body).toMatchObject({ status: 'open', resolution: null, resolved_at: null })
    expect((await post(`${path}/reopen`, {})).body).toMatchObject({ code: 'discrepancy_not_resolved' })
    const { body } = await read(path)
    expect(body.history).toMatchObject([
      { event: 'opened', at: '2026-11-23T09:00:00+07:00' },
      { event: 'resolved', resolution: 'provider_corrected', note: 'Công văn 12/2026', by: body.owner },
      { event: 'reopened', note: 'Chưa đúng' },
    ])
    const events =
      await gateway.sql`select type, sequence, data from events where subject_id = ${String(body.id)} order by sequence`
    expect(events.map(({ type, sequence, data }) => [type, sequence, data.status])).toEqual([
      ['discrepancy.resolved', 1, 'resolved'],
      ['discrepancy.opened', 2, 'open'],
    ])
    await run()
    expect((await read(path)).body).toMatchObject({ status: 'open' })
  })

  it('is resolved once by two who decide at the same moment', async () => {
    const path = await openOne()
    const answers = await Promise.all([1, 2, 3].map((n) => post(`${path}/resolve`, { resolution: `r${n}`, note: 'n' })))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409])
  })

  it('that a person resolved is not opened again by the next run', async () => {
    const path = await openOne()
    await post(`${path}/resolve`, { resolution: 'provider_corrected', note: 'n' })
    await run()
    expect((await read(path)).body).toMatchObject({ status: 'resolved', resolution: 'provider_corrected' })
  })
})

describe('refuses', () => {
  it.each([
    ['no file', { source: 'provider' }],
    ['an unknown source', { source: 'x', file: fileOf('a') }],
    ['an unknown field', { source: 'provider', file: fileOf('a'), more: '1' }],
    ['an unknown format', { source: 'provider', file: fileOf('a'), format: 'pdf' }],
    ['a profile that the account does not have', { source: 'bank', file: fileOf('PK'), format: 'profile' }],
    ["a bank's format from a provider", { source: 'provider', file: fileOf(':20:X\n') }],
  ])('an upload with %s', async (_name, fields: Record<string, string | File>) => {
    const answer = await upload({ ...fields, merchant_account: account })
    expect(answer.status).toBe(422)
    expect(
      await gateway.sql`select from statement_chunks where statement_id not in (select id from statements)`,
    ).toHaveLength(0)
  })

  it('a form that is none, a body of another type, and a token without the scope', async () => {
    const send = (init: RequestInit, as = token) =>
      gateway.request('/v1/statements', { method: 'POST', token: as, ...init })
    const torn = await send({ body: '--B\r\nx', headers: { 'content-type': 'multipart/form-data; boundary=B' } })
    expect([torn.status, await torn.json()]).toMatchObject([400, { code: 'invalid_request' }])
    expect((await send({ body: '{}', headers: { 'content-type': 'application/json' } })).status).toBe(415)
    const reader = await gateway.token(['reconciliation:read'])
    expect((await send({ body: form({}) }, reader)).status).toBe(403)
  })

  it('everything of another agency, as if it were not there', async () => {
    const { body: statement } = await upload({
      source: 'provider',
      merchant_account: account,
      file: fileOf(providerFile([{ reference: 'q', amount: 3 }])),
    })
    await gateway.deps.settled()
    const { body: started } = await run()
    const { body } = await read(`/v1/discrepancies?merchant_account=${account}`)
    const paths = [
      `/v1/statements/${statement.id}`,
      `/v1/reconciliations/${started.id}`,
      `/v1/reconciliations/${started.id}/items`,
      `/v1/discrepancies/${String(body.data[0]?.id)}`,
    ]
    for (const path of paths) {
      expect((await read(path)).status).toBe(200)
      expect((await read(path, stranger)).status).toBe(404)
    }
    expect((await read('/v1/discrepancies', stranger)).body.data).toEqual([])
    expect((await post(`${paths[3]}/resolve`, { resolution: 'r', note: 'n' }, stranger)).status).toBe(404)
    expect(
      (await post('/v1/reconciliations', { merchant_account: account, from: '2026-11-23', to: '2026-11-23' }, stranger))
        .status,
    ).toBe(404)
    expect(
      (await upload({ source: 'provider', merchant_account: account, file: fileOf('other') }, stranger)).status,
    ).toBe(404)
  })

  it('a period that is none', async () => {
    const answer = await post('/v1/reconciliations', {
      merchant_account: account,
      from: '2026-11-24',
      to: '2026-11-23',
    })
    expect([answer.status, answer.body]).toMatchObject([422, { errors: [{ pointer: '/to' }] }])
    expect(
      (await post('/v1/reconciliations', { merchant_account: account, from: '2026-02-30', to: '2026-03-01' })).status,
    ).toBe(422)
  })
})
