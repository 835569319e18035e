// Tracing cases over HTTP: opened once about something that is there, answered, closed; and the case file that shows how the payment went.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inScope } from '../../src/store/database.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { seedMerchantAccount } from '../kit/orders.ts'
import { payOrder, reconcile } from '../kit/reconciliation.ts'
import { importFile, providerFile } from '../kit/statements.ts'

let gateway: TestApp
let token: string
let account: string
beforeAll(async () => {
  gateway = await startTestApp()
  token = await gateway.token()
  account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test' })
})
afterAll(() => gateway.close())

type Body = Record<string, unknown> & { id: string; code: string }
const call = async (path: string, json?: object, as = token) => {
  const answer = await gateway.request(path, { token: as, ...(json ? { json } : {}) })
  return { status: answer.status, body: (await answer.json()) as Body }
}
const asked = {
  kind: 'provider',
  finder: 'Kế toán Sở Tư pháp',
  cause: 'Không có trong tệp',
  counterpart: 'Đối tác thử',
}

/** A discrepancy over a payment of 150,000 đ that its provider never listed. */
const openDiscrepancy = async () => {
  const attempt = await payOrder(gateway.deps, account)
  await reconcile(gateway.deps, account)
  const [row] = await gateway.sql`select id from discrepancies where attempt_id = ${attempt.id}`
  return { attempt, discrepancy: String(row?.id) }
}

it('is opened about a discrepancy, answered with a document, and closed, and tells of each', async () => {
  const { attempt, discrepancy } = await openDiscrepancy()
  const opened = await call('/v1/tracing_cases', { ...asked, discrepancy })
  expect([opened.status, opened.body]).toMatchObject([
    201,
    {
      status: 'open',
      discrepancy,
      order: attempt.orderId,
      amount: 150_000,
      currency: 'VND',
      due_on: '2026-12-02',
      overdue: false,
      result: null,
    },
  ])
  const path = `/v1/tracing_cases/${opened.body.id}`
  expect(
    (await call(`${path}/answer`, { result: 'Đã hạch toán ngày 24/11', document: '12/TB-TS' })).body,
  ).toMatchObject({
    status: 'answered',
    result: 'Đã hạch toán ngày 24/11',
    document: '12/TB-TS',
  })
  expect(await call(`${path}/answer`, { result: 'khác' })).toMatchObject({
    status: 409,
    body: { code: 'tracing_case_not_open' },
  })
  expect((await call(`${path}/close`, { note: 'Xong' })).body).toMatchObject({
    status: 'closed',
    closing_note: 'Xong',
    result: 'Đã hạch toán ngày 24/11',
  })
  expect(await call(`${path}/close`, { note: 'Xong' })).toMatchObject({
    status: 409,
    body: { code: 'tracing_case_not_open' },
  })
  const events = await gateway.sql`select type from events where subject_id = ${opened.body.id} order by sequence`
  expect(events.map(({ type }) => type)).toEqual(['tracing.opened', 'tracing.answered', 'tracing.closed'])
})

it('is found by its code, however that is written', async () => {
  const { discrepancy } = await openDiscrepancy()
  const { body } = await call('/v1/tracing_cases', { ...asked, discrepancy })
  const found = await call(`/v1/tracing_cases?code=${body.code.toLowerCase().replaceAll('-', '')}`)
  expect(found.body.data).toMatchObject([{ id: body.id }])
  expect(await call('/v1/tracing_cases?code=TS-0000-0000-1')).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/query/code' }] },
  })
})

it('is opened once of a kind about the same, by however many who ask at once', async () => {
  const { attempt } = await openDiscrepancy()
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => call('/v1/tracing_cases', { ...asked, order: attempt.orderId })),
  )
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409])
  expect((await call('/v1/tracing_cases', { ...asked, kind: 'bank_inquiry', order: attempt.orderId })).status).toBe(201)
})

it('never changes amount, currency or subject, whoever writes', async () => {
  const { discrepancy } = await openDiscrepancy()
  const { body } = await call('/v1/tracing_cases', { ...asked, discrepancy })
  const asApplication = inScope(gateway.deps.db, '*', (sql) => [
    sql`update tracing_cases set amount = 1 where id = ${body.id}`,
  ])
  await expect(asApplication).rejects.toThrow('permission denied')
  for (const change of [{ amount: 1n }, { subject: 'order:x' }])
    await expect(gateway.sql`update tracing_cases set ${gateway.sql(change)} where id = ${body.id}`).rejects.toThrow(
      'never changes amount',
    )
  await expect(gateway.sql`update tracing_cases set currency = 'USD' where id = ${body.id}`).rejects.toThrow()
})

it('has a case file: what was told, by whom, and the hashes of files and rows, without a payer', async () => {
  const { attempt, discrepancy } = await openDiscrepancy()
  const statement = await importFile(
    gateway.deps,
    account,
    providerFile([
      {
        reference: attempt.merchantReference,
        providerReference: `p-${attempt.merchantReference}`,
        amount: 149_000,
        at: '2026-12-20T09:00:00+07:00',
      },
    ]),
  )
  const callback = {
    agencyCode: 'H56',
    merchantAccountId: account,
    provider: 'test',
    sealed: new Uint8Array([1]),
    contentHash: 'ab'.repeat(32),
  }
  await gateway.sql`insert into callbacks ${gateway.sql({ ...callback, id: 'cbk_1', claimedReference: attempt.merchantReference, reading: 'genuine', verdict: 'confirmed', requestId: 'r', receivedAt: gateway.deps.now() })}`
  const { body } = await call('/v1/tracing_cases', { ...asked, discrepancy })
  const file = await call(`/v1/tracing_cases/${body.id}/evidence`)
  expect(file.body).toMatchObject({
    case: { id: body.id },
    order: { id: attempt.orderId, status: 'paid', amount_paid: 150_000 },
    attempts: [{ id: attempt.id, status: 'captured' }],
    money: [{ kind: 'captured', amount: 150_000, source: 'callback', reference: `p-${attempt.merchantReference}` }],
    callbacks: [{ id: 'cbk_1', verdict: 'confirmed', content_hash: 'ab'.repeat(32) }],
    statement_lines: [
      {
        statement: statement.id,
        line: 2,
        file_sha256: statement.sha256,
        row_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        amount: 149_000,
      },
    ],
  })
  expect(JSON.stringify(file.body)).not.toMatch(/Nguyễn|038190001234/)
  expect(file.body).toMatchObject({ callbacks_more: false, statement_lines_more: false })
  await gateway.sql`
    insert into callbacks select (jsonb_populate_record(callbacks, jsonb_build_object('id', 'cbk_more' || number))).* from callbacks
    cross join generate_series(1, 200) as number where id = 'cbk_1'`
  const cut = await call(`/v1/tracing_cases/${body.id}/evidence`)
  expect([(cut.body.callbacks as object[]).length, cut.body.callbacks_more]).toEqual([200, true])
  const [line] = await gateway.sql`select row_hash from statement_lines where statement_id = ${statement.id}`
  expect((file.body.statement_lines as { row_hash: string }[])[0]?.row_hash).toBe(line?.rowHash)
  const ofLine = await call('/v1/tracing_cases', { ...asked, statement_line: { statement: statement.id, line: 2 } })
  expect(ofLine.body).toMatchObject({
    amount: 149_000,
    order: attempt.orderId,
    statement_line: { statement: statement.id, line: 2 },
  })
})

it('is overdue only after its working day, and the list can ask for that', async () => {
  const { discrepancy } = await openDiscrepancy()
  const { body } = await call('/v1/tracing_cases', { ...asked, kind: 'treasury', discrepancy })
  const overdue = async () => {
    const page = await call('/v1/tracing_cases?overdue=true&kind=treasury', undefined, await gateway.token())
    return (page.body.data as { id: string }[]).map(({ id }) => id)
  }
  const start = gateway.deps.now()
  gateway.clock.set('2026-11-25T23:00:00+07:00')
  expect(await overdue()).toEqual([])
  gateway.clock.set('2026-11-26T00:10:00+07:00')
  expect(await overdue()).toEqual([body.id])
  gateway.clock.set(start)
})

describe('refuses', () => {
  it('a case about nothing, about two things, or about what another agency has', async () => {
    const { attempt, discrepancy } = await openDiscrepancy()
    const stranger = await gateway.token([], 'H56.14')
    const wrong: [object, string, string][] = [
      [{}, '/discrepancy', token],
      [{ discrepancy, order: attempt.orderId }, '/discrepancy', token],
      [{ discrepancy }, '/discrepancy', stranger],
      [{ order: attempt.orderId }, '/order', stranger],
      [{ statement_line: { statement: 'stm_01kb1m5x2fefarv7w2m3k1q0ab', line: 2 } }, '/statement_line', token],
    ]
    for (const [more, pointer, as] of wrong)
      expect(await call('/v1/tracing_cases', { ...asked, ...more }, as)).toMatchObject({
        status: 422,
        body: { errors: [{ pointer }] },
      })
  })
})
