// A first installation from files: everything is entered once, wrong rows are named and leave their file out, and again nothing changes.
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Step } from '../../src/domain/set-up/step.ts'
import { sha256Hex } from '../../src/lib/hmac.ts'
import type { Ask } from '../../src/node/commands/command.ts'
import { runCommand } from '../../src/node/commands/run-command.ts'
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { isProgress } from '../kit/doctors-patient.ts'
import { giveClock } from '../kit/real-clock.ts'
import { accountOf, feeHeader, hashSecret, setupFiles, writeSetupFolder } from '../kit/setup-folder.ts'

let place: string
let folder: string
let envFile: string
let database: TestDatabase
let env: Record<string, string>

const run = async (words: readonly string[], ask?: Ask) => {
  const out: string[] = []
  const error: string[] = []
  const terminal = {
    out: (line: string) => void out.push(line),
    error: (line: string) => void (isProgress(line) || error.push(line)),
  }
  const code = await runCommand(['setup', ...words], env, { ...terminal, ...(ask ? { ask } : {}) })
  return { code, out: out.join('\n'), error: error.join('\n') }
}
const setup = (...more: string[]) => run(['--from', folder, '--settings', envFile, '--offline', ...more])
const setupJson = async (...more: string[]) => {
  const { code, out } = await setup('--json', ...more)
  const json = JSON.parse(out) as { steps: Step[]; doctor: { is_sound: boolean } | null; written: string[] }
  return { code, ...json, step: (file: string) => json.steps.find((each) => each.file === file) }
}
const faultsOf = (step: Step | undefined) =>
  step?.faults.map(({ line, column, reason }) => [line, column, reason].filter((part) => part !== null).join(' '))

const tables = [
  'agencies',
  'fee_schedules',
  'merchant_accounts',
  'merchant_account_keys',
  'clients',
  'signing_keys',
  'audit_log',
  'statement_chunks',
]
const rows = async () => {
  const all = tables.map((name) =>
    database.sql.unsafe(`select row_to_json(t)::text as row from ${name} as t order by 1`),
  )
  return Object.fromEntries((await Promise.all(all)).map((found, at) => [tables[at], found.map(({ row }) => row)]))
}

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'lephi-setup-'))
  folder = join(place, 'setup')
  envFile = join(place, 'gateway.env')
  database = await createTestDatabase()
  await giveClock(database)
  env = { DATABASE_URL: database.url, PUBLIC_URL: 'https://fees.example.vn', LEPHI_DATABASE_CONNECTIONS: '4' }
})
afterEach(async () => {
  await database.drop()
  await rm(place, { recursive: true, force: true })
})

test('a file of secrets that cannot be written is found out before there is a program whose secret nobody knows', async () => {
  await writeSetupFolder(folder)
  // Longer than a file may be called while it is being written, and read as one that is not there.
  const secretsFile = join(place, `${'s'.repeat(245)}.json`)
  expect((await setup('--secrets', secretsFile)).code).not.toBe(0)
  expect((await rows()).clients).toEqual([])
  expect((await setup()).code).toBe(0)
  const kept = JSON.parse(await readFile(join(folder, 'client-secrets.json'), 'utf8')) as unknown[]
  expect(kept).toHaveLength((await rows()).clients?.length ?? -1)
})

describe('a first installation', () => {
  test('goes from an empty database to one that the doctor finds sound, and again changes nothing', {
    timeout: 120_000,
  }, async () => {
    await database.drop()
    database = await createEmptyDatabase()
    env.DATABASE_URL = database.url
    await writeSetupFolder(folder)
    const first = await setup()
    expect([first.out, first.code, first.error]).toEqual([first.out, 0, ''])
    expect(first.out).toMatch(/^✓ migrations: \d+ applied$/m)
    expect(first.out).toContain('✓ agencies.csv: 3 added')
    expect(first.out).toContain('✓ fees.csv: 4 added')
    expect(first.out).toContain('✓ merchant_accounts.json: 1 added')
    expect(first.out).toContain('    ! all 2 rows of doi-soat.csv are read')
    expect(first.out).toContain('0 wrong')
    const before = await rows()
    expect([before.agencies?.length, before.fee_schedules?.length, before.clients?.length]).toEqual([3, 4, 2])
    expect(before.statement_chunks).toEqual([])
    const again = await setup()
    expect(again.code).toBe(0)
    expect(again.out).toContain('Nothing is to be done: everything is as the files say.')
    expect(again.out).not.toMatch(/\d (added|changed|ended|applied)/)
    expect(await rows()).toEqual(before)
  })

  test('keeps each secret in a file of its owner and tells it nowhere', async () => {
    await writeSetupFolder(folder)
    const { out, error } = await setup()
    const settings = await readFile(envFile, 'utf8')
    const [, master = ''] = /^LEPHI_MASTER_KEY=k1:(\S{44})$/m.exec(settings) ?? []
    expect(master).not.toBe('')
    const secretsFile = join(folder, 'client-secrets.json')
    const secrets = JSON.parse(await readFile(secretsFile, 'utf8')) as {
      name: string
      client_id: string
      client_secret: string
    }[]
    for (const file of [envFile, secretsFile]) expect((await stat(file)).mode & 0o777).toBe(0o600)
    for (const secret of [master, hashSecret, ...secrets.map(({ client_secret }) => client_secret)])
      expect(`${out}${error}`).not.toContain(secret)
    for (const { client_id, client_secret } of secrets) {
      const [client] = await database.sql`select secret_hash from clients where id = ${client_id}`
      expect(client?.secretHash).toBe(sha256Hex(client_secret))
    }
    const audited =
      await database.sql`select object from audit_log where action = 'client.added' and actor = 'cli' order by object`
    expect(audited.map(({ object }) => object)).toEqual(secrets.map(({ client_id }) => client_id).toSorted())
    // A later program is added to the file; the key that sealed everything stays.
    await writeSetupFolder(folder, { 'clients.csv': [...setupFiles['clients.csv'], 'Kế toán,H99.01,reports:read'] })
    expect((await setup()).code).toBe(0)
    expect(JSON.parse(await readFile(secretsFile, 'utf8'))).toEqual([
      ...secrets,
      expect.objectContaining({ name: 'Kế toán' }),
    ])
    expect(await readFile(envFile, 'utf8')).toBe(settings)
  })

  test('is tried without changing anything', async () => {
    await writeSetupFolder(folder)
    const before = await rows()
    const { code, out } = await setup('--dry-run')
    expect(code).toBe(0)
    expect(out).toContain('✓ agencies.csv: 3 would be added')
    expect(out).toContain('    + H99 LP-TEST from 2026-01-01 (28000 đ)')
    expect(out).toContain('✓ clients.csv: 2 would be added')
    expect(await rows()).toEqual(before)
    for (const file of [envFile, join(folder, 'client-secrets.json')])
      await expect(stat(file)).rejects.toThrow('ENOENT')
    const empty = await createEmptyDatabase()
    env.DATABASE_URL = empty.url
    const unmigrated = await setup('--dry-run')
    const [made] = await empty.sql`select to_regclass('public.lephi_migrations') as made`
    await empty.drop()
    expect([unmigrated.code, made?.made]).toEqual([0, null])
    expect(unmigrated.out).toMatch(
      /! migrations: \d+ are not applied[\s\S]*The files were only read:\n✓ agencies.csv\n {4}! 3 rows can be read/,
    )
  })
})

describe('what is wrong', () => {
  test('is named by file, line, column and reason, and leaves out its file alone', async () => {
    await writeSetupFolder(
      folder,
      {
        'fees.csv': [
          feeHeader,
          'H99,A,Một,phi,1000,,,,2026-01-01,',
          'H99,B,Hai,tax,1.00,277,,maybe,2026-02-30,',
          'H98,C,Ba,phi,1000,,,,2026-01-01,2025-12-31',
          'H99,A,Một,phi,2000,,,,2026-01-01,',
        ],
        'procedures.csv': ['procedure_code,name,fee_codes', 'X1,Sai mã,A', '9.900001,Thiếu phí,NONE'],
      },
      [accountOf(), accountOf({ title: 'Hai', credentials: { tmn_code: 'x', hash_secret: hashSecret } })],
    )
    const { code, step } = await setupJson()
    expect(code).toBe(1)
    expect(faultsOf(step('fees.csv'))).toEqual([
      expect.stringMatching(/^3 kind /),
      expect.stringMatching(/^3 unit_amount /),
      '3 budget_item must be a budget item of 4 digits',
      expect.stringMatching(/^3 refundable_when_rejected /),
      '3 valid_from must be a day written yyyy-mm-dd',
    ])
    expect(faultsOf(step('procedures.csv'))).toContain(
      '2 procedure_code must be a code such as 1.001193 or 2.000815.H56; a spreadsheet takes zeros away where the column is not text',
    )
    expect(faultsOf(step('procedures.csv'))).toContain('3 fee_codes names NONE, which has no price today')
    expect(faultsOf(step('merchant_accounts.json'))).toEqual(['2 credentials/tmn_code must be 8 letters and digits'])
    const { agencies, fee_schedules, merchant_accounts, clients } = await rows()
    expect([agencies, fee_schedules, merchant_accounts, clients].map((each) => each?.length)).toEqual([3, 0, 0, 2])
    const { out } = await setup()
    expect(out).toContain('✗ fees.csv: 5 faults, nothing of it is applied')
    expect(out).toContain('    fees.csv, line 3, budget_item: must be a budget item of 4 digits')
    expect(out).toContain('    merchant_accounts.json, number 2, credentials/tmn_code: must be 8')
    expect(out).not.toContain(hashSecret)
    // Once every row can be read, what does not fit together is named.
    await writeSetupFolder(folder, {
      'fees.csv': [
        feeHeader,
        'H99,A,Một,phi,1000,,,,2026-01-01,',
        'H98,C,Ba,phi,1000,,,,2026-01-01,2025-12-31',
        'H99,A,Một,phi,2000,,,,2026-01-01,',
      ],
    })
    expect(faultsOf((await setupJson()).step('fees.csv'))).toEqual([
      '3 agency_code there is no such agency',
      '4 valid_from the fee has a price from that day on in line 2 already',
      '3 valid_to lies before valid_from',
    ])
  })

  test.for([
    [
      ['agency_code,name', 'H97.01.02,Xa'],
      ['2 agency_code lies below no agency: neither here nor in the file is there H97.01'],
    ],
    [['agency_code,name', 'H97,Một', 'H97,Hai'], ['3 agency_code is in line 2 already']],
    [['agency_code,name,colour', 'H97,Một,đỏ'], ['1 colour is no column of agencies.csv']],
    [
      ['agency_code,name,name', 'H97,Một,Hai'],
      ['1 name stands there twice', '1 name stands there twice'],
    ],
    [['agency_code,name', 'H97'], ['2 name is missing']],
    [['agency_code,name', 'H97,Một,Hai'], ['2 has 3 cells, the header 2']],
    [['agency_code,name', 'H97,"Một'], ['2 unclosed quote']],
    [
      ['agency_code,name,receipt_serial_le_phi', 'H97,Một,TAA'],
      ['2 receipt_serial_le_phi must differ from receipt_serial_phi'],
    ],
  ] as const)('in agencies: %j', async ([lines, faults]) => {
    await writeSetupFolder(folder, { 'agencies.csv': lines })
    const { step, code } = await setupJson()
    expect([code, faultsOf(step('agencies.csv'))]).toEqual([1, lines[0].includes('name,name') ? [faults[0]] : faults])
    expect(faultsOf(step('clients.csv'))?.[0]).toBe('2 agency_code there is no such agency')
    expect((await rows()).agencies).toEqual([])
  })

  test('refuses accounts that others may read, and settings that are none', async () => {
    await writeSetupFolder(folder)
    await chmod(join(folder, 'merchant_accounts.json'), 0o644)
    const { step } = await setupJson()
    expect(faultsOf(step('merchant_accounts.json'))).toEqual(['holds credentials, and others may read it: chmod 600'])
    const answers = join(place, 'answers.json')
    await writeFile(answers, '{"LEPHI_OIDC_ISSUR": "https://id.example.vn"}')
    const refused = await setup('--answers', answers)
    expect([refused.code, refused.error.split('\n')[0]]).toEqual([
      2,
      '--answers: LEPHI_OIDC_ISSUR is no variable of the gateway',
    ])
    const url = env.DATABASE_URL ?? ''
    env.DATABASE_URL = 'postgres://lephi:hush@127.0.0.1:1/lephi'
    const away = await setup()
    expect([away.code, away.error]).toEqual([
      3,
      expect.stringMatching(/cannot be reached: .*\. Is it right in .*gateway\.env\?$/),
    ])
    env.DATABASE_URL = url
    const nowhere = await run(['--from', join(place, 'none'), '--settings', envFile])
    expect([nowhere.code, nowhere.error.split('\n')[0]]).toEqual([
      2,
      `--from: there is no folder ${join(place, 'none')}`,
    ])
    const keyless = await run(['--from', folder])
    expect([keyless.code, keyless.error]).toEqual([
      2,
      expect.stringContaining('LEPHI_MASTER_KEY: production needs a key'),
    ])
  })
})

describe('what has changed', () => {
  test('is brought to what the files say: names, terms, and prices by their days', async () => {
    await writeSetupFolder(folder)
    expect((await setup()).code).toBe(0)
    await writeSetupFolder(
      folder,
      {
        'agencies.csv': ['agency_code,name', 'H99.01,Sở Tư pháp tỉnh H99'],
        'fees.csv': [feeHeader, 'H99,LP-TEST,Lệ phí mẫu,le_phi,56.000,2771,Nghị quyết mẫu 09/2026,no,2027-01-01,'],
      },
      [accountOf({ settlement_days: 2, credentials: { tmn_code: 'LEPHI099', hash_secret: 'ANOTHERKEYANOTHERKEY' } })],
    )
    const { step, code } = await setupJson()
    expect(code).toBe(0)
    expect(step('agencies.csv')?.changes).toEqual([
      { what: 'change', name: 'H99.01 Sở Tư pháp tỉnh H99', detail: 'name' },
    ])
    expect(step('fees.csv')?.changes).toEqual([
      { what: 'end', name: 'H99 LP-TEST from 2026-01-01', detail: '2026-12-31' },
      { what: 'add', name: 'H99 LP-TEST from 2027-01-01', detail: '56000 đ' },
    ])
    expect(step('merchant_accounts.json')?.changes).toEqual([
      { what: 'change', name: 'H99 vnpay VNPAY', detail: 'settlementDays' },
    ])
    expect(step('merchant_accounts.json')?.notes.join()).toContain('other credentials are in use and stay')
    const [agency] = await database.sql`select name, tax_code, fee_check from agencies where agency_code = 'H99.01'`
    expect(agency).toEqual({ name: 'Sở Tư pháp tỉnh H99', taxCode: '2899000002', feeCheck: 'enforce' })
    expect((await rows()).merchant_account_keys).toHaveLength(1)
    expect((await setupJson()).steps.flatMap(({ changes }) => changes)).toEqual([])
    await writeSetupFolder(folder, {
      'fees.csv': [feeHeader, 'H99,LP-TEST,Lệ phí mẫu,le_phi,57000,2771,Nghị quyết mẫu 09/2026,no,2027-01-01,'],
      'clients.csv': ['name,agency_code,scopes', 'Quản trị,H99,admin reports:read'],
    })
    const rewritten = await setupJson()
    expect(faultsOf(rewritten.step('fees.csv'))?.[0]).toMatch(/^2 unit_amount differs from what holds since 2027-01-01/)
    expect(faultsOf(rewritten.step('clients.csv'))?.[0]).toMatch(/^2 scopes differ from those/)
  })
})

describe('a sample of a statement', () => {
  test('that is not read whole is named by row, and gives no profile; one that is there stays', async () => {
    const sample = [...setupFiles['doi-soat.csv'], 'att03;khi nào;Thanh toán;150.000;0;Thành công']
    await writeSetupFolder(folder, { 'doi-soat.csv': sample })
    const { step, code } = await setupJson()
    expect(code).toBe(1)
    expect(faultsOf(step('doi-soat.csv'))?.at(-1)).toMatch(/not every row is understood/)
    const profile = async () =>
      (await database.sql`select statement_profile from merchant_accounts`)[0]?.statementProfile
    expect(await profile()).toBeNull()
    await writeSetupFolder(folder)
    expect((await setupJson()).code).toBe(0)
    const learned = await profile()
    expect(learned).toMatchObject({
      header_row: 2,
      date_format: 'dd/MM/yyyy HH:mm:ss',
      number_format: { decimal: ',', thousands: '.' },
    })
    await writeSetupFolder(folder, { 'doi-soat.csv': sample })
    expect((await setupJson()).code).toBe(0)
    expect(await profile()).toEqual(learned)
    await writeSetupFolder(folder, {}, [accountOf({ title: 'Hai', statement_sample: 'none.csv' })])
    expect(faultsOf((await setupJson()).step('none.csv'))).toEqual(['there is no such file in the folder'])
  })
})

describe('at a terminal', () => {
  test('asks for what is missing, shows what would change, and changes it only on yes', async () => {
    await writeSetupFolder(folder)
    const url = String(env.DATABASE_URL)
    env = { LEPHI_DATABASE_CONNECTIONS: '4' }
    const asked: string[] = []
    const answering =
      (apply: string): Ask =>
      async (question, how) => {
        asked.push(`${question.split(/[, ?]/)[0]}${how?.isSecret ? ' hidden' : ''}`)
        if (question.startsWith('DATABASE_URL')) return url
        if (question.startsWith('PUBLIC_URL')) return 'https://fees.example.vn'
        return question.startsWith('Apply') ? apply : ''
      }
    const words = ['--from', folder, '--settings', envFile, '--offline']
    const declined = await run(words, answering('no'))
    expect(declined.code).toBe(0)
    expect(declined.error).toContain('✓ agencies.csv: 3 would be added')
    expect(declined.out).toContain('Nothing of the files was applied.')
    expect((await rows()).agencies).toEqual([])
    expect(asked).toEqual([
      'DATABASE_URL hidden',
      'DATABASE_MIGRATIONS_URL hidden',
      'PUBLIC_URL',
      'LEPHI_OIDC_ISSUER',
      'Apply',
    ])
    expect(declined.out).not.toContain(url)
    expect((await run(['--settings', envFile, '--offline'], answering('no'))).code).toBe(1)
    expect(asked.splice(5)).toEqual(['DATABASE_MIGRATIONS_URL hidden', 'LEPHI_OIDC_ISSUER', 'Folder'])
    // What was answered is kept; only what is still open is asked again.
    const accepted = await run(words, answering('yes'))
    expect(accepted.code).toBe(0)
    expect((await rows()).agencies).toHaveLength(3)
    expect(asked.slice(5)).toEqual(['DATABASE_MIGRATIONS_URL hidden', 'LEPHI_OIDC_ISSUER', 'Apply'])
  })
})
