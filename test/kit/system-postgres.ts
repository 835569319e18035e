// A PostgreSQL of the system's packages with its clients, which the packaged one does not bring: whoever operates it sits where the server runs, and types what a page says.
// Where there is none, the tests say so and do not run, but on CI they fail.
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { appendFile, chown, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { serverVersionMin } from '../../src/node/open-database.ts'
import { type Account, knownAccount } from '../../src/node/postgres-home.ts'
import { freePort } from '../../src/node/postgres-server.ts'
import { type Ran, runInBash } from './blocks.ts'

export type SystemPostgres = {
  /** Everything of it; belongs to the account that the server runs as. */
  folder: string
  data: string
  /** postgres://… of its superuser, or of a login whose password is `secret`, as on the pages. */
  url: (database: string, login?: string) => string
  /** Runs a script as that account. The clients find the server, as its superuser. */
  type: (script: string) => Promise<Ran>
  /** The same where it has to succeed: answers what was printed, and throws what was said otherwise. */
  succeed: (script: string) => Promise<string>
}

/** For the tests of this file. The answer starts a new server, with these lines of settings behind its own; all of them are dropped at the end. */
export const useSystemPostgres = (): ((settings?: (folder: string) => string) => Promise<SystemPostgres>) => {
  const binaries = findBinaries()
  const started: Started[] = []
  beforeAll(() => {
    if (!binaries && process.env.CI) throw new Error(missing)
  })
  beforeEach(({ skip }) => {
    if (!binaries) skip(missing)
  })
  afterAll(async () => {
    for (const server of started) await server.drop()
  })
  return async (settings = () => '') => {
    if (!binaries) throw new Error(missing)
    const server = await prepare(binaries)
    started.push(server)
    await start(server, settings(server.folder))
    return server
  }
}

const missing = `there is no PostgreSQL ${serverVersionMin} or later with its clients on this machine: apt-get install postgresql`

/** Debian keeps each version's programs in a folder of their own, where no PATH leads. */
const versionsAt = '/usr/lib/postgresql'
const programs = ['initdb', 'pg_ctl', 'psql', 'createdb', 'pg_dump', 'pg_restore', 'pg_basebackup']

const findBinaries = (): string | null =>
  (existsSync(versionsAt) ? readdirSync(versionsAt) : [])
    .map(Number)
    .filter((version) => version >= serverVersionMin)
    .sort((one, other) => other - one)
    .map((version) => join(versionsAt, String(version), 'bin'))
    .find((folder) => programs.every((name) => existsSync(join(folder, name)))) ?? null

type Started = SystemPostgres & {
  port: number
  password: string
  own: (path: string) => Promise<void>
  drop: () => Promise<void>
}

const typedWithinMs = 120_000

const prepare = async (binaries: string): Promise<Started> => {
  const folder = await mkdtemp(join(tmpdir(), 'lephi-system-'))
  const account = await accountOf()
  const own = async (path: string) => account && chown(path, account.uid, account.gid)
  await own(folder)
  const data = join(folder, 'data')
  const port = await freePort()
  const password = randomBytes(18).toString('base64url')
  const env = {
    ...{ PATH: `${binaries}:${process.env.PATH}`, HOME: folder, LC_ALL: 'C.UTF-8' },
    ...{ PGHOST: folder, PGPORT: String(port), PGUSER: 'postgres', PGDATABASE: 'postgres', PGDATA: data },
  }
  const type = (script: string) => runInBash(script, { cwd: folder, env, timeoutMs: typedWithinMs, account })
  return {
    ...{ folder, data, port, password, own, type },
    url: (database, login) =>
      `postgres://${login ? `${login}:secret` : `postgres:${password}`}@127.0.0.1:${port}/${database}`,
    succeed: async (script) => {
      const { code, out, error } = await type(script)
      if (code !== 0) throw new Error(`${script}\nended with ${code}: ${out}${error}${await lastWords(folder)}`)
      return out
    },
    drop: async () => {
      await type('pg_ctl stop --mode immediate')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The ends of its logs, of the first start and of one that a page has typed. */
const lastWords = async (folder: string): Promise<string> => {
  const logs = (await readdir(folder)).filter((name) => name.endsWith('.log'))
  const ends = await Promise.all(logs.map(async (name) => (await readFile(join(folder, name), 'utf8')).slice(-1_500)))
  return ends.join('\n')
}

/** Its socket is for this account alone, so that nobody else on the machine needs to be kept out by a password. */
const start = async ({ folder, data, port, password, own, succeed }: Started, settings: string): Promise<void> => {
  const file = join(folder, 'password')
  await writeFile(file, password, { mode: 0o600 })
  await own(file)
  await succeed(
    `initdb --username postgres --pwfile ${file} --auth-local trust --auth-host scram-sha-256 --encoding UTF8 --locale C --no-sync --no-instructions`,
  )
  const mine = { listen_addresses: '127.0.0.1', port, unix_socket_directories: folder, fsync: 'off', timezone: 'UTC' }
  const lines = Object.entries(mine).map(([name, value]) => `${name} = '${value}'\n`)
  await appendFile(join(data, 'postgresql.conf'), `${lines.join('')}${settings}`)
  await succeed(`pg_ctl start --wait --log ${folder}/server.log`)
}

/** PostgreSQL refuses to be root. */
const accountOf = async (): Promise<Account | undefined> =>
  process.getuid?.() === 0 ? knownAccount(await readFile('/etc/passwd', 'utf8').catch(() => '')) : undefined
