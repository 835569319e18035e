// The doctor finds each thing that is broken, by its name, and says what to do; of a sound installation it says that it is sound.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEndpoint } from '../../src/flows/change-webhook-endpoint.ts'
import { lookAtAccounts } from '../../src/flows/check-up/look-at-accounts.ts'
import { lookAtAgencies } from '../../src/flows/check-up/look-at-agencies.ts'
import { createEmptyDatabase, createTestDatabase } from '../kit/database.ts'
import { createPatient, masterKey, type Patient } from '../kit/doctors-patient.ts'
import { serverClock } from '../kit/global-setup.ts'
import { placeTestOrder } from '../kit/orders.ts'
import { giveClock } from '../kit/real-clock.ts'

let patient: Patient
let database: Patient['database']
let deps: Patient['deps']
let env: Patient['env']
let look: Patient['look']
let run: Patient['run']

beforeEach(async () => {
  patient = await createPatient()
  ;({ database, deps, env, look, run } = patient)
})
afterEach(() => patient.close())

describe('of a sound installation', () => {
  test('it says so, and changes nothing', async () => {
    const rows = () =>
      database.sql`select (select count(*) from signing_keys) as keys, (select count(*) from audit_log) as audited`
    const before = await rows()
    const { code, failing, of, findings } = await look()
    expect([code, failing]).toEqual([0, []])
    expect(of('public address')).toEqual([`ok: ${env.PUBLIC_URL} is this gateway`])
    expect(of('clock')).toEqual([`ok: agrees with the database, ${env.PUBLIC_URL}`])
    expect(of('migrations')).toEqual([expect.stringMatching(/^ok: all \d+ are applied$/)])
    expect(of('master keys')).toEqual(['ok: first seals; a value of each kind opens'])
    expect(new Set(findings.map(({ check }) => check)).size).toBe(16)
    expect(await rows()).toEqual(before)
  })

  test('it draws a line for each, with what to do below, and counts', async () => {
    const { code, out } = await run('doctor', '--offline')
    expect(code).toBe(0)
    expect(out).toMatch(/^✓ configuration {6}demo, at http:/m)
    expect(out).toMatch(/^! rights {13}The database login/m)
    expect(out).toMatch(/^ +→ Make the roles of docs\/deploy-node.md/m)
    expect(out).toMatch(/^- providers {10}nobody is asked with --offline$/m)
    expect(out).toMatch(/\n\d+ well, \d+ to be looked at, 0 wrong, 3 not looked at$/)
  })
})

describe('it finds', () => {
  test('a variable that is wrong, by its name, and looks at nothing that rests on it', async () => {
    env.LEPHI_MASTER_KEY = 'short'
    env.PORT = 'many'
    const { code, failing, of } = await look()
    expect([code, failing]).toEqual([1, ['configuration']])
    expect(of('configuration').join()).toMatch(/LEPHI_MASTER_KEY: must be.*|PORT: must be/)
    expect(of('configuration')).toHaveLength(2)
    expect(of('merchant accounts')).toEqual(['skipped: the configuration cannot be read'])
    const { out } = await run('doctor')
    expect(out).not.toContain('short')
  })

  test('a database that is not there, without telling its password', async () => {
    env.DATABASE_URL = 'postgres://lephi:hush@127.0.0.1:1/lephi'
    const { failing, of, findings } = await look()
    expect(failing).toEqual(['database'])
    expect(of('database')).toEqual([expect.stringContaining('DATABASE_URL: the database cannot be reached')])
    expect(of('fees')).toEqual(['skipped: the database is not ready'])
    expect(JSON.stringify(findings)).not.toContain('hush')
  })

  test('an open line to another machine', async () => {
    env.DATABASE_REPLICA_URL = 'postgres://reader:hush@db.example.vn/lephi'
    const { code, of } = await look('--offline')
    expect([code, of('database')]).toEqual([
      0,
      expect.arrayContaining([expect.stringMatching(/^warning: .*DATABASE_REPLICA_URL has no sslmode/)]),
    ])
  })

  test('that nobody is reached where migrations are looked for', async () => {
    env.DATABASE_MIGRATIONS_URL = database.url
    expect((await look('--offline')).of('database')).toContain('ok: DATABASE_MIGRATIONS_URL is reached too')
    env.DATABASE_MIGRATIONS_URL = 'postgres://lephi:hush@127.0.0.1:1/lephi'
    const { failing, of, findings } = await look('--offline')
    expect([failing, of('database').at(-1)]).toEqual([
      ['database'],
      expect.stringMatching(/^failure: DATABASE_MIGRATIONS_URL: the database cannot be reached: /),
    ])
    expect(JSON.stringify(findings)).not.toContain('hush')
  })

  test('a standby for reports that is none', async () => {
    env.DATABASE_REPLICA_URL = database.url
    const { code, of } = await look('--offline')
    expect([code, of('database').at(-1)]).toEqual([0, expect.stringMatching(/^warning: .* is no standby of this/)])
    env.DATABASE_REPLICA_URL = 'postgres://lephi:hush@127.0.0.1:1/lephi'
    expect((await look('--offline')).of('database').at(-1)).toMatch(
      /does not answer: the primary reads reports itself$/,
    )
    // Whom it does not let in.
    env.DATABASE_REPLICA_URL = Object.assign(new URL(database.url), { username: 'nobody_here' }).href
    const { failing, of: told } = await look('--offline')
    expect([failing, told('merchant accounts').length > 0]).toEqual([[], true])
    expect(told('database').at(-1)).toMatch(/does not answer: the primary reads reports itself$/)
  })

  test('what it has not looked at, where there is more than it looks at', async () => {
    const warned = { standing: 'warning', found: 'only the first 1 were looked at' }
    expect((await lookAtAccounts(deps, 1)).findings).toContainEqual(expect.objectContaining(warned))
    expect(await lookAtAgencies(deps, 1)).toContainEqual(expect.objectContaining(warned))
    await database.sql`update merchant_accounts set status = 'disabled' where id = (select min(id) from merchant_accounts)`
    expect((await lookAtAccounts(deps, 1)).findings).toMatchObject([warned])
  })

  test('a database without tables', async () => {
    const empty = await createEmptyDatabase()
    env.DATABASE_URL = empty.url
    const { failing, of, todos } = await look('--offline')
    await empty.drop()
    expect(failing).toContain('migrations')
    expect(of('migrations')).toEqual([expect.stringMatching(/^failure: \d+ are not applied, 0000_/)])
    expect(todos.join()).toContain('npx lephi migrate')
  })

  test.for([
    ['delete from lephi_migrations where name = (select max(name) from lephi_migrations)', /1 are not applied, 00/],
    [
      "insert into lephi_migrations (name, sha256) values ('9999_later', 'x')",
      /ahead of this version: it has 9999_later/,
    ],
    ["update lephi_migrations set sha256 = 'x' where name like '0003%'", /0003_\w+ was changed after/],
  ] as const)('migrations that differ: %s', async ([broken, said]) => {
    await database.sql.unsafe(broken)
    const applied = () => database.sql`select name, sha256 from lephi_migrations order by name`
    const before = await applied()
    const { failing, of } = await look('--offline')
    expect([failing, of('migrations')]).toEqual([['migrations'], [expect.stringMatching(said)]])
    expect(await applied()).toEqual(before)
  })

  test('a table that a migration has bounded and not come to hold by month', async () => {
    await database.sql`alter table orders add constraint orders_first_months check (id < 'ord_z') not valid`
    expect((await look('--offline')).of('migrations')).toEqual([
      expect.stringMatching(/^ok: /),
      expect.stringMatching(/^warning: orders has been bounded .*writes fail \(orders_first_months\)/),
    ])
  })

  test('nothing against a login that owns nothing and may work as the gateway', async () => {
    const name = `gateway_${process.pid}`
    await database.sql.unsafe(`create role ${name} login password 'hush' in role lephi_app`)
    env.DATABASE_URL = Object.assign(new URL(database.url), { username: name, password: 'hush' }).href
    const { code, of } = await look('--offline')
    await database.sql.unsafe(`drop role ${name}`)
    expect([code, of('rights')]).toEqual([0, ['ok: works as lephi_app, whom row-level security binds']])
    expect(of('database')[0]).toMatch(new RegExp(`^ok: PostgreSQL \\d+.*, as ${name} over an open line$`))
  })

  test('a role with more rights than it should have, and a login with none', async () => {
    await database.sql`grant update on postings to lephi_app`
    const { failing, of } = await look('--offline')
    expect([failing, of('rights')[0]]).toEqual([
      ['rights'],
      expect.stringMatching(/^failure: The database is used as lephi_app, who may/),
    ])
    const name = `doctor_${process.pid}`
    await database.sql.unsafe(`create role ${name} login password 'hush'`)
    await database.sql.unsafe(`grant select on lephi_migrations to ${name}`)
    env.DATABASE_URL = Object.assign(new URL(database.url), { username: name, password: 'hush' }).href
    const stranger = await look('--offline')
    await database.sql.unsafe(`drop owned by ${name}; drop role ${name}`)
    expect([stranger.failing, stranger.of('rights')]).toEqual([
      ['rights'],
      [`failure: the login ${name} may not work as lephi_app`],
    ])
  })

  test.for([
    [40, ['clock'], /^failure: that of the database is 40 s ahead of this machine's$/],
    [-40, ['clock'], /^failure: that of the database is 40 s behind/],
    [15, [], /^warning: that of the database is 15 s ahead/],
  ] as const)('a database clock that is %d s off', async ([seconds, failed, said]) => {
    await giveClock(database, seconds)
    const { failing, of } = await look('--offline')
    expect([failing, of('clock')]).toEqual([failed, [expect.stringMatching(said)]])
  })

  test('a database clock that tells no time', async () => {
    await database.sql.unsafe(serverClock)
    expect((await look('--offline')).of('clock')).toEqual(['failure: that of the database tells no time'])
  })

  test('a master key that is missing, another one under its name, and a former one that is still needed', async () => {
    const sealed = 'signing_keys.sealed_private_jwk, merchant_account_keys.sealed'
    env.LEPHI_MASTER_KEY = `second:${masterKey(2)}`
    const missing = await look('--offline')
    expect(missing.failing).toEqual(['master keys', 'signing keys', 'merchant accounts'])
    expect(missing.of('master keys')).toEqual([`failure: the key first is not given, and has sealed ${sealed}`])
    expect(missing.of('merchant accounts')[0]).toContain('its credentials do not open')
    env.LEPHI_MASTER_KEY = `first:${masterKey(2)}`
    const other = await look('--offline')
    expect(other.of('master keys')).toEqual([expect.stringMatching(/^failure: does not open, though .*: signing_keys/)])
    env.LEPHI_MASTER_KEY = `second:${masterKey(2)},first:${masterKey(1)}`
    const former = await look('--offline')
    expect([former.code, former.of('master keys')]).toEqual([
      0,
      [`warning: the former key first is still needed: it has sealed ${sealed}`],
    ])
    expect(former.todos).toContain('Seal those anew: npx lephi rotate-key --master')
  })

  test('a signing key that has signed for years', async () => {
    await database.sql`alter table signing_keys disable trigger user`
    await database.sql`update signing_keys set created_at = created_at - interval '3 years'`
    const { code, of } = await look('--offline')
    expect([code, of('signing keys')]).toEqual([0, [expect.stringMatching(/^warning: \S+ has signed for 109\d days$/)]])
  })

  test('that there are no agencies, no accounts, no fees', async () => {
    await database.sql`update merchant_accounts set status = 'disabled'`
    const idle = await look('--offline')
    expect(idle.failing).toEqual(['merchant accounts'])
    expect(idle.of('agencies')).toEqual([expect.stringMatching(/^warning: no merchant account serves H56, H56.12,/)])
    await database.sql`delete from fee_schedules`
    expect((await look('--offline')).of('fees')).toEqual([
      expect.stringMatching(/^warning: no price holds today for H56, H56.12,/),
    ])
    const bare = await createTestDatabase()
    await giveClock(bare)
    env.DATABASE_URL = bare.url
    const { failing } = await look('--offline')
    await bare.drop()
    expect(failing).toEqual(['agencies', 'merchant accounts'])
  })

  test('that a receipt lacks a tax code, or two agencies one series', async () => {
    await database.sql`update agencies set tax_code = null where agency_code = 'H56.242'`
    await database.sql`update agencies set tax_code = (select tax_code from agencies where agency_code = 'H56.12') where agency_code = 'H56.14'`
    const { failing, of } = await look('--offline')
    expect(failing).toEqual(['receipts'])
    expect(of('receipts')[0]).toBe('failure: no receipt can be issued for H56.242: there is no tax code')
    expect(of('receipts')[1]).toMatch(
      /^warning: H56.12, H56.14 have the tax code \d+ and number receipts in the same series TAA$/,
    )
  })

  test('what a merchant account lacks, by its field', async () => {
    const [account] = await database.sql`select id from merchant_accounts where provider = 'vnpay'`
    const own = async () =>
      (await look('--offline')).of('merchant accounts').filter((line) => line.includes(String(account?.id)))
    await database.sql`update merchant_accounts set statement_profile = '{}'::jsonb where id = ${account?.id}`
    expect(await own()).toEqual([expect.stringMatching(/^ok: .*complete$/)])
    await database.sql`update merchant_accounts set statement_profile = null, provider_fee = '{}'::jsonb where id = ${account?.id}`
    expect(await own()).toEqual([
      expect.stringContaining('no statement profile'),
      expect.stringContaining('no settlement terms'),
    ])
    await database.sql`update merchant_accounts set settings = settings - 'payment_url' where id = ${account?.id}`
    expect(await own()).toEqual([expect.stringMatching(/^failure: .*: \/settings\/payment_url /)])
    await database.sql`update merchant_account_keys set retires_at = now(), replaced_at = now() where merchant_account_id = ${account?.id}`
    expect(await own()).toEqual([expect.stringContaining('no key is valid')])
  })

  test('an endpoint that takes nothing, and one that does again', async () => {
    const caller = { clientId: 'cli_test', agency: 'H56' }
    const endpoint = { url: 'http://127.0.0.1:9/secret-path', eventTypes: null, agencyCode: 'H56' }
    await createEndpoint(deps, caller, endpoint, { key: null, body: {} })
    await placeTestOrder(deps, { agencyCode: 'H56.12.03', expiresAt: null })
    expect((await look('--offline')).of('webhooks')).toEqual(['ok: every endpoint has taken what it was sent'])
    await database.sql`update webhook_deliveries set attempt_count = 3`
    const { failing, of } = await look('--offline')
    expect([failing, of('webhooks')]).toEqual([
      ['webhooks'],
      [expect.stringMatching(/^failure: whe_\w+ \(H56, 127.0.0.1:9\) has not taken 1 events, .*, and nothing since$/)],
    ])
    await placeTestOrder(deps, { agencyCode: 'H56.12.03', expiresAt: null })
    await database.sql`
      update webhook_deliveries set status = 'delivered', next_attempt_at = null, delivered_at = now() where attempt_count = 0`
    const again = await look('--offline')
    expect([again.code, again.of('webhooks')]).toEqual([
      0,
      [expect.stringMatching(/^warning: whe_\w+ .* 1 events, [^,]*$/)],
    ])
    await database.sql`update webhook_endpoints set disabled_at = now()`
    expect((await look('--offline')).of('webhooks')[0]).toMatch(/^ok/)
  })

  test('that nobody does the background work, or may write', async () => {
    await database.sql`insert into job_leases (name, holder, until) values ('watch_providers', 'gone', now() - interval '1 hour')`
    const { failing, of } = await look('--offline')
    expect([failing, of('background work')]).toEqual([
      ['background work'],
      [expect.stringContaining('nobody does background work')],
    ])
    await database.sql.unsafe(
      `alter database "${new URL(database.url).pathname.slice(1)}" set default_transaction_read_only = on`,
    )
    expect((await look('--offline')).of('background work')).toEqual(['failure: the database takes no writes'])
  })
})
