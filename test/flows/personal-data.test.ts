// Whose data stands where: an order, a refund by hand, a credit of no payment, statements, notes and a case are full of unmistakable marks, every job runs, and then
// every column of every table, every line of the log, every metric, webhook and error is searched for them. What may stand in the clear says why.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { longJobs, runJobs } from '../../src/flows/run-jobs.ts'
import { createLog } from '../../src/lib/log.ts'
import { signIn } from '../kit/console.ts'
import { openDoorForPeople } from '../kit/people.ts'
import { type Json, rowsOf, startTown, type Town } from '../kit/town.ts'

/** What each source tells, each mark its own. */
const marks = {
  payer: {
    identity_number: '038190777001',
    tax_code: '8099777001',
    phone: '0912777001',
    email: 'dau.vet.payer@example.vn',
    address: 'Số 77 ngõ Dấu Vết Một',
  },
  name: { name: 'Đặng Thị Dấuvết' },
  network: { ip: '203.0.113.177' },
  payee: { number: '19077700233445', holder: 'TRAN VAN DAUVETNHAN' },
  transfer: { phone: '0912777002', identity: '038190777002', email: 'dau.vet.memo@example.vn' },
  bankLine: { phone: '0912777003', identity: '038190777003', counterparty: 'LE VAN DAUVETBA' },
  staff: { phone: '0912777004', email: 'dau.vet.staff@example.vn' },
  portal: { note: 'dau-vet-portal-0912777005' },
} as const
type Source = keyof typeof marks

const staffWords =
  'words of staff, who are asked to name no people; the record of a decision, and to read it is on record'
const bankWords =
  'a bank wrote it into its statement: payments are found by it in SQL; row-level security, erased with the file'
const portalWords = 'what the portal keeps with its own order, under a contract that wants no personal data in it'
const payerName = 'the payer of the voucher (TT 91, annex V); orders are found by it'

/** Where a mark may be found, and why. Nothing else may hold any. */
const allowed: Readonly<Partial<Record<Source, Readonly<Record<string, string>>>>> = {
  name: {
    'orders.payer_name': payerName,
    'payer_words.word': payerName,
    'events.data': `${payerName}; the contract's order object has it`,
    'idempotency_keys.response_body': "the contract's order object has it; kept for 30 days",
    'receipts.document': payerName,
  },
  network: {
    'attempts.payer_ip': 'providers want it with the start and with questions; cut to its network after 180 days',
    'attempts.action': 'VNPAY wants it in the address that the browser itself is sent to; erased with the other',
  },
  bankLine: { 'statement_lines.description': bankWords, 'statement_lines.counterparty': bankWords },
  staff: {
    'refunds.reason': staffWords,
    'tracing_cases.finder': staffWords,
    'tracing_cases.cause': staffWords,
    'tracing_cases.counterpart': staffWords,
    'tracing_cases.result': staffWords,
    'tracing_cases.evidence': staffWords,
    'quarantine.note': staffWords,
    'quarantine.history': staffWords,
    'discrepancies.history': staffWords,
    'discrepancies.note': staffWords,
    'discrepancies.resolution': staffWords,
    'disputes.reason': staffWords,
    'receipt_notices.text': `${staffWords}; of a receipt it is what the payer and the tax office are told`,
    'idempotency_keys.response_body': 'the answer to who wrote it; kept for 30 days',
  },
  portal: {
    'orders.metadata': portalWords,
    'events.data': portalWords,
    'idempotency_keys.response_body': portalWords,
  },
}

const lines: string[] = []
const sent: string[] = []
const answers: string[] = []
let town: Town
let token: string
let order: string

/** In every way that a text may be written into another: as it is, in JSON, in an address, in hex, and in base64 wherever it begins. */
const spellings = (mark: string): string[] => {
  const bytes = Buffer.from(mark)
  const shifted = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // What neighbours share bits with the mark is left out.
    return text.slice(shift === 0 ? 0 : shift + 1, text.length - 1)
  })
  const escaped = JSON.stringify(mark)
    .slice(1, -1)
    .replace(/[^ -~]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const plain = mark.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/Đ/g, 'D')
  return [...new Set([mark, plain, escaped, encodeURIComponent(mark), bytes.toString('hex'), ...shifted])].map((each) =>
    each.toLowerCase(),
  )
}

const isIn = (text: string, mark: string) => spellings(mark).some((each) => text.toLowerCase().includes(each))
const allMarks = (Object.entries(marks) as [Source, Record<string, string>][]).flatMap(([source, own]) =>
  Object.entries(own).map(([name, mark]) => ({ source, name: `${source}.${name}`, mark })),
)

const call = async (path: string, json?: unknown, more: RequestInit = {}): Promise<Json> => {
  const headers = { 'idempotency-key': `pd-${answers.length}`, ...more.headers }
  const answer = await town.request(path, { token, ...(json === undefined ? {} : { json }), ...more, headers })
  const text = await answer.text()
  answers.push(`${answer.status} ${path} ${text}`)
  if (answer.status >= 400) throw new Error(answers.at(-1))
  return JSON.parse(text) as Json
}

const everyJob = async () => {
  for (let turn = 0; turn < 3; turn += 1) {
    town.clock.advance(61)
    const passed = [await runJobs(town.deps), await runJobs(town.deps, { run: longJobs })]
    await town.deps.settled()
    expect(passed.flatMap(({ failed }) => failed)).toEqual([])
  }
}

const statement = async (source: string, text: string, name: string) => {
  const form = new FormData()
  form.set('source', source)
  form.set('merchant_account', town.accounts.vietqr ?? '')
  form.set('file', new Blob([text], { type: 'text/csv' }), name)
  await call('/v1/statements', undefined, { method: 'POST', body: form })
}

beforeAll(async () => {
  const log = createLog({ write: (line) => lines.push(line), now: () => new Date(0), level: 'debug' })
  town = await startTown('2026-11-23T02:00:00Z', {
    log,
    config: { trustedProxies: 1 },
    fetchPublic: async (url: string, init?: RequestInit) => {
      sent.push(`${url} ${JSON.stringify(init?.headers)} ${String(init?.body)}`)
      return new Response(null, { status: 204 })
    },
  } as never)
  token = await town.token()
  const { payer, name, payee, transfer, bankLine, staff, portal, network } = marks
  const from = { headers: { 'x-forwarded-for': network.ip } }
  await call('/v1/webhook_endpoints', { url: 'https://portal.example.vn/hook' })
  order = await town.place({ payer: { ...name, ...payer }, metadata: { note: portal.note } })
  // Providers that are told who owes the fee, and one that is not; the last one pays.
  for (const provider of ['payoo', 'paygov', 'keypay', 'vnpay'])
    await call(`/v1/orders/${order}/attempts`, { provider }, from)
  const attempt = await town.attempt(order, 'vnpay')
  await town.pay('vnpay', attempt)
  await everyJob()
  const refund = await call(`/v1/orders/${order}/refunds`, {
    amount: 10_000,
    reason: `Gọi ${staff.phone}`,
    method: 'manual',
    payee_account: { number: payee.number, bank_bin: '970407', holder: payee.holder },
  })
  await call(`/v1/orders/${order}/disputes`, {
    reason: `Hỏi ${staff.email}`,
    respond_by: '2026-12-31',
    kind: 'complaint',
  }).catch(() => undefined)
  // A credit of no payment, with all that a payer may write.
  const second = await town.place({ payer: { ...name, ...payer } })
  const { code } = await town.attempt(second, 'vietqr')
  const told = await town.simulators.app.request('/vietqr/transfers', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      payload: code,
      text: `nop ho CCCD ${transfer.identity} sdt ${transfer.phone} ${transfer.email}`,
    }),
  })
  expect(told.status).toBe(201)
  await town.deps.settled()
  const [entry] = rowsOf((await call('/v1/quarantine?status=open')).data)
  expect(String(entry?.text).toLowerCase()).toBe('nop ho cccd ••• sdt ••• •••')
  await call(`/v1/quarantine/${entry?.id}/dismiss`, { note: `Không ai nhận, ${staff.phone}` })
  await statement(
    'bank',
    `value_date,amount,bank_reference,description,counterparty\n2026-11-24,150000,FT99,"${bankLine.phone} ${bankLine.identity}",${bankLine.counterparty}\n`,
    'bank.csv',
  )
  await everyJob()
  await call('/v1/reconciliations', { merchant_account: town.accounts.vietqr, from: '2026-11-23', to: '2026-11-24' })
  await everyJob()
  const tracing = await call('/v1/tracing_cases', {
    ...{
      kind: 'provider',
      order,
      finder: `KT ${staff.phone}`,
      cause: `x ${staff.email}`,
      counterpart: `y ${staff.phone}`,
    },
  })
  await call(`/v1/tracing_cases/${tracing.id}/answer`, { result: `đã gọi ${staff.phone}` })
  const [discrepancy] = rowsOf((await call('/v1/discrepancies')).data)
  await call(`/v1/discrepancies/${discrepancy?.id}/notes`, { note: `hẹn ${staff.phone}`, evidence: [] })
  const [receipt] = rowsOf((await call('/v1/issued_receipts')).data)
  await call(`/v1/receipts/${receipt?.id}/notice`, { field: 'payer_name', text: `sửa theo ${staff.email}` })
  // People look, by name as well, and read who gets the refund; all of that is on record.
  const asPerson = openDoorForPeople(town)
  for (const path of [
    `/v1/orders/${order}`,
    `/v1/orders/${order}/evidence`,
    `/v1/orders?payer_name=${encodeURIComponent('dauvet')}`,
    `/v1/refunds/${refund.id}`,
    '/v1/audit',
  ])
    answers.push(await (await asPerson(path, { headers: { accept: 'application/json' } })).text())
  await everyJob()
})
afterAll(() => town.close())

describe('what is kept', () => {
  it('holds nobody’s data in the clear but where it is said why', async () => {
    const columns = await town.sql`
      select table_name, column_name, data_type from information_schema.columns join information_schema.tables using (table_schema, table_name)
      where table_schema = current_schema() and table_type = 'BASE TABLE'
        and table_name not in (select relname from pg_class where relispartition) and data_type in ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'bytea')`
    expect(columns.length).toBeGreaterThan(300)
    const found: string[] = []
    const empty = new Set<string>()
    for (const { tableName, columnName, dataType } of columns) {
      const cast =
        dataType === 'bytea'
          ? `encode(${columnName}, 'escape') || encode(${columnName}, 'base64')`
          : `${columnName}::text`
      const rows = await town.sql.unsafe(
        `select lower(${cast}) as value from ${tableName} where ${columnName} is not null`,
      )
      if (rows.length === 0) empty.add(String(tableName))
      const whole = rows.map(({ value }) => String(value)).join('\n')
      for (const { source, name, mark } of allMarks)
        if (isIn(whole, mark) && !allowed[source]?.[`${tableName}.${columnName}`])
          found.push(`${name} in ${tableName}.${columnName}`)
    }
    expect(found).toEqual([])
    // The search would see them: what may stand somewhere stands there.
    const [seen] = await town.sql`select payer_name, payer_sealed from orders where id = ${order}`
    expect(seen?.payerName).toBe(marks.name.name)
    expect(JSON.parse(new TextDecoder().decode(await town.deps.box.open(seen?.payerSealed, `payer:${order}`)))).toEqual(
      marks.payer,
    )
    for (const table of [
      'callbacks',
      'quarantine',
      'refunds',
      'statement_lines',
      'tracing_cases',
      'receipts',
      'audit_log',
      'webhook_deliveries',
    ])
      expect([table, Number((await town.sql`select count(*) as n from ${town.sql(table)}`)[0]?.n) > 0]).toEqual([
        table,
        true,
      ])
  })
})

describe('what leaves or is written down', () => {
  const told = (text: string, but: readonly Source[] = []) =>
    allMarks.filter(({ source, mark }) => !but.includes(source) && isIn(text, mark)).map(({ name }) => name)

  it('is no page with more than its reader needs: for staff no payer but the name and no whole account, for the citizen the name', async () => {
    const person = await signIn(town, 'checker')
    const [row] =
      await town.sql`select checkout_token, (select id from refunds limit 1) as refund, (select id from receipts limit 1) as receipt from orders where id = ${order}`
    const paths = [
      `/orders/${order}`,
      '/orders',
      `/refunds/${row?.refund}`,
      '/quarantine',
      `/receipts/${row?.receipt}`,
      '/audit',
      '/discrepancies',
      '/tracing',
    ]
    for (const path of paths) {
      const page = await person.open(path)
      expect([path, page.status, told(page.html, ['name', 'staff', 'portal', 'bankLine'])]).toEqual([path, 200, []])
    }
    const checkout = await town.request(`/pay/${row?.checkoutToken}`, { headers: { accept: 'text/html' } })
    expect([checkout.status, told(await checkout.text())]).toEqual([200, ['name.name']])
  })

  it('is no log line of anybody’s, at the finest level', () => {
    expect(lines.length).toBeGreaterThan(10)
    expect(lines.flatMap((line) => told(line).map((name) => `${name}: ${line}`))).toEqual([])
  })

  it('is a webhook with the payer’s name and what the portal itself has given, and no more', () => {
    expect(sent.length).toBeGreaterThan(5)
    expect(told(sent.join('\n'), ['name', 'portal'])).toEqual([])
    expect(told(sent.join('\n'))).toEqual(['name.name', 'portal.note'])
  })

  it('is no metric', async () => {
    expect(told(await (await town.request('/metrics')).text())).toEqual([])
  })

  it('is no answer with what only the payer and the provider need to know', () => {
    // A memo of the bank and the words of staff are shown to staff.
    expect(
      answers.flatMap((text) =>
        told(/attempts /.test(text) ? '' : text, ['name', 'portal', 'staff', 'bankLine']).map(
          (name) => `${name}: ${text.slice(0, 80)}`,
        ),
      ),
    ).toEqual([])
  })

  it('is no error that repeats what it refuses', async () => {
    const { payer, name } = marks
    const wrong = [
      { ...payer, ...name, identity_number: `${payer.identity_number} ?!` },
      { ...payer, ...name, email: { of: payer.email } },
      { ...payer, name: `${name.name}\u202e` },
    ]
    for (const each of wrong) {
      const body = {
        dossier_code: 'H56.12.03-261122-0001',
        agency_code: 'H56.12.03',
        payer: each,
        lines: [],
        return_url: 'x',
      }
      const answer = await town.request('/v1/orders', { token, json: body, headers: { 'idempotency-key': 'wrong' } })
      expect(answer.status).toBe(422)
      expect(told(await answer.text())).toEqual([])
    }
    const again = { dossier_code: 'H56.12.03-261122-0002', agency_code: 'H56.12.03', payer: { ...name, ...payer } }
    const lines = [{ kind: 'phi', description: 'Phí', unit_amount: 1_000 }]
    const send = (phone: string) =>
      town.request('/v1/orders', {
        token,
        json: { ...again, payer: { ...again.payer, phone }, lines, return_url: 'https://portal.example.vn/x' },
        headers: { 'idempotency-key': 'reused' },
      })
    expect((await send(payer.phone)).status).toBe(201)
    const reused = await send('0912777999')
    expect([reused.status, told(await reused.text())]).toEqual([409, []])
  })

  it('is no address that we give out, but for the payer’s own network in one that only the payer goes to', async () => {
    const urls = (
      await town.sql`select return_url as url from orders union all select action::text from attempts where action is not null`
    ).map(({ url }) => String(url))
    expect(told(urls.join('\n'), ['network'])).toEqual([])
    for (const answer of answers)
      expect(told((answer.match(/https?:[^"\s]+/g) ?? []).join('\n'), ['network'])).toEqual([])
  })
})
