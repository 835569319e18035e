import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/node/embedded-postgres.ts'
import { isAlive, readPostmaster } from '../../src/node/postmaster.ts'

let dataDir: string
const started: EmbeddedPostgres[] = []

const start = async (durable = true) => {
  const server = await startEmbeddedPostgres({ dataDir, durable })
  started.push(server)
  return server
}
const query = async (url: string, text: string) => {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return await sql.unsafe(text)
  } finally {
    await sql.end({ timeout: 5 })
  }
}
const postmaster = async () => {
  const found = await readPostmaster(join(dataDir, 'cluster'))
  if (!found) throw new Error('no server runs')
  return found
}
const gone = (pid: number) => expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false)

/** Another process that starts the server, prints its address, and then does as it is told by a line on stdin. */
const startElsewhere = async () => {
  const source = new URL('../../src/node/embedded-postgres.ts', import.meta.url).href
  const code = `
    import { startEmbeddedPostgres } from ${JSON.stringify(source)}
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, durable: true })
    console.log(server.url)
    process.stdin.once('data', async (line) => {
      if (String(line).includes('stop')) await server.stop()
      process.exit()
    })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [url] = await once(createInterface(child.stdout), 'line')
  return { child, url: String(url), ended: once(child, 'exit') }
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lephi-embedded-'))
  // As root the server runs under another account, which must be able to pass.
  await chmod(dataDir, 0o711)
})
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()))
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

describe('embedded PostgreSQL', () => {
  test('starts as told: UTF-8, locale C, UTC, 127.0.0.1 only, with ICU for Vietnamese order', async () => {
    const { url } = await start()
    const [row] = await query(
      url,
      `select current_setting('server_version') as version, current_setting('server_encoding') as encoding,
              (select datcollate from pg_database where datname = current_database()) as collate, current_setting('TimeZone') as zone,
              current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
              current_setting('max_connections') as connections, current_database() as database,
              (select string_agg(word, '' order by word collate "vi-x-icu") from unnest(array['e', 'đ', 'd']) word) as sorted`,
    )
    expect(row).toEqual({
      version: '18.4',
      encoding: 'UTF8',
      collate: 'C',
      zone: 'UTC',
      addresses: '127.0.0.1',
      sockets: '',
      connections: '200',
      database: 'lephi',
      sorted: 'dđe',
    })
  })

  test('keeps the data over a stop and a start', async () => {
    const first = await start()
    await query(first.url, 'create table kept (id int); insert into kept values (7)')
    const { pid } = await postmaster()
    await first.stop()
    expect(isAlive(pid)).toBe(false)
    const second = await start()
    expect(second.attached).toBe(false)
    expect(await query(second.url, 'select id from kept')).toEqual([{ id: 7 }])
  })

  test('may be stopped twice', async () => {
    const server = await start()
    await server.stop()
    await expect(server.stop()).resolves.toBeUndefined()
  })

  test.for([
    { durable: true, fsync: 'on', commit: 'on', pages: 'on' },
    { durable: false, fsync: 'off', commit: 'off', pages: 'off' },
  ])('writes to disk as durable: $durable says', async ({ durable, ...expected }) => {
    const { url } = await start(durable)
    const [row] = await query(
      url,
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
              current_setting('full_page_writes') as pages`,
    )
    expect(row).toEqual(expected)
  })

  test('keeps its password and its data from other users of the machine', async () => {
    const { url } = await start()
    expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(dataDir, 'cluster'))).mode & 0o777).toBe(0o700)
    const guessed = new URL(url)
    guessed.password = 'guess'
    await expect(query(guessed.href, 'select 1')).rejects.toThrow(/password authentication failed/)
  })
})

describe('shares one server among processes', () => {
  test('that start at the same moment', async () => {
    const [one, two] = await Promise.all([start(), start()])
    expect(one?.url).toBe(two?.url)
    expect([one?.attached, two?.attached].sort()).toEqual([false, true])
  })

  test('and only the last one to leave stops it', async () => {
    const other = await startElsewhere()
    const ours = await start()
    expect(ours).toMatchObject({ attached: true, url: other.url })
    other.child.stdin.write('stop\n')
    await other.ended
    const { pid } = await postmaster()
    expect(await query(ours.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await ours.stop()
    expect(isAlive(pid)).toBe(false)
  })

  test('of which one ends without a word', async () => {
    const other = await startElsewhere()
    const { pid } = await postmaster()
    other.child.stdin.write('exit\n')
    await other.ended
    await gone(pid)
  })
})

describe('survives', () => {
  test('a killed parent: the next start attaches to the server that is still there, and stops it at the end', async () => {
    const other = await startElsewhere()
    const { pid } = await postmaster()
    await query(other.url, 'create table survivors (id int)')
    other.child.kill('SIGKILL')
    await other.ended
    expect(isAlive(pid)).toBe(true)
    const server = await start()
    expect(server).toMatchObject({ attached: true, url: other.url })
    expect((await postmaster()).pid).toBe(pid)
    await query(server.url, 'select id from survivors')
    await server.stop()
    expect(isAlive(pid)).toBe(false)
  })

  test('a killed server: what was committed is there again', async () => {
    const first = await start()
    await query(first.url, 'create table committed (id int); insert into committed values (1)')
    const { pid } = await postmaster()
    process.kill(pid, 'SIGKILL')
    await gone(pid)
    const second = await start()
    expect(second.attached).toBe(false)
    expect(await query(second.url, 'select id from committed')).toEqual([{ id: 1 }])
  })

  test('a stale pid file that names a process which now is somebody else', async () => {
    await (await start()).stop()
    const lines = [process.pid, join(dataDir, 'cluster'), 1, 1, '', '127.0.0.1', '1 1', 'ready', '']
    await writeFile(join(dataDir, 'cluster', 'postmaster.pid'), lines.join('\n'))
    const server = await start()
    expect(server.attached).toBe(false)
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('a first start that was killed half-way', async () => {
    const whole = dataDir
    dataDir = await mkdtemp(join(tmpdir(), 'lephi-embedded-'))
    await chmod(dataDir, 0o711)
    try {
      await writeFile(join(dataDir, 'password.unfinished'), 'half')
      await writeFile(join(dataDir, 'cluster.unfinished'), 'half')
      const server = await start()
      expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
      await server.stop()
    } finally {
      await rm(dataDir, { recursive: true, force: true })
      dataDir = whole
    }
  })
})

describe('refuses with advice', () => {
  test('a durable start on a server that runs without fsync', async () => {
    await start(false)
    await expect(start(true)).rejects.toThrow(/was started without fsync.*kill -INT \d+/)
  })

  test('a server that does not know our password', async () => {
    await start()
    const path = join(dataDir, 'password')
    const right = await readFile(path, 'utf8')
    await writeFile(path, 'wrong')
    try {
      await expect(start()).rejects.toThrow(/is not usable: .*password authentication failed.*kill -INT \d+/s)
    } finally {
      await writeFile(path, right)
    }
  })

  test('a database whose password is lost', async () => {
    await (await start()).stop()
    const path = join(dataDir, 'password')
    const right = await readFile(path, 'utf8')
    await rm(path)
    try {
      await expect(start()).rejects.toThrow(/password is missing, or remove .* to begin with an empty database/)
    } finally {
      await writeFile(path, right, { mode: 0o600 })
    }
  })

  test('data of another version, quoting the server', async () => {
    await (await start()).stop()
    const path = join(dataDir, 'cluster', 'PG_VERSION')
    const right = await readFile(path, 'utf8')
    await writeFile(path, '15\n')
    try {
      await expect(start()).rejects.toThrow(/did not start: .*incompatible with server.*set DATABASE_URL/s)
    } finally {
      await writeFile(path, right)
    }
  })
})
