import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { receiveCallback } from '../../src/flows/receive-callback.ts'
import { sealDays } from '../../src/flows/seal-ledger.ts'
import { startAttempt } from '../../src/flows/start-attempt.ts'
import { createSealedBox } from '../../src/lib/sealed-box.ts'
import { businessDay } from '../../src/lib/time.ts'
import { runCommand } from '../../src/node/commands/run-command.ts'
import type { DemoFile } from '../../src/node/demo-file.ts'
import { keepDemoMasterKey } from '../../src/node/demo-keys.ts'
import { simulatedProviders } from '../../src/simulators/register.ts'
import { chainLedger } from '../../src/store/ledger-chain.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { placeTestOrder } from '../kit/orders.ts'
import { providerFile } from '../kit/statements.ts'
import { signedVnpayCallback } from '../kit/vnpay-callback.ts'

let dataDir: string
let database: TestDatabase
let deps: TestDeps
let demo: DemoFile
let env: Record<string, string>

const now = () => new Date()
const today = businessDay(now())

const run = async (...args: string[]) => {
  const out: string[] = []
  const error: string[] = []
  const code = await runCommand(args, env, { out: (line) => out.push(line), error: (line) => error.push(line) })
  return { code, out: out.join('\n'), error: error.join('\n') }
}
const runJson = async (...args: string[]) => {
  const { code, out, error } = await run(...args, '--json')
  expect(error).toBe('')
  return { code, json: JSON.parse(out) as Record<string, unknown> }
}

const account = () => demo.merchant_accounts.vnpay ?? { id: '', credentials: {} }

/** An order that a provider's signed callback has paid; answers its id and the attempt's reference at the provider. */
const payOrder = async () => {
  const orderId = await placeTestOrder(deps, { agencyCode: 'H56.12.03', expiresAt: null })
  const started = await startAttempt(deps, {
    scope: 'H56',
    order: { orderId },
    provider: 'vnpay',
    bankCode: null,
    payerIp: '203.0.113.9',
  })
  const reference = started.attempt.merchantReference
  const [, search = ''] = signedVnpayCallback(account(), reference, 150_000).split('?')
  const request = { method: 'GET', search, headers: new Headers(), body: new Uint8Array() }
  const incoming = { provider: 'vnpay', merchantAccountId: account().id, requestId: 'req_1' }
  await receiveCallback(deps, { ...incoming, request })
  await receiveCallback(deps, { ...incoming, request: { ...request, search: search.replace('=NCB', '=VCB') } })
  await deps.settled()
  return { orderId, reference }
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lephi-commands-'))
  database = await createTestDatabase()
  env = { DATABASE_URL: database.url, LEPHI_MODE: 'demo', LEPHI_DATA_DIR: dataDir, LEPHI_DATABASE_CONNECTIONS: '4' }
  expect((await run('seed-demo')).code).toBe(0)
  demo = JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8'))
  deps = createTestDeps(database.database, { now, box: createSealedBox([await keepDemoMasterKey(dataDir)]) })
})
afterEach(async () => {
  await database.drop()
  await rm(dataDir, { recursive: true, force: true })
})

describe('npx lephi', () => {
  test('explains itself, and refuses what it does not know with exit code 2', async () => {
    const help = await run('help')
    expect([help.code, help.error]).toEqual([0, ''])
    expect(await run()).toEqual(help)
    const unknown = await run('toString')
    expect([unknown.code, unknown.out]).toEqual([2, ''])
    expect(unknown.error).toContain('There is no command "toString"')
    const wrong = await run('replay-callbacks', '--from', '2026-02-30', '--to', '2026-03-01')
    expect([wrong.code, wrong.error.split('\n')[0]]).toEqual([2, '--from is a day such as 2026-11-23'])
    expect((await run('verify-ledger', '--nonsense')).code).toBe(2)
    env.LEPHI_MODE = 'staging'
    const environment = await run('migrate')
    expect([environment.code, environment.error]).toEqual([2, 'LEPHI_MODE: must be demo or production'])
  })

  test('migrates a database that is up to date by doing nothing', async () => {
    expect(await runJson('migrate')).toEqual({ code: 0, json: { applied: [], left: [] } })
  })

  test('seeds the demo as often as it is told, without doubling or changing anything', async () => {
    const rows = async () => {
      const [agencies, fees, accounts, keys, clients] = await Promise.all([
        database.sql`select * from agencies order by agency_code`,
        database.sql`select * from fee_schedules order by id`,
        database.sql`select * from merchant_accounts order by id`,
        database.sql`select * from merchant_account_keys order by id`,
        database.sql`select * from clients order by id`,
      ])
      return { agencies, fees, accounts, keys, clients }
    }
    const before = await rows()
    expect([before.agencies.length, before.accounts.length, before.clients.length]).toEqual([
      8,
      Object.keys(simulatedProviders).length,
      5,
    ])
    expect(before.fees.length).toBeGreaterThan(30)
    expect(before.fees.find((fee) => fee.feeCode === 'LP-BD')).toMatchObject({ unitAmount: 28_000n, kind: 'le_phi' })
    // The price follows from the tax office's value, so that none is listed.
    expect(before.fees.find((fee) => fee.feeCode === 'LPTB-ND')).toMatchObject({ unitAmount: null })
    await database.sql`update agencies set fee_check = 'enforce' where agency_code = 'H56.12'`
    expect((await run('seed-demo')).code).toBe(0)
    const after = await rows()
    const enforced = before.agencies.map((agency) =>
      agency.agencyCode === 'H56.12' ? { ...agency, feeCheck: 'enforce' } : agency,
    )
    expect(after).toEqual({ ...before, agencies: enforced })
    expect((await stat(join(dataDir, 'demo.json'))).mode & 0o777).toBe(0o600)
    // Another address of the gateway moves the addresses of the accounts, and nothing else.
    env.PUBLIC_URL = 'http://fees.example.vn'
    expect((await run('seed-demo')).code).toBe(0)
    const moved = await rows()
    const addresses = moved.accounts.flatMap(({ settings }) =>
      Object.values(settings).filter((value) => /^https?:/.test(String(value))),
    )
    expect(addresses.length).toBeGreaterThanOrEqual(moved.accounts.length)
    expect(addresses.filter((address) => !String(address).startsWith('http://fees.example.vn/'))).toEqual([])
    expect({ ...moved, accounts: [] }).toEqual({ ...after, accounts: [] })
  })

  test('refuses the demo in production', async () => {
    env.LEPHI_MODE = 'production'
    env.PUBLIC_URL = 'https://fees.example.vn'
    env.LEPHI_MASTER_KEY = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')
    const refused = await run('seed-demo')
    expect([refused.code, refused.error.split('\n')[0]]).toEqual([
      2,
      'seed-demo is refused in production: set LEPHI_MODE=demo',
    ])
  })
})

describe('verify-ledger', () => {
  test('finds all agreeing in sound books', async () => {
    await payOrder()
    const { code, json } = await runJson('verify-ledger')
    expect([code, json.fault]).toEqual([0, null])
    expect(json).toMatchObject({ entries: 1, postings: 2, orders: 1 })
    expect(json.events).toBeGreaterThanOrEqual(4)
  })

  // A superuser can switch the triggers off that guard the books; what he changes then is found.
  test.for([
    ['entry', 'update postings set amount = amount + 1 where line_no = 1', /^jrn_\S+ has 2 postings that sum to 1 đ$/],
    ['entry', 'delete from postings where line_no = 1', /^jrn_\S+ has 1 postings that sum to/],
    [
      'order',
      'update postings set amount = amount * 2',
      /^ord_\S+ differs from the facts about its money in: postings/,
    ],
    ['order', 'update orders set amount_paid = 1', /^ord_\S+ differs .*: order/],
    ['order', "update orders set status = 'open', paid_by = null", /^ord_\S+ differs .*: order/],
    ['order', 'update attempts set amount_captured = 0', /^ord_\S+ differs .*: attempts/],
    ['order', 'update money_facts set amount = amount + 1', /^ord_\S+ differs/],
    ['event', `update events set data = '{"id":1}' where sequence = 2`, /^evt_\S+ of ord_\S+ is not what was hashed$/],
    ['event', 'delete from events where sequence = 1', /^evt_\S+ of ord_\S+ has number 2, not 1$/],
    [
      'order',
      'delete from events where sequence = (select max(sequence) from events)',
      /^ord_\S+ has \d events, but says/,
    ],
  ])('exits 1 and names the %s after %s', async ([what, tampering, said]) => {
    await payOrder()
    await database.sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      await sql.unsafe(String(tampering))
    })
    const { code, json } = await runJson('verify-ledger')
    const fault = json.fault as { what: string; id: string; problem: string }
    expect([code, fault.what]).toEqual([1, what])
    expect(`${fault.id} ${fault.problem}`).toMatch(said as RegExp)
    expect((await run('verify-ledger')).out).toContain(`The first that differs: ${what} ${fault.id}`)
  })
})

test('verify-periods says how many closes it read', async () => {
  expect(await runJson('verify-periods')).toMatchObject({ code: 0, json: { periods: 0, fault: null } })
})

describe('verify-ledger with seals', () => {
  test('says how far the ledger is sealed, and compares it with what an auditor has kept', async () => {
    await payOrder()
    await chainLedger(deps.db, { now: new Date(Date.now() - 86_400_000), batch: 100, reach: 'everything' })
    expect(await sealDays(deps)).toBe(1)
    await payOrder()
    const yesterday = businessDay(new Date(Date.now() - 86_400_000))
    const said = `H56: sealed up to ${yesterday} (timelines in the seals from ${yesterday} on), `
    expect((await run('verify-ledger')).out).toContain(said)
    const [seal] = await database.sql`select jws from ledger_seals`
    const file = join(dataDir, 'kept.txt')
    // As an auditor has stored it, beside other signed texts.
    const token = `eyJ0eXAiOiJyY3AifQ.eyJ0eXAiOiJyY3AifQ.${'x'.repeat(86)}`
    await writeFile(file, `received: {"type":"ledger.sealed","data":{"jws":"${seal?.jws}"}} ${token}`)
    expect(await runJson('verify-ledger', '--seals', file)).toMatchObject({ code: 0, json: { copies: 1, fault: null } })
    await database.sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      await sql`delete from ledger_seals`
    })
    expect((await run('verify-ledger')).code).toBe(0)
    const { code, out } = await run('verify-ledger', '--seals', file)
    const gone = `seal H56 ${yesterday} is gone, but somebody else has kept it`
    expect([code, out]).toEqual([1, expect.stringContaining(gone)])
  })

  test('refuses a file that is not there or holds no seal', async () => {
    expect((await run('verify-ledger', '--seals', join(dataDir, 'absent'))).code).toBe(2)
    await writeFile(join(dataDir, 'empty.txt'), 'nothing')
    const empty = await run('verify-ledger', '--seals', join(dataDir, 'empty.txt'))
    expect([empty.code, empty.error.includes('holds no seal')]).toEqual([2, true])
  })
})

describe('verify-matches', () => {
  test('says that all hold, and exits 1 with the first match that does not', async () => {
    const { reference } = await payOrder()
    const file = join(dataDir, 'provider.csv')
    const row = { reference, providerReference: '14226112', amount: 150_000, fee: '' as const, net: '' as const }
    await writeFile(file, providerFile([{ ...row, at: '2026-11-22T10:02:00+07:00', valueDate: '' }]))
    expect((await run('import-statement', file, '--account', account().id, '--source', 'provider')).code).toBe(0)
    const days = ['--from', '2026-11-22', '--to', '2026-11-22']
    const reconciled = await run('reconcile', '--account', account().id, ...days)
    expect(reconciled.out).toContain('matched')
    expect(await runJson('verify-matches')).toMatchObject({ code: 0, json: { files: 1, matches: 1, fault: null } })
    await database.sql`update reconciliation_items set amount_here = 1 where class = 'matched'`
    const { code, out } = await run('verify-matches')
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(
        /The first that fails: match itm_.* line 2, rule reference\+amount, the amounts are 1 here/,
      ),
    ])
    expect((await run('verify-matches', '--reconciliation', 'rec_none')).code).toBe(1)
  })
})

describe('replay-callbacks', () => {
  const quiet = { keyRetired: 0, erased: 0, caughtUp: [], changed: [], readDifferently: [] }
  const state = async () => {
    const tables = ['orders', 'attempts', 'money_facts', 'journal_entries', 'postings', 'events', 'callbacks']
    const texts = tables.map((name) =>
      database.sql.unsafe(`select row_to_json(t)::text as row from ${name} as t order by 1`),
    )
    return (await Promise.all(texts)).map((rows) => rows.map(({ row }) => row))
  }
  const days = ['--from', today, '--to', businessDay(new Date(Date.now() + 86_400_000))]

  test('changes nothing, however often', async () => {
    await payOrder()
    const before = await state()
    for (const more of [['--dry-run'], [], []]) {
      const { code, json } = await runJson('replay-callbacks', ...days, ...more)
      expect([code, json]).toEqual([0, { ...quiet, callbacks: 2, unchanged: 1, refused: 1 }])
    }
    expect(await state()).toEqual(before)
    const other = await runJson('replay-callbacks', '--from', '2026-01-01', '--to', '2026-01-31')
    expect(other.json.callbacks).toBe(0)
  })

  test('catches up with a callback that was stored but never acted on, and names one that should have been', async () => {
    const { orderId } = await payOrder()
    const [stored] = await database.sql`select * from callbacks where reading = 'genuine'`
    const [paid] = await database.sql`select status from orders where id = ${orderId}`
    expect(paid?.status).toBe('paid')
    // As if the money had never been noted: rows of another order, with the same callback before them.
    await database.sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      for (const table of ['postings', 'journal_entries', 'money_facts']) await sql`delete from ${sql(table)}`
      await sql`update orders set status = 'open', paid_by = null, paid_at = null, amount_paid = 0`
      await sql`update attempts set status = 'created', pays_order = false, amount_captured = 0, captured_at = null`
    })
    const named = await runJson('replay-callbacks', ...days, '--dry-run')
    expect([named.code, named.json.changed]).toEqual([1, [stored?.id]])
    await database.sql`update callbacks set verdict = null where id = ${String(stored?.id)}`
    const caught = await runJson('replay-callbacks', ...days)
    expect([caught.code, caught.json.caughtUp]).toEqual([0, [stored?.id]])
    const [after] = await database.sql`select status, amount_paid from orders where id = ${orderId}`
    expect(after).toMatchObject({ status: 'paid', amountPaid: 150_000n })
    expect((await runJson('replay-callbacks', ...days)).json.unchanged).toBe(1)
  })
})

describe('import-statement and reconcile', () => {
  test('take a file from disk and say what agrees', async () => {
    const { reference } = await payOrder()
    const path = join(dataDir, 'settlement.csv')
    // Contract of the demo: 0.55 % and 1,100 đ, and 10 % on top.
    const row = {
      reference,
      providerReference: '14226112',
      amount: 150_000,
      fee: 2_118,
      at: '2026-11-22T10:02:00+07:00',
    }
    await writeFile(path, providerFile([row]))
    const where = ['--account', account().id]
    const imported = await runJson('import-statement', path, ...where, '--source', 'provider')
    expect(imported).toMatchObject({ code: 0, json: { status: 'imported', lines: 1, accepted: 1, duplicate: false } })
    const again = await runJson('import-statement', path, ...where, '--source', 'provider')
    expect(again).toMatchObject({ code: 0, json: { id: imported.json.id, duplicate: true } })
    const { code, out } = await run('reconcile', ...where, '--from', '2026-11-22', '--to', '2026-11-22')
    expect(code).toBe(0)
    expect(out).toMatch(/matched +1 +150\.000 ₫ +150\.000 ₫/)
  })

  test('say what is missing', async () => {
    expect((await run('import-statement', 'a.csv', '--source', 'provider')).error).toContain('--account is missing')
    expect((await run('import-statement', '--account', account().id, '--source', 'provider')).error).toContain(
      'name one FILE',
    )
    const unknown = await run('import-statement', 'a.csv', '--account', 'mac_none', '--source', 'bank')
    expect([unknown.code, unknown.error.split('\n')[0]]).toEqual([2, 'there is no merchant account mac_none'])
    const absent = await run(
      'import-statement',
      join(dataDir, 'none.csv'),
      '--account',
      account().id,
      '--source',
      'bank',
    )
    expect([absent.code, absent.error]).toEqual([1, expect.stringContaining('ENOENT')])
  })
})

describe('report', () => {
  test('writes a report as a file, the same one for the same instant, and none that is not asked for well', async () => {
    await payOrder()
    const asOf = new Date().toISOString()
    const files = ['one', 'other'].map((name) => join(dataDir, `${name}.pdf`))
    for (const file of files)
      expect(
        await run(
          'report',
          'collections',
          '--from',
          today,
          '--to',
          today,
          '--format',
          'pdf',
          '--out',
          file,
          '--as-of',
          asOf,
        ),
      ).toMatchObject({ code: 0, error: '' })
    const [one, other] = await Promise.all(files.map((file) => readFile(file)))
    expect(one?.subarray(0, 5).toString()).toBe('%PDF-')
    expect(other).toEqual(one)
    const csv = join(dataDir, 'ledger.csv')
    expect((await run('report', 'ledger', '--from', today, '--to', today, '--format', 'csv', '--out', csv)).code).toBe(
      0,
    )
    expect(await readFile(csv, 'utf8')).toContain('Tổng cộng')
    const [noted] = await database.sql`select actor, object, format from audit_log order by at desc, id desc limit 1`
    expect(noted).toEqual({ actor: 'cli', object: 'ledger', format: 'csv' })
    for (const args of [
      ['secrets', '--format', 'csv'],
      ['ledger', '--format', 'doc'],
      ['ledger', '--format', 'csv', '--group-by', 'agency'],
      ['ledger', '--format', 'csv', '--as-of', '2999-01-01'],
      ['collections', '--format', 'csv', '--group-by', 'colour'],
    ]) {
      const out = join(dataDir, 'none.csv')
      expect([args, (await run('report', ...args, '--from', today, '--to', today, '--out', out)).code]).toEqual([
        args,
        2,
      ])
      await expect(stat(out)).rejects.toThrow('ENOENT')
    }
  })
})
