// A real PgBouncer in transaction mode before the tests' PostgreSQL. It comes from the system's packages; where there is none, the tests say so and do not run, but on CI they fail.
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, inject } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'
import { freePort } from '../../src/node/postgres-server.ts'
import { openDatabase } from '../../src/store/database.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { findDebianProgram } from './debian-program.ts'

export type PgBouncer = {
  /** The same database, by way of it, for a login that may do nothing at all unless its transaction takes the gateway's role. */
  through: (url: string) => string
  stop: () => Promise<void>
}

/** `poolSize`: connections to each database. `more`: lines of its settings. */
type PgBouncerOptions = { poolSize: number; more?: string }

/** Starts it for the tests of this file, or of a group of them. The answer may be called in a test, and no earlier. */
export const usePgBouncer = (options: PgBouncerOptions): (() => PgBouncer) => {
  let bouncer: PgBouncer | null = null
  beforeAll(async () => {
    const program = findDebianProgram('pgbouncer')
    if (program) bouncer = await startPgBouncer(program, options)
    else if (process.env.CI) throw new Error(missing)
  })
  beforeEach(({ skip }) => {
    if (!bouncer) skip(missing)
  })
  afterAll(() => bouncer?.stop())
  return () => {
    if (!bouncer) throw new Error(missing)
    return bouncer
  }
}

/** A copy of the template of which the gateway's own pool goes by way of PgBouncer, and the owner's does not. */
export const createPooledDatabase = async (bouncer: PgBouncer, { max }: { max: number }): Promise<TestDatabase> => {
  const own = await createTestDatabase()
  const database = openDatabase({ url: bouncer.through(own.url), role: 'lephi_app', max, pooler: 'transaction' })
  return {
    ...own,
    database,
    appSql: database.sql,
    drop: async () => {
      await database.close()
      await own.drop()
    },
  }
}

const missing = 'there is no PgBouncer on this machine: apt-get install pgbouncer'

const startPgBouncer = async (program: string, options: PgBouncerOptions): Promise<PgBouncer> => {
  const folder = await mkdtemp(join(tmpdir(), 'lephi-pgbouncer-'))
  const port = await freePort()
  const target = new URL(inject('testServer').url)
  const login = await makeLogin(target.href)
  await put(folder, 'users.txt', `"${login.name}" "${login.password}"\n`)
  await put(folder, 'pgbouncer.ini', await settings({ folder, port, target, ...options }))
  const account = accountOf()
  if (account)
    for (const path of [folder, join(folder, 'users.txt'), join(folder, 'pgbouncer.ini')])
      await chown(path, account.uid, account.gid)
  const child = spawn(program, [join(folder, 'pgbouncer.ini')], { ...account, stdio: ['ignore', 'ignore', 'pipe'] })
  const said: string[] = []
  child.stderr.on('data', (bytes: Buffer) => void said.push(String(bytes)))
  const ended = once(child, 'exit')
  const isUp = await Promise.race([ended.then(() => false), answersAt(port)])
  if (!isUp) {
    child.kill('SIGQUIT')
    throw new Error(`PgBouncer did not start: ${said.join('').slice(-2_000)}`)
  }
  return {
    through: (url) => {
      const address = new URL(url)
      address.hostname = '127.0.0.1'
      address.port = String(port)
      address.username = login.name
      address.password = login.password
      return address.href
    },
    stop: async () => {
      // At once: whoever is still connected has nothing left to say.
      child.kill('SIGTERM')
      await ended
      await login.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

type Login = { name: string; password: string; drop: () => Promise<void> }

/** As docs/deploy-node.md makes one, but that it inherits nothing: who forgets to take the role is refused. */
const makeLogin = async (url: string): Promise<Login> => {
  const [name, password] = [`lephi_test_login_${process.pid}_${randomHex(3)}`, randomHex(12)]
  const asAdmin = async (statement: string) => {
    const admin = postgres(url, { max: 1, onnotice: () => undefined })
    await admin.unsafe(statement).finally(() => admin.end({ timeout: 5 }))
  }
  await asAdmin(`create role ${name} login noinherit password '${password}' in role lephi_app`)
  return { name, password, drop: () => asAdmin(`drop role ${name}`) }
}

const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex')

const put = async (folder: string, name: string, text: string): Promise<void> => {
  await writeFile(join(folder, name), text)
  await chmod(join(folder, name), 0o600)
}

type Settings = PgBouncerOptions & { folder: string; port: number; target: URL }

/** Those that are deployed, over the tests' server. */
const settings = async ({ folder, port, target, poolSize, more = '' }: Settings): Promise<string> => {
  const deployed = await readFile(join(packageRoot(), 'deploy', 'pgbouncer', 'pgbouncer.ini'), 'utf8')
  const own: [RegExp, string][] = [
    [/^lephi = .*$/m, `* = host=${target.hostname} port=${target.port}`],
    [/^listen_addr = .*$/m, 'listen_addr = 127.0.0.1'],
    [/^listen_port = .*$/m, `listen_port = ${port}`],
    [/^auth_file = .*$/m, `auth_file = ${join(folder, 'users.txt')}`],
    [/^default_pool_size = .*$/m, `default_pool_size = ${poolSize}`],
  ]
  return own.reduce((text, [line, mine]) => {
    if (!line.test(text)) throw new Error(`deploy/pgbouncer/pgbouncer.ini has no line ${line.source}`)
    return text.replace(line, mine)
  }, `${deployed}\n${more}\n`)
}

/** It refuses to be root: then it runs as nobody. */
const accountOf = (): { uid: number; gid: number } | null => {
  if (process.getuid?.() !== 0) return null
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

const startsWithinMs = 20_000

const answersAt = async (port: number): Promise<boolean> => {
  const deadline = performance.now() + startsWithinMs
  while (performance.now() < deadline) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (isOpen) return true
    await pause(20)
  }
  return false
}
