// What the guides to servers and to Cloudflare have somebody type runs as it stands, in the order of the page, on a server of stand-ins (test/kit/stood-in) that refuse what the real ones would not take.
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { pageBlock } from '../kit/blocks.ts'
import { createEmptyDatabase } from '../kit/database.ts'
import { selfSigned } from '../kit/self-signed.ts'
import { makeStoodInServer, type StoodInServer } from '../kit/stood-in/server.ts'

const withCompose = pageBlock('docs/deploy-node.md', 'docker compose')
const program = pageBlock('docs/deploy-node.md', 'npm run build')
const units = pageBlock('docs/deploy-node.md', 'systemctl enable')
const proxy = pageBlock('docs/deploy-node.md', 'apt-get install haproxy')
const pooler = pageBlock('docs/deploy-node.md', 'apt-get install pgbouncer')
const hyperdrive = pageBlock('docs/deploy-workers.md', 'hyperdrive create')
const masterKey = pageBlock('docs/deploy-workers.md', 'secret put LEPHI_MASTER_KEY')
const tracesKey = pageBlock('docs/deploy-workers.md', 'secret put OTEL_EXPORTER_OTLP_HEADERS')
const deployment = pageBlock('docs/deploy-workers.md', 'wrangler deploy')
const backAgain = pageBlock('docs/deploy-workers.md', 'rollback')

const makeServer = async (options: { isBuilt?: boolean } = {}): Promise<StoodInServer> => {
  const server = await makeStoodInServer(options)
  onTestFinished(() => server.drop())
  return server
}

const succeed = async ({ type }: StoodInServer, typed: string): Promise<string> => {
  const ran = await type(typed)
  expect(ran, ran.error).toMatchObject({ code: 0 })
  return ran.out
}

const key = Buffer.from(Array.from({ length: 32 }, (_, n) => n * 7)).toString('base64')
const longEnough = { timeout: 200_000 }

/** As the page asks before the units are put in place. */
const fillInSettings = async ({ fillIn }: StoodInServer, databaseUrl: string): Promise<void> => {
  for (const name of ['gateway.env', 'migrate.env'])
    await fillIn(`deploy/systemd/${name}`, (text) =>
      text
        .replace(/=KEY$/m, `=${key}`)
        .replace(/=TOKEN$/m, `=${key}`)
        .replaceAll('PASSWORD', 'secret'),
    )
  await fillIn('deploy/systemd/migrate.env', (text) =>
    text.replace(/^DATABASE_URL=.*$/m, `DATABASE_URL=${databaseUrl}`),
  )
}

test(
  'everything on one machine: secrets and certificate are there before the containers are, and nobody else reads them',
  longEnough,
  async () => {
    const server = await makeServer()
    await succeed(server, withCompose)
    expect(server.done()).toEqual([
      'chown 99 /etc/lephi/certificates',
      'docker compose up https://fees.example.vn',
      'ready https://fees.example.vn/readyz',
    ])
    expect(await server.read('/etc/lephi/certificates/front.pem')).toBe(selfSigned.cert + selfSigned.key)
    expect(await server.modeOf('/etc/lephi/certificates')).toBe('700')
    expect(await server.modeOf(`${server.project}/deploy/.env`)).toBe('600')
    const secrets = [
      ...(await server.read(`${server.project}/deploy/.env`)).matchAll(/^\w+(?:KEY|TOKEN|PASSWORD)=(.+)$/gm),
    ]
    const values = secrets.map(([, value]) => value ?? '')
    expect(values.map((value) => value.length).sort()).toEqual([44, 48, 48, 48, 48, 48])
    expect(new Set(values).size).toBe(values.length)
  },
)

test('on servers: built, the pooler, migrated, then the processes and the proxy', { timeout: 400_000 }, async () => {
  const [server, database] = [await makeServer({ isBuilt: true }), await createEmptyDatabase()]
  onTestFinished(() => database.drop())
  await succeed(server, program)
  await succeed(server, pooler)
  await fillInSettings(server, database.url)
  await succeed(server, units)
  await succeed(server, proxy)
  expect(server.done()).toEqual([
    'npm ci --include=dev',
    'npm run build',
    'npm ci --omit=dev --omit=optional',
    'apt-get update',
    'apt-get install pgbouncer',
    'chown postgres: /etc/pgbouncer/users.txt',
    'started pgbouncer',
    'systemctl daemon-reload',
    'started lephi-migrate',
    'enabled lephi@8787',
    'started lephi@8787',
    'enabled lephi@8788',
    'started lephi@8788',
    'ready http://127.0.0.1:8787/readyz',
    'apt-get update',
    'apt-get install haproxy',
    'started haproxy',
    'ready http://127.0.0.1:8404/readyz',
  ])
  const [row] = await database.sql`select to_regclass('orders') is not null as is_there`
  expect(row).toEqual({ isThere: true })
  for (const path of [
    '/etc/lephi/gateway.env',
    '/etc/lephi/migrate.env',
    '/etc/lephi/front.pem',
    '/etc/pgbouncer/users.txt',
  ])
    expect(await server.modeOf(path), path).toBe('600')
  expect(await server.read('/etc/lephi/front.pem')).toBe(selfSigned.cert + selfSigned.key)
  expect(await server.read('/etc/pgbouncer/pgbouncer.ini')).toContain('\nlephi = host=db.example.vn port=5432\n')
  await hasNothingForDevelopers(server)
})

const hasNothingForDevelopers = async ({ read, type }: StoodInServer): Promise<void> => {
  const listed = (await type("cd /opt/lephi && printf '%s\\n' *")).out.split('\n')
  expect(listed.slice(0, -1)).toEqual(['dist', 'drizzle', 'node_modules', 'package.json'])
  await expect(read('/opt/lephi/node_modules/vitest/package.json')).rejects.toThrow('ENOENT')
  expect(await read('/opt/lephi/node_modules/hono/package.json')).toContain('"hono"')
}

test(
  'on Cloudflare: cache off, keys first, the office before the front that names it, and back again',
  longEnough,
  async () => {
    const server = await makeServer()
    const printed = await succeed(server, hyperdrive)
    const [, id = ''] = /"id": "(\w+)"/.exec(printed) ?? []
    for (const name of ['wrangler.toml', 'wrangler.office.toml'])
      await server.fillIn(name, (text) => text.replace(/^id = .*$/m, `id = "${id}"`))
    await succeed(server, masterKey)
    await succeed(server, tracesKey)
    await succeed(server, deployment)
    // A new version goes up in the same way.
    await succeed(server, deployment)
    await succeed(server, backAgain)
    const deployed = ['npm run worker-upload', 'deployed lephi-office', 'deployed lephi']
    expect(server.done()).toEqual([
      `hyperdrive ${id} of lephi_gateway, without a cache`,
      'secret LEPHI_MASTER_KEY of lephi-office',
      'secret LEPHI_MASTER_KEY of lephi',
      'secret OTEL_EXPORTER_OTLP_HEADERS of lephi-office',
      'secret OTEL_EXPORTER_OTLP_HEADERS of lephi',
      ...deployed,
      ...deployed,
      'rolled back lephi',
      'rolled back lephi-office',
    ])
  },
)

/** Each time one word of the page is another. What comes before it is typed as it stands. */
describe('refuses', () => {
  const refusal = async (before: string[], typed: string, [word, other]: readonly [string, string]) => {
    const server = await makeServer()
    for (const each of before) await succeed(server, each)
    expect(typed).toContain(word)
    const { code, error } = await server.type(typed.replace(word, other))
    return code === 0 ? 'nothing' : error
  }

  it.each([
    ['a compose file that is not there', 'compose.yaml', 'compose.yml', 'no file deploy/compose.yml'],
    ['an option that compose has not', '--detach', '--detached', 'no option --detached'],
    ['a password that was left out', ' POSTGRES_PASSWORD', '', 'variable POSTGRES_PASSWORD is missing'],
    [
      'a certificate without its key',
      'cat fullchain.pem privkey.pem',
      'cat fullchain.pem',
      'no certificate with its key',
    ],
    ['a certificate that the proxy cannot read', 'chown -R 99', 'chown -R 98', 'user 99 cannot read'],
    ['a folder that nobody made', 'mkdir -p', '# ', 'No such file or directory'],
    ['an address that does not answer at once', '--retry 60', '', 'is not ready yet'],
  ])('on one machine: %s', async (_, word, other, said) => {
    expect(await refusal([], withCompose, [word, other])).toContain(said)
  })

  it.each([
    ['a package that Debian has not', 'install pgbouncer', 'install pg-bouncer', 'no package pg-bouncer'],
    ['packages before their lists', 'apt-get update\n', '', 'has no lists of packages'],
    ['a unit that is not there', 'restart pgbouncer', 'restart pgbounce', 'no file'],
    ['a verb that there is not', 'restart pgbouncer', 'rerun pgbouncer', 'rerun pgbouncer'],
    ['users that the pooler cannot read', 'chown postgres:', 'chown root:', 'postgres cannot read'],
    [
      'a pooler without users',
      'users.txt)',
      'user.txt); cp fullchain.pem /etc/pgbouncer/users.txt',
      'nobody stands in',
    ],
    ['settings of something else', 'deploy/pgbouncer/pgbouncer.ini', 'deploy/example.env', 'no auth_file'],
  ])('for the pooler: %s', async (_, word, other, said) => {
    expect(await refusal([], pooler, [word, other])).toContain(said)
  })

  it.each([
    ['a certificate that others may read', '(umask 077;', '(umask 022;', 'may be read by others'],
    ['settings without their variables', 'deploy/haproxy/default', 'deploy/example.env', 'in /etc/default/haproxy'],
    ['a proxy with no process behind it', 'restart haproxy', 'restart haproxy', 'nobody listens at 127.0.0.1:8404'],
  ])('for the proxy: %s', async (_, word, other, said) => {
    expect(await refusal(['mkdir -p /etc/lephi'], proxy, [word, other])).toContain(said)
  })

  it.each([
    ['a unit that systemd has not read', 'systemctl daemon-reload\n', '', 'wants a daemon-reload'],
    ['a unit that was not copied', 'systemd/*.service', 'systemd/lephi@.service', 'no file'],
    ['secrets that others may read', '-m 600', '-m 644', 'others may read it'],
    ['settings that nobody filled in', '-m 600', '-m 600', 'LEPHI_MASTER_KEY'],
  ])('for the units: %s', async (_, word, other, said) => {
    const installed = 'mkdir -p /etc/lephi /opt/lephi/dist && cp package.json /opt/lephi/dist/cli.mjs'
    expect(await refusal([installed], units, [word, other])).toContain(said)
  })

  it.each([
    ['a program that was not built', 'npm run build', 'npm run types', "cannot stat 'dist'"],
    ['a script that there is not', 'npm run build', 'npm run built', 'no script built'],
    ['an option that npm has not', '--include=dev', '--include=devs', 'no option --include=devs'],
  ])('for the program: %s', longEnough, async (_, word, other, said) => {
    expect(await refusal([], program, [word, other])).toContain(said)
  })

  it.each([
    [
      'an option that wrangler has not',
      hyperdrive,
      '--caching-disabled',
      '--cache-disabled',
      'no option --cache-disabled',
    ],
    ['a command that wrangler has not', masterKey, 'secret put', 'secret set', 'no command secret set'],
    ['a secret without a name', masterKey, 'LEPHI_MASTER_KEY ', '', 'secret put'],
    ['settings that are not there', tracesKey, 'wrangler.office.toml', 'office.toml', 'no file office.toml'],
    ['a Worker over no database', deployment, 'wrangler deploy', 'wrangler deploy', 'no such Hyperdrive'],
    ['a way back to nothing', backAgain, 'rollback', 'rollback', 'no former version'],
  ])('on Cloudflare: %s', longEnough, async (_, typed, word, other, said) => {
    expect(await refusal([], typed, [word, other])).toContain(said)
  })

  it('on Cloudflare: a front that names an office which is not there', longEnough, async () => {
    const server = await makeServer()
    const [, id = ''] = /"id": "(\w+)"/.exec(await succeed(server, hyperdrive)) ?? []
    await server.fillIn('wrangler.toml', (text) => text.replace(/^id = .*$/m, `id = "${id}"`))
    const { error } = await server.type(deployment.replace('--config wrangler.office.toml', '--config wrangler.toml'))
    expect(error).toContain('lephi names lephi-office, which is not there')
  })
})
