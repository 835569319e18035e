// A PostgreSQL of a test's own, which archives its log, is copied while it works, destroyed, and restored to an instant, as docs/operations.md says word for word; but the
// copy is made by the low-level API (PostgreSQL manual 18, 25.3.3), since the packaged server brings no pg_basebackup.
import { execFile } from 'node:child_process'
import { appendFile, chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/node/embedded-postgres.ts'
import { openDatabase } from '../../src/store/database.ts'
import { pageBlock, runInBash } from './blocks.ts'
import type { TestDatabase } from './database.ts'

const run = promisify(execFile)

export type OwnCluster = {
  url: () => string
  /** The pools of now: they change when the server is restored. */
  open: () => TestDatabase
  /** Copies the data while the server works. */
  backUp: () => Promise<void>
  /** The server's own time, once all that was committed until then is in the log. */
  clock: () => Promise<string>
  /** Ends the log's current piece and waits until the archive has it. */
  archive: () => Promise<void>
  /** Ends the server at once and removes its data. */
  destroy: () => Promise<void>
  /** Puts the copy back and lets it follow the archive up to that instant. */
  restore: (until: string) => Promise<void>
  /** Starts a standby from the copy that `backUp` made, which streams what the server does. */
  standBy: () => Promise<Standby>
  drop: () => Promise<void>
}

export type Standby = {
  url: string
  /** Kills it, in this very moment. */
  kill: () => void
  stop: () => Promise<void>
}

export const startOwnCluster = async (): Promise<OwnCluster> => {
  const root = await mkdtemp(join(tmpdir(), 'lephi-cluster-'))
  await chmod(root, 0o711)
  const dataDir = join(root, 'postgres')
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ dataDir, durable: true })
  const folder = await folderOf(dataDir)
  const [cluster, copy, archive] = [join(folder, 'cluster'), join(folder, 'backup'), join(folder, 'archive')]
  const { uid, gid } = await stat(cluster)
  const makeFolder = async (path: string) => {
    await mkdir(path, { mode: 0o700 })
    await chown(path, uid, gid)
  }
  const put = async (path: string, text: string) => {
    await writeFile(path, text, { mode: 0o600 })
    await chown(path, uid, gid)
  }
  /** What the page has the operator write and type, with this cluster's folders. */
  const here = (typed: string): string =>
    typed
      .replaceAll('/backup/2026-11-28', copy)
      .replaceAll('/var/lib/postgresql/18/main', cluster)
      .replaceAll('/archive/', `${archive}/`)
  await makeFolder(archive)
  await server.stop()
  await appendFile(join(cluster, 'postgresql.conf'), here(pageBlock('docs/operations.md', 'archive_mode = on')))
  server = await startEmbeddedPostgres({ dataDir, durable: true })
  let standbys = 0
  return {
    url: () => server.url,
    open: () => openPools(server.url),
    backUp: async () => {
      await makeFolder(copy)
      await admin(server.url, async (sql) => {
        await sql`select pg_backup_start('test', fast => true)`
        for (const name of await readdir(cluster)) {
          if (['pg_wal', 'pg_replslot', 'postmaster.pid', 'postmaster.opts', 'pg_stat_tmp', 'pg_notify'].includes(name))
            continue
          await run('cp', ['-a', join(cluster, name), copy])
        }
        const [end] = await sql`select labelfile from pg_backup_stop()`
        for (const name of ['pg_wal', 'pg_replslot', 'pg_stat_tmp', 'pg_notify']) await makeFolder(join(copy, name))
        await put(join(copy, 'backup_label'), String(end?.labelfile))
      })
    },
    clock: () => admin(server.url, async (sql) => String((await sql`select clock_timestamp()::text as at`)[0]?.at)),
    archive: () =>
      admin(server.url, async (sql) => {
        const [last] = await sql`select pg_walfile_name(pg_switch_wal()) as name`
        const isThere = async () => (await readdir(archive)).includes(String(last?.name))
        while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 20))
      }),
    destroy: async () => {
      await server.stop()
      await rm(cluster, { recursive: true, force: true })
    },
    restore: async (until) => {
      const typed = here(pageBlock('docs/operations.md', 'recovery.signal')).replace('2026-11-29 04:10:00+07', until)
      // What begins with the start is for this process, which starts the server with its own port and user, and has no psql.
      const [files = ''] = typed.split(/^pg_ctl start /m)
      const { code, error } = await runInBash(files, { cwd: root, timeoutMs: 60_000 })
      if (code !== 0) throw new Error(`the restore ended with ${code}: ${error}`)
      await chown(join(cluster, 'recovery.signal'), uid, gid)
      server = await startEmbeddedPostgres({ dataDir, durable: true })
      // It answers readers before it has come as far as it was told to.
      const isRecovering = async () =>
        admin(server.url, async (sql) => (await sql`select pg_is_in_recovery() as it_is`)[0]?.it_is === true)
      while (await isRecovering()) await new Promise((resolve) => setTimeout(resolve, 20))
    },
    standBy: async () => {
      standbys += 1
      const home = join(root, `standby-${standbys}`)
      await mkdir(home, { mode: 0o711 })
      const own = join(home, 'cluster')
      await run('cp', ['-a', copy, own])
      await run('cp', ['-a', join(folder, 'password'), home])
      await chown(home, uid, gid)
      const { port, username, password } = new URL(server.url)
      await put(join(own, 'standby.signal'), '')
      await appendSettings(own, [
        `restore_command = 'cp ${archive}/%f %p'`,
        `primary_conninfo = 'host=127.0.0.1 port=${port} user=${username} password=${password}'`,
        `archive_mode = off`,
      ])
      const standby = await startEmbeddedPostgres({ dataDir: home, durable: true })
      const [pid] = (await readFile(join(own, 'postmaster.pid'), 'utf8')).split('\n')
      return { url: standby.url, kill: () => void process.kill(Number(pid), 'SIGQUIT'), stop: standby.stop }
    },
    drop: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** Keeps the file whose it is. */
const appendSettings = (cluster: string, settings: readonly string[]): Promise<void> =>
  appendFile(join(cluster, 'postgresql.auto.conf'), `${settings.join('\n')}\n`)

const folderOf = async (dataDir: string): Promise<string> =>
  (await readdir(dataDir)).includes('elsewhere') ? join(dataDir, 'elsewhere') : dataDir

const admin = async <Result>(url: string, work: (sql: postgres.Sql) => Promise<Result>): Promise<Result> => {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

const openPools = (url: string): TestDatabase => {
  const owner = openDatabase({ url, role: null, max: 4 })
  const database = openDatabase({ url, role: 'lephi_app', max: 5 })
  return {
    url,
    database,
    appSql: database.sql,
    sql: owner.sql,
    drop: async () => void (await Promise.all([owner.close(), database.close()])),
  }
}
